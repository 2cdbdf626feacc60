// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissection.hpp"
#include "formats.hpp"
#include "protocol_names.hpp"

#include <ctime>

namespace nflog {

namespace {

// Escape sequences for a terminal's colors; empty if no colors are wanted.
struct Colors {
    std::string_view faint, strong, prefix, loss, plain;
};
constexpr Colors no_colors{};
constexpr Colors terminal_colors{"\033[2m", "\033[1m", "\033[36m", "\033[1;31m", "\033[0m"};

class LineWriter {
public:
    LineWriter(TextWriter& text, const nflogcap_packet& packet, const InterfaceNamer& namer,
               const Colors& colors)
        : text_(text), packet_(packet), namer_(namer), colors_(colors), found_(dissect(packet))
    {
    }

    void write_time()
    {
        constexpr std::uint64_t ns_per_second = 1'000'000'000;
        constexpr std::uint64_t ns_per_microsecond = 1'000;
        const auto second = static_cast<std::time_t>(packet_.timestamp_ns / ns_per_second);
        std::tm local{};
        localtime_r(&second, &local);
        char clock[] = "hh:mm:ss.mmmmmm";
        char* at = clock;
        const auto put_two_digits = [&at](std::uint64_t number) {
            constexpr std::uint64_t base = 10;
            *at++ = static_cast<char>('0' + number / base % base);
            *at++ = static_cast<char>('0' + number % base);
        };
        for (const int part : {local.tm_hour, local.tm_min, local.tm_sec}) {
            put_two_digits(static_cast<std::uint64_t>(part));
            ++at; // past the separator
        }
        const std::uint64_t microseconds =
            packet_.timestamp_ns % ns_per_second / ns_per_microsecond;
        for (const std::uint64_t divisor : {10'000U, 100U, 1U})
            put_two_digits(microseconds / divisor);
        text_.put(colors_.faint);
        text_.put(clock);
        text_.put(colors_.plain);
        text_.put(' ');
    }

    void write()
    {
        write_number("group ", packet_.group);
        if (packet_.prefix != nullptr && *packet_.prefix != '\0') {
            text_.put(' ');
            text_.put(colors_.prefix);
            text_.put_quoted(packet_.prefix);
            text_.put(colors_.plain);
        }
        write_device(" in ", packet_.indev, packet_.physindev);
        write_device(" out ", packet_.outdev, packet_.physoutdev);
        for (std::size_t i = 0; i < found_.vlan_count; ++i)
            write_number(i == 0 ? " vlan " : ".", found_.vlan_ids[i]);
        if ((packet_.present & NFLOGCAP_HAS_MARK) != 0)
            write_number(" mark ", packet_.mark);
        if ((packet_.present & NFLOGCAP_HAS_UID) != 0)
            write_number(" uid ", packet_.uid);
        text_.put(' ');
        write_headers();
        if (packet_.payload_length > 0)
            write_length();
        if (packet_.lost_before > 0) {
            text_.put(colors_.loss);
            write_number(" (", packet_.lost_before);
            text_.put(" lost before it)");
            text_.put(colors_.plain);
        }
    }

private:
    void write_length()
    {
        write_number(" length ", packet_.wire_length);
        if ((packet_.present & NFLOGCAP_HAS_WIRE_LENGTH) == 0)
            text_.put(" or more");
        if (packet_.payload_length < packet_.wire_length) {
            write_number(" (", packet_.payload_length);
            text_.put(" captured)");
        }
    }

    void write_number(std::string_view words, std::uint64_t number)
    {
        text_.put(words);
        text_.put_number(number);
    }

    [[nodiscard]] bool knows(std::uint32_t what) const { return (found_.known & what) != 0; }

    void write_name(std::uint32_t index)
    {
        if (const char* name = namer_.name(index))
            text_.put_escaped(name);
        else
            write_number("#", index);
    }

    void write_device(std::string_view direction, std::uint32_t index, std::uint32_t port)
    {
        if (index == 0 && port == 0)
            return;
        text_.put(direction);
        write_name(index != 0 ? index : port);
        if (index != 0 && port != 0) { // the port of a bridge
            text_.put('(');
            write_name(port);
            text_.put(')');
        }
    }

    void write_headers()
    {
        if (found_.ip_version != 0)
            return write_ip();
        if (knows(NFLOGCAP_KNOWS_ARP))
            return write_arp();
        if (packet_.payload_length == 0) {
            text_.put("no payload");
        } else if (found_.ether_type != 0) {
            const std::uint8_t type[] = {static_cast<std::uint8_t>(found_.ether_type >> 8U),
                                         static_cast<std::uint8_t>(found_.ether_type)};
            text_.put("EtherType 0x");
            text_.put_hex(type);
        } else {
            text_.put("unknown protocol");
        }
    }

    void write_ip()
    {
        text_.put(colors_.strong);
        if (!knows(NFLOGCAP_KNOWS_PROTOCOL)) // the payload ends in IPv6 extension headers
            text_.put("IPv6");
        else if (const auto name = protocol_name(found_.protocol); !name.empty())
            text_.put(name);
        else
            write_number("IP protocol ", found_.protocol);
        text_.put(colors_.plain);
        text_.put(' ');
        write_endpoint(found_.source, found_.source_port);
        text_.put(" > ");
        write_endpoint(found_.destination, found_.destination_port);
        if (knows(NFLOGCAP_KNOWS_TCP_FLAGS))
            write_tcp_flags();
        if (knows(NFLOGCAP_KNOWS_ICMP))
            write_icmp();
        if (found_.fragment_offset > 0)
            write_number(" fragment at ", found_.fragment_offset);
    }

    void write_address(const std::uint8_t* address)
    {
        text_.put_address({address, found_.address_length});
    }

    void write_endpoint(const std::uint8_t* address, std::uint16_t port)
    {
        if (!knows(NFLOGCAP_KNOWS_PORTS))
            return write_address(address);
        const bool has_brackets = found_.address_length != 4;
        if (has_brackets)
            text_.put('[');
        write_address(address);
        write_number(has_brackets ? "]:" : ":", port);
    }

    void write_tcp_flags()
    {
        for (const auto& [flag, name] : tcp_flags) {
            if ((found_.tcp_flags & flag) != 0) {
                text_.put(' ');
                text_.put(name);
            }
        }
        if (found_.tcp_flags == 0)
            text_.put(" no flags");
    }

    void write_icmp()
    {
        const auto name = icmp_name(found_.protocol, found_.icmp_type, found_.icmp_code);
        if (name.empty()) {
            write_number(" type ", found_.icmp_type);
            write_number(" code ", found_.icmp_code);
        } else {
            text_.put(' ');
            text_.put(name);
        }
        if (knows(NFLOGCAP_KNOWS_ECHO)) {
            write_number(" id ", found_.echo_id);
            write_number(" seq ", found_.echo_sequence);
        }
    }

    void write_arp()
    {
        constexpr std::uint16_t request = 1;
        constexpr std::uint16_t reply = 2;
        text_.put(colors_.strong);
        text_.put("ARP");
        text_.put(colors_.plain);
        const bool has_addresses = knows(NFLOGCAP_KNOWS_ADDRESSES);
        if (has_addresses && found_.arp_operation == request) {
            text_.put(" who has ");
            write_address(found_.destination);
            text_.put("? tell ");
            write_address(found_.source);
        } else if (has_addresses && found_.arp_operation == reply) {
            text_.put(' ');
            write_address(found_.source);
            text_.put(" is here, to ");
            write_address(found_.destination);
        } else {
            write_number(" operation ", found_.arp_operation);
        }
    }

    TextWriter& text_;
    const nflogcap_packet& packet_;
    const InterfaceNamer& namer_;
    const Colors& colors_;
    nflogcap_dissection found_;
};

} // namespace

void write_line(TextWriter& text, const nflogcap_packet& packet, const InterfaceNamer& namer,
                LineForm form)
{
    LineWriter line(text, packet, namer, form.is_colored ? terminal_colors : no_colors);
    if (form.has_time)
        line.write_time();
    line.write();
}

} // namespace nflog
