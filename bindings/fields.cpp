// SPDX-License-Identifier: GPL-2.0-or-later
#include "fields.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <limits>
#include <linux/netfilter.h>
#include <sstream>
#include <utility>

namespace binding {

namespace {

using Form = Field::Form;

// The C ABI does not list this field, because the field only says which other fields are valid.
constexpr nflogcap_field present = {
    "present",
    "HAS_* bits: which optional fields are valid",
    "",
    0,
    NFLOGCAP_INTEGER,
    0,
    offsetof(nflogcap_packet, present),
    sizeof(nflogcap_packet::present),
    0,
    0,
};

// This field is not in a struct of the C ABI: the library derives it from ct and ct_info.
constexpr nflogcap_field conntrack = {
    "conntrack", "what the packet's conntrack entry says", "", 0, 0, 0, 0, 0, 0, 0,
};

enum RecordIndex : std::uint8_t { tuple_record, conntrack_record };

bool is_payload(const nflogcap_field& field)
{
    return field.is_dissected == 0 && field.offset == offsetof(nflogcap_packet, payload);
}

Form form_of(const nflogcap_field& field)
{
    switch (field.kind) {
    case NFLOGCAP_BYTES:
        return is_payload(field) ? Form::payload : Form::bytes;
    case NFLOGCAP_TEXT:
        return Form::text;
    case NFLOGCAP_ADDRESS:
        return Form::address;
    case NFLOGCAP_LIST:
        return Form::list;
    case NFLOGCAP_TUPLE:
        return Form::record;
    default:
        return Form::integer;
    }
}

template <typename Select>
std::vector<const nflogcap_field*> of_the_packet(Select select)
{
    std::vector<const nflogcap_field*> selected;
    for (std::size_t i = 0; const nflogcap_field* field = nflogcap_field_at(i); ++i) {
        if (field->is_dissected == 0 && select(*field))
            selected.push_back(field);
    }
    return selected;
}

Record make_record(RecordIndex index, const char* name, const char* description,
                   const nflogcap_field* (*field_at)(std::size_t), const Record* of_tuples)
{
    Record made{name, description, {}, index};
    for (std::size_t i = 0; const nflogcap_field* field = field_at(i); ++i) {
        const Form form = form_of(*field);
        made.fields.push_back({*field, form, field->name, field->description, field->unit,
                               form == Form::record ? of_tuples : nullptr});
    }
    return made;
}

std::vector<Record> make_records()
{
    std::vector<Record> made;
    made.reserve(2); // so that push_back() moves no element: addresses of elements are used
    made.push_back(make_record(tuple_record, "ConntrackTuple",
                               "One direction of a connection: what its packets have when they "
                               "arrive, before NAT changes them.",
                               nflogcap_tuple_field_at, nullptr));
    made.push_back(make_record(conntrack_record, "Conntrack",
                               "What the conntrack entry of a packet says.",
                               nflogcap_conntrack_field_at, made.data()));
    return made;
}

std::vector<Field> make_fields()
{
    std::vector<Field> made;
    const auto add = [&](const std::string& name, const std::string& description, const char* unit,
                         const nflogcap_field& source, Form form) {
        made.push_back({source, form, name, description, unit, nullptr});
    };
    for (std::size_t i = 0; const nflogcap_field* field = nflogcap_field_at(i); ++i) {
        const std::string name = field->name;
        add(name, field->description, field->unit, *field, form_of(*field));
        if (field->kind == NFLOGCAP_INTERFACE)
            add(name + "_name",
                std::string("name of ") + field->name + ", as of when the packet was received", "",
                *field, Form::interface_name);
        else if (field->kind == NFLOGCAP_TIME && name.ends_with("_ns"))
            add(name.substr(0, name.size() - 3), field->description, "seconds", *field,
                Form::seconds);
    }
    add(conntrack.name, conntrack.description, conntrack.unit, conntrack, Form::record);
    made.back().record = &records()[conntrack_record];
    add(present.name, present.description, present.unit, present, Form::integer);
    return made;
}

// If there is no memory for these, the process cannot load the module.
// NOLINTBEGIN(cert-err58-cpp)
const std::vector<Record> all_records = make_records();
const std::vector<Field> all_fields = make_fields();
const std::vector<const nflogcap_field*> all_pointers =
    of_the_packet([](const nflogcap_field& field) {
        return field.kind == NFLOGCAP_BYTES || field.kind == NFLOGCAP_TEXT;
    });
const std::vector<const nflogcap_field*> all_interfaces =
    of_the_packet([](const nflogcap_field& field) { return field.kind == NFLOGCAP_INTERFACE; });
// NOLINTEND(cert-err58-cpp)

} // namespace

const std::vector<Record>& records()
{
    return all_records;
}

const std::vector<Field>& fields()
{
    return all_fields;
}

const Field* find_field(Bytes name, Failure& failure) noexcept
{
    const std::string wanted = copied_text("field", name, failure);
    if (failure.code != 0)
        return nullptr;
    const auto found = std::ranges::find(all_fields, wanted, &Field::name);
    if (found != all_fields.end())
        return &*found;
    failure.code = -EINVAL;
    nflogcap_find_field(wanted.c_str(), failure.words, sizeof failure.words);
    return nullptr;
}

std::span<const nflogcap_field* const> pointers() noexcept
{
    return all_pointers;
}

std::span<const nflogcap_field* const> interfaces() noexcept
{
    return all_interfaces;
}

std::string upper_case(std::string text)
{
    for (char& letter : text)
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    return text;
}

std::vector<Constant> constants()
{
    // The VLAN tag's two fields have one bit. The timestamp and the wire length have bits although
    // they are always valid: their bits say where the value comes from.
    std::vector<Constant> all = {{"HAS_WIRE_LENGTH", NFLOGCAP_HAS_WIRE_LENGTH},
                                 {"HAS_TIMESTAMP", NFLOGCAP_HAS_TIMESTAMP},
                                 {"HAS_VLAN", NFLOGCAP_HAS_VLAN}};
    for (const nflogcap_field* field :
         of_the_packet([](const nflogcap_field& each) { return each.present != 0; })) {
        if (std::ranges::find(all, field->present, &Constant::value) == all.end())
            all.push_back({"HAS_" + upper_case(field->name), field->present});
    }
    for (std::size_t i = 0; const nflogcap_option* option = nflogcap_option_at(i); ++i) {
        std::istringstream choices(option->choices);
        std::string choice;
        for (std::uint64_t value = 0; choices >> choice; ++value)
            all.push_back({upper_case(choice), value});
    }
    const auto add_names = [&](const std::string& prefix, auto name_of) {
        for (int value = 0; value <= std::numeric_limits<std::uint8_t>::max(); ++value) {
            if (const char* name = name_of(static_cast<std::uint8_t>(value)))
                all.push_back({prefix + upper_case(name), static_cast<std::uint64_t>(value)});
        }
    };
    add_names("FAMILY_", nflogcap_family_name);
    add_names("HOOK_", [](std::uint8_t hook) { return nflogcap_hook_name(NFPROTO_IPV4, hook); });
    constexpr std::array<std::pair<const char*, std::uint64_t>, 3> link_types{{
        {"LINKTYPE_NFLOG", NFLOGCAP_LINKTYPE_NFLOG},
        {"LINKTYPE_RAW", NFLOGCAP_LINKTYPE_RAW},
        {"LINKTYPE_ETHERNET", NFLOGCAP_LINKTYPE_ETHERNET},
    }};
    for (const auto& [name, value] : link_types)
        all.push_back({name, value});
    return all;
}

} // namespace binding
