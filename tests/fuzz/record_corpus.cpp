// SPDX-License-Identifier: GPL-2.0-or-later
// Records the initial corpus of the fuzzers from the real kernel: fuzz_record_corpus DIRECTORY. The
// corpus contains a packet of each family and hook, datagrams of several packets, and savefiles
// with such packets.
#include "conntrack_messages.hpp"
#include "headers.hpp"
#include "kernel_batches.hpp"
#include "logged_packet.hpp"
#include "message_builder.hpp"
#include "netlink_input.hpp"
#include "savefile.hpp"
#include "savefile_record.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <pcap/dlt.h>

using Bytes = std::vector<std::byte>;

namespace {

void write(const std::filesystem::path& path, std::span<const std::byte> bytes)
{
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    if (!file.flush())
        throw std::runtime_error("cannot write " + path.string());
}

std::string file_name(std::string words)
{
    std::erase_if(words, [](char c) { return c == ':' || c == ',' || c == '.'; });
    std::ranges::replace(words, ' ', '-');
    return words;
}

// Returns a packet's message: struct nfgenmsg and the attributes.
Bytes message_of(const nflogcap_packet& packet)
{
    const auto* begin = reinterpret_cast<const std::byte*>(packet.message);
    return {begin, begin + packet.message_length};
}

// Writes the message of a scenario as the kernel sent it. The netlink header is rebuilt, because
// only its length varies.
void record_scenario(const std::filesystem::path& directory, const attributes::Scenario& scenario)
{
    try {
        const attributes::LoggedPacket packet(scenario, {.log = "snaplen 60", .conntrack = true});
        Bytes batch;
        nflog::append_message(batch, {message_of(*packet), 0, DLT_NFLOG, false, false});
        write(directory / file_name(words(scenario)), batch);
    } catch (const attributes::NotOnThisKernel& lack) {
        std::fprintf(stderr, "%s: not on this kernel: %s\n", words(scenario).c_str(), lack.what());
    }
}

// Joins datagrams to an input. Between them, the target checks an empty queue.
Bytes joined(const kernel_batches::Batches& batches)
{
    Bytes input;
    for (const Bytes& batch : batches) {
        if (!input.empty()) {
            const nlmsghdr look = {NLMSG_HDRLEN, fuzz::queue_type, 0, 0, 0};
            const auto bytes = std::as_bytes(std::span(&look, 1));
            input.insert(input.end(), bytes.begin(), bytes.end());
        }
        input.insert(input.end(), batch.begin(), batch.end());
    }
    return input;
}

Bytes recorded(std::uint32_t snaplen, std::uint32_t threshold)
{
    constexpr std::uint16_t port = 9;
    const support::Namespace here;
    support::nft(support::log_udp(port, "group 5 prefix \"in\"") +
                 "; table inet out { chain c { type filter hook output priority 0; udp dport 9 "
                 "meta mark set 7 log group 6; }; }");
    kernel_batches::Reader reader({5, 6}, {.snaplen = snaplen,
                                           .queue_threshold = threshold,
                                           .flush_timeout_ms = 60'000,
                                           .batch_size = 65536,
                                           .conntrack = false});
    support::Sender(port).send(2, 8);
    support::Sender(port, support::Family::ipv6).send(2, 8);
    return joined(reader.take());
}

void record_batches(const std::filesystem::path& directory)
{
    write(directory / "batches-of-two-groups", recorded(60, 100));
    write(directory / "a-packet-a-datagram", recorded(60, 1));
    write(directory / "metadata-only", recorded(0, 100));
}

void convert(const std::filesystem::path& from, const char* format, const char* to)
{
    const std::string command = std::string("editcap -F ") + format + " " + from.string() + " " +
                                (from.parent_path() / to).string();
    // NOLINTNEXTLINE(cert-env33-c,concurrency-mt-unsafe): a fixed command, called by one thread
    if (std::system(command.c_str()) != 0)
        throw std::runtime_error("failed: " + command);
}

void record_savefiles(const std::filesystem::path& directory)
{
    using support::PcapFile;
    const attributes::LoggedPacket ipv4(attributes::scenario_called("ip forward: IPv4 A to B"),
                                        {.conntrack = true});
    const attributes::LoggedPacket tagged(
        attributes::scenario_called("bridge forward: IPv4 A to B, bridged, 802.1Q"));
    const Bytes first = message_of(*ipv4);
    const Bytes second = message_of(*tagged);
    const auto payload = std::as_bytes(std::span(ipv4->payload, ipv4->payload_length));
    const auto nflog = directory / "nanoseconds.pcap";
    write(nflog, PcapFile(support::linktype_nflog).add(first, 7, 8).add(second, 9).bytes());
    for (const auto& [name, magic] : {std::pair{"other-order.pcap", support::nanoseconds},
                                      {"other-order-microseconds.pcap", support::microseconds}})
        write(directory / name, PcapFile(support::linktype_nflog, magic, support::other_endian)
                                    .add(support::in_other_order(first))
                                    .add(support::in_other_order(second))
                                    .bytes());
    constexpr std::size_t cut = 20;
    write(directory / "cut.pcap", PcapFile(support::linktype_nflog)
                                      .add_claiming(static_cast<std::uint32_t>(first.size() - cut),
                                                    static_cast<std::uint32_t>(first.size()),
                                                    std::span(first).first(first.size() - cut))
                                      .bytes());
    write(directory / "raw.pcap", PcapFile(support::linktype_raw).add(payload).bytes());
    write(directory / "ipv4.pcap", PcapFile(support::linktype_ipv4).add(payload).bytes());
    convert(nflog, "pcap", "microseconds.pcap");
    convert(nflog, "pcapng", "nflog.pcapng");
}

// Writes packets that no scenario contains: with stacks of VLAN tags, and with extension headers.
void record_headers(const std::filesystem::path& directory)
{
    for (const headers::Sample& sample : headers::samples()) {
        synthetic::Message message(1, sample.family);
        const auto payload = std::as_bytes(std::span(sample.payload));
        message.put(NFULA_PACKET_HDR,
                    synthetic::bytes(
                        {sample.hw_protocol / 256U, sample.hw_protocol % 256U, sample.hook, 0U}));
        if (sample.family == NFPROTO_NETDEV)
            message.put(NFULA_L2HDR, payload.first(ETH_HLEN));
        message.put(NFULA_PAYLOAD, payload);
        write(directory / sample.name, message.whole());
    }
}

// Writes conntrack entries, which some kernels do not send.
void record_entries(const std::filesystem::path& directory)
{
    using namespace synthetic;
    write(directory / "conntrack-tcp", tracked(tcp_entry(), IP_CT_ESTABLISHED_REPLY).whole());
    write(directory / "conntrack-udp-counted", tracked(counted_entry(), IP_CT_RELATED).whole());
    write(directory / "conntrack-icmp", tracked(ping_entry(), IP_CT_NEW).whole());
    write(directory / "conntrack-icmpv6", tracked(ping6_entry(), IP_CT_NEW).whole());
    write(directory / "conntrack-sctp",
          tracked(state_entry(CTA_PROTOINFO_SCTP, SCTP_CONNTRACK_COOKIE_WAIT), IP_CT_NEW).whole());
}

void record(const std::filesystem::path& directory)
{
    for (const char* target : {"parser", "batch", "savefile", "dissect"})
        std::filesystem::create_directories(directory / target);
    for (const attributes::Scenario& scenario : attributes::scenarios())
        record_scenario(directory / "parser", scenario);
    record_headers(directory / "dissect");
    record_entries(directory / "dissect");
    record_batches(directory / "batch");
    record_savefiles(directory / "savefile");
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: fuzz_record_corpus DIRECTORY\n");
        return 2;
    }
    support::require_live();
    try {
        record(argv[1]);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "fuzz_record_corpus: %s\n", failure.what());
        return 1;
    }
    return 0;
}
