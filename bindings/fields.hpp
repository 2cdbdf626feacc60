// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "packet.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <nflogcap.h>
#include <span>
#include <string>
#include <vector>

namespace binding {

struct Record;

// A field of a packet as languages show it. The C ABI describes it, or it is derived from such a
// field.
struct Field {
    enum class Form : std::uint8_t {
        integer,
        seconds, // seconds since the Unix epoch
        bytes,
        payload, // bytes; never absent, but empty if only metadata was captured
        text,
        interface_name,
        address, // an address as text
        list,    // a list of integers
        record,  // a value with fields of its own
    };

    nflogcap_field source;
    Form form;
    std::string name;
    std::string description; // one sentence without a full stop
    std::string unit;        // empty if the field has no unit
    const Record* record;    // the type of a Form::record; otherwise NULL

    // Returns whether a packet may lack the field.
    [[nodiscard]] bool is_optional() const noexcept
    {
        return form == Form::interface_name || form == Form::record ||
               (source.present != 0 && form != Form::payload);
    }
};

// The type of a value that has fields: a packet's conntrack entry, or one of its tuples. The first
// member of the C struct is `has`, a uint32_t.
struct Record {
    std::string name; // name of the type, in languages that define one
    std::string description;
    std::vector<Field> fields;
    std::size_t index; // index in records()
};

// Returns all records. A record comes before the records that contain it. Their addresses never
// change.
const std::vector<Record>& records();

// Returns all fields, in the order in which languages list them. Their addresses never change.
const std::vector<Field>& fields();

// Returns the unsigned integer of `size` bytes at `at`.
inline std::uint64_t unsigned_at(const void* at, std::size_t size) noexcept
{
    const auto load = [at](auto integer) -> std::uint64_t {
        std::memcpy(&integer, at, sizeof integer);
        return integer;
    };
    switch (size) {
    case sizeof(std::uint8_t):
        return load(std::uint8_t{});
    case sizeof(std::uint16_t):
        return load(std::uint16_t{});
    case sizeof(std::uint32_t):
        return load(std::uint32_t{});
    default:
        return load(std::uint64_t{});
    }
}

inline std::uint64_t value_of(const nflogcap_stats& stats, const nflogcap_counter& counter) noexcept
{
    return unsigned_at(reinterpret_cast<const char*>(&stats) + counter.offset, counter.size);
}

// A list of integers, each of `size` bytes.
struct List {
    const char* data;
    std::size_t length;
    std::size_t size;

    [[nodiscard]] std::uint64_t operator[](std::size_t index) const noexcept
    {
        return unsigned_at(data + index * size, size);
    }
};

// A struct with fields, and the bits that say which of its fields are valid.
struct Struct {
    const char* data;
    std::uint64_t valid;

    [[nodiscard]] static Struct of_record(const void* record) noexcept
    {
        const auto* data = static_cast<const char*>(record);
        return {data, unsigned_at(data, sizeof(std::uint32_t))};
    }
};

// Finds a field by its name. If the name is unknown, returns NULL, and the failure suggests the
// nearest name.
const Field* find_field(Bytes name, Failure& failure) noexcept;

// Converts the value of a field in a struct to a value of the language. It calls one of the
// language's functions absent(), integer(uint64), seconds(double), bytes(data, length), text(data,
// length) and list(List). `other` converts the forms that need more than the struct.
template <typename Language, typename Other>
[[gnu::always_inline]] inline auto convert_in(const Struct& in, const Field& field,
                                              const Language& language, Other other)
{
    const nflogcap_field& source = field.source;
    const char* const at = in.data + source.offset;
    const auto pointer = [at] {
        const char* to = nullptr;
        std::memcpy(&to, at, sizeof to);
        return to;
    };
    const auto length = [&] {
        return unsigned_at(in.data + source.length_offset, source.length_size);
    };
    const auto text = [&](const char* words) {
        return words == nullptr ? language.absent() : language.text(words, std::strlen(words));
    };
    if ((in.valid & source.present) != source.present)
        return field.form == Field::Form::payload ? language.bytes("", 0) : language.absent();
    switch (field.form) {
    case Field::Form::integer:
        return language.integer(unsigned_at(at, source.size));
    case Field::Form::seconds: {
        constexpr double ns_per_second = 1e9;
        return language.seconds(static_cast<double>(unsigned_at(at, source.size)) / ns_per_second);
    }
    case Field::Form::bytes:
    case Field::Form::payload:
        return language.bytes(pointer(), length());
    case Field::Form::text:
        return text(pointer());
    case Field::Form::address: {
        constexpr std::size_t ipv4 = 4;
        std::array<char, INET6_ADDRSTRLEN> words;
        return text(inet_ntop(length() == ipv4 ? AF_INET : AF_INET6, at, words.data(),
                              static_cast<socklen_t>(words.size())));
    }
    case Field::Form::list:
        return language.list({at, length(), source.size});
    case Field::Form::interface_name:
    case Field::Form::record:
        return other();
    }
    return language.absent();
}

// The argument `fields` of a language's function record(Record, fields). That function calls it for
// each field, with the field and the language.
class TupleFields {
public:
    explicit TupleFields(const void* tuple) noexcept : in_(Struct::of_record(tuple)) {}

    template <typename Language>
    auto operator()(const Field& field, const Language& language) const
    {
        return convert_in(in_, field, language, [&] { return language.absent(); });
    }

private:
    Struct in_;
};

class ConntrackFields {
public:
    explicit ConntrackFields(const nflogcap_conntrack& entry) noexcept
        : in_(Struct::of_record(&entry))
    {
    }

    template <typename Language>
    auto operator()(const Field& field, const Language& language) const
    {
        return convert_in(in_, field, language, [&] {
            return language.record(*field.record, TupleFields(in_.data + field.source.offset));
        });
    }

private:
    Struct in_;
};

template <typename Language>
[[gnu::noinline]] auto convert_conntrack(const nflogcap_packet& packet, const Field& field,
                                         const Language& language)
{
    nflogcap_conntrack entry;
    nflogcap_packet_conntrack(&packet, &entry, sizeof entry);
    return entry.has == 0 ? language.absent()
                          : language.record(*field.record, ConntrackFields(entry));
}

// Converts a field of a packet. It is inline because each access to a field calls it.
template <typename Language>
[[gnu::always_inline]] inline auto convert(Packet& packet, const Field& field,
                                           const Language& language)
{
    Struct in{reinterpret_cast<const char*>(&packet.view), packet.view.present};
    if (field.source.is_dissected != 0) [[unlikely]] {
        const nflogcap_dissection& dissection = dissected(packet);
        in = {reinterpret_cast<const char*>(&dissection), dissection.known};
    }
    return convert_in(in, field, language, [&] {
        if (field.form == Field::Form::record)
            return convert_conntrack(packet.view, field, language);
        const char* const name = packet.interfaces->name(static_cast<std::uint32_t>(
            unsigned_at(in.data + field.source.offset, field.source.size)));
        return name == nullptr ? language.absent() : language.text(name, std::strlen(name));
    });
}

// Returns the fields of the C struct that are pointers into the message; below, the fields that are
// interfaces.
std::span<const nflogcap_field* const> pointers() noexcept;
std::span<const nflogcap_field* const> interfaces() noexcept;

// Constants that all languages have: HAS_* (the bits of `present`), the choices of options,
// FAMILY_*, HOOK_* of the families ip, ip6 and bridge, and LINKTYPE_*.
struct Constant {
    std::string name;
    std::uint64_t value;
};
std::vector<Constant> constants();

std::string upper_case(std::string text);

} // namespace binding
