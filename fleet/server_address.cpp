// SPDX-License-Identifier: GPL-2.0-or-later
#include "server_address.hpp"

#include "option_values.hpp"

#include <algorithm>
#include <string_view>

namespace fleet {

namespace {

constexpr std::string_view default_port = "4222";

[[noreturn]] void refuse(const std::string& text)
{
    command::refuse("--server: '" + text +
                    "' is not the address of a broker, such as nats://broker:4222 or "
                    "tls://broker:4222");
}

} // namespace

ServerAddress address_of_server(const std::string& text)
{
    // The message does not repeat the text before '@', which may be a password, because the message
    // may be written to a log.
    if (text.find('@') != std::string::npos)
        command::refuse("--server: the address contains a user or a password, which anybody can "
                        "read on this machine; give --user and --password-file instead");
    std::string_view rest = text;
    std::string_view scheme = "nats";
    if (const std::size_t end = rest.find("://"); end != std::string_view::npos) {
        scheme = rest.substr(0, end);
        rest.remove_prefix(end + 3);
    }
    while (rest.ends_with('/'))
        rest.remove_suffix(1);
    ServerAddress address;
    address.is_tls = scheme == "tls";
    if (!address.is_tls && scheme != "nats")
        refuse(text);
    const bool is_bracketed = rest.starts_with('[');
    const std::size_t host_end = rest.find(is_bracketed ? ']' : ':');
    std::string_view port = default_port;
    if (is_bracketed) {
        if (host_end == std::string_view::npos)
            refuse(text);
        address.host = rest.substr(1, host_end - 1);
        rest.remove_prefix(host_end + 1);
    } else {
        address.host = rest.substr(0, host_end);
        rest.remove_prefix(std::min(host_end, rest.size()));
    }
    if (rest.starts_with(':'))
        port = rest.substr(1);
    else if (!rest.empty())
        refuse(text);
    constexpr std::string_view allowed_in_hosts =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    if (address.host.empty() ||
        address.host.find_first_not_of(std::string(allowed_in_hosts) +
                                       (is_bracketed ? ":%" : "")) != std::string::npos)
        refuse(text);
    constexpr std::uint64_t max_port = 65535;
    address.port = std::to_string(command::number("--server", std::string(port), 1, max_port));
    address.url = std::string(scheme) + "://" +
                  (is_bracketed ? "[" + address.host + "]" : address.host) + ":" + address.port;
    return address;
}

} // namespace fleet
