// SPDX-License-Identifier: GPL-2.0-or-later
#include "top_key.hpp"

#include "failure.hpp"
#include "nearest.hpp"
#include "text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>
#include <pwd.h>

namespace command {

namespace {

struct Named {
    std::string_view name;
    TopKey key;
};
constexpr std::array<Named, 7> keys{{{"prefix", TopKey::prefix},
                                     {"source", TopKey::source},
                                     {"destination", TopKey::destination},
                                     {"port", TopKey::port},
                                     {"uid", TopKey::uid},
                                     {"device", TopKey::device},
                                     {"group", TopKey::group}}};

// Reads one part of a value that KeyValues::store() put together.
template <typename Part>
Part part_of(std::string_view value, std::size_t offset = 0)
{
    Part part{};
    std::memcpy(&part, value.data() + offset, sizeof part);
    return part;
}

std::string address_in(std::string_view bytes)
{
    char text[INET6_ADDRSTRLEN];
    return inet_ntop(bytes.size() == sizeof(in_addr) ? AF_INET : AF_INET6, bytes.data(), text,
                     sizeof text);
}

std::string protocol_called(std::uint8_t protocol)
{
    switch (protocol) {
    case IPPROTO_TCP:
        return "tcp";
    case IPPROTO_UDP:
        return "udp";
    case IPPROTO_UDPLITE:
        return "udplite";
    case IPPROTO_SCTP:
        return "sctp";
    case IPPROTO_DCCP:
        return "dccp";
    case IPPROTO_ICMP:
        return "icmp";
    case IPPROTO_ICMPV6:
        return "icmpv6";
    default:
        return "protocol " + std::to_string(protocol);
    }
}

} // namespace

TopKey top_key_named(const std::string& name)
{
    const auto* found = std::ranges::find(keys, name, &Named::name);
    if (found != keys.end())
        return found->key;
    std::string names;
    for (const Named& each : keys)
        names += (names.empty() ? "" : ", ") + std::string(each.name);
    throw Failure("--by: there is no key '" + name + "'; did you mean '" +
                      std::string(nflog::nearest_name(name, keys)) + "'? The keys are " + names,
                  wrong_usage);
}

std::string_view name_of(TopKey key)
{
    return std::ranges::find(keys, key, &Named::key)->name;
}

template <typename... Parts>
std::string_view KeyValues::store(Parts... parts)
{
    static_assert((sizeof parts + ...) <= sizeof value_);
    std::size_t length = 0;
    ((std::memcpy(value_.data() + length, &parts, sizeof parts), length += sizeof parts), ...);
    return {value_.data(), length};
}

std::string_view KeyValues::port_in(const nflogcap_packet& packet)
{
    nflogcap_dissect(&packet, &dissection_, sizeof dissection_);
    if ((dissection_.known & NFLOGCAP_KNOWS_PROTOCOL) == 0)
        return {};
    if ((dissection_.known & NFLOGCAP_KNOWS_PORTS) == 0)
        return store(dissection_.protocol);
    return store(dissection_.protocol, dissection_.destination_port);
}

std::string_view KeyValues::in(const nflogcap_packet& packet)
{
    switch (key_) {
    case TopKey::prefix:
        return packet.prefix == nullptr ? "" : packet.prefix;
    case TopKey::source:
    case TopKey::destination: {
        nflogcap_dissect(&packet, &dissection_, sizeof dissection_);
        const std::uint8_t* address =
            key_ == TopKey::source ? dissection_.source : dissection_.destination;
        return {reinterpret_cast<const char*>(address), dissection_.address_length};
    }
    case TopKey::port:
        return port_in(packet);
    case TopKey::uid:
        return (packet.present & NFLOGCAP_HAS_UID) == 0 ? "" : store(packet.uid);
    case TopKey::device:
        return packet.indev == 0 && packet.outdev == 0 ? "" : store(packet.indev, packet.outdev);
    case TopKey::group:
        return store(packet.group);
    }
    return {};
}

std::string KeyValues::user(std::uint32_t uid)
{
    auto found = users_.find(uid);
    if (found == users_.end()) {
        constexpr std::size_t max_users = 10'000;
        if (users_.size() == max_users)
            users_.clear();
        const passwd* entry = getpwuid(uid); // cppcheck-suppress getpwuidCalled; one thread
        found = users_.emplace(uid, entry == nullptr ? "" : entry->pw_name).first;
    }
    return found->second;
}

// Returns "in eth0", or "in #2" if the interface has no name; "" for index 0.
std::string KeyValues::interface(const char* direction, std::uint32_t index)
{
    if (index == 0)
        return {};
    const char* name = InterfaceNames::name(&interfaces_, index);
    return direction + (name == nullptr ? '#' + std::to_string(index) : name);
}

// Returns the text of a value. Packets and rules may contain names that other people chose, so the
// text is escaped.
std::string KeyValues::words(std::string_view value)
{
    switch (key_) {
    case TopKey::prefix:
        return std::string(value);
    case TopKey::source:
    case TopKey::destination:
        return address_in(value);
    case TopKey::port: {
        std::string text = protocol_called(part_of<std::uint8_t>(value));
        if (value.size() > sizeof(std::uint8_t))
            text += '/' + std::to_string(part_of<std::uint16_t>(value, sizeof(std::uint8_t)));
        return text;
    }
    case TopKey::uid:
        return std::to_string(part_of<std::uint32_t>(value));
    case TopKey::device: {
        const std::string in = interface("in ", part_of<std::uint32_t>(value));
        const std::string out =
            interface("out ", part_of<std::uint32_t>(value, sizeof(std::uint32_t)));
        return in + (in.empty() || out.empty() ? "" : " ") + out;
    }
    case TopKey::group:
        return std::to_string(part_of<std::uint16_t>(value));
    }
    return {};
}

std::string KeyValues::text(std::string_view value)
{
    if (value.empty())
        return "-";
    std::string text;
    if (key_ == TopKey::prefix) {
        append_quoted(text, value);
        return text;
    }
    append_escaped(text, words(value));
    if (key_ == TopKey::uid) {
        if (const std::string name = user(part_of<std::uint32_t>(value)); !name.empty()) {
            append_escaped(text += " (", name);
            text += ')';
        }
    }
    return text;
}

std::string KeyValues::json(std::string_view value)
{
    std::string text = R"("key":)";
    if (value.empty())
        return text + "null";
    const std::string plain = words(value);
    if (key_ == TopKey::group || key_ == TopKey::uid)
        text += plain;
    else if (!append_json(text, plain)) {
        text += R"(,"key_bytes":")";
        append_hex(text, {reinterpret_cast<const std::uint8_t*>(plain.data()), plain.size()});
        text += '"';
    }
    if (key_ == TopKey::uid) {
        if (const std::string name = user(part_of<std::uint32_t>(value)); !name.empty())
            append_json(text += R"(,"user":)", name);
    }
    return text;
}

} // namespace command
