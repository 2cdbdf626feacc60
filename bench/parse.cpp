// SPDX-License-Identifier: GPL-2.0-or-later
// What it costs to read the packets of a batch: by this library's parser into full views, counted;
// by libnetfilter_log with the same fields read through its getters; by its table of attributes;
// and by a walk over the attributes that reads none of them.
#include "group_counters.hpp"
#include "message_cursor.hpp"
#include "network.hpp"
#include "oracle.hpp"
#include "packet_parser.hpp"

#include <arpa/inet.h>
#include <array>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdexcept>
#include <string>
#include <sys/time.h>
#include <vector>

namespace {

constexpr std::uint16_t group = 5;
constexpr std::size_t packets = 500;

std::vector<std::byte> load(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    const auto* from = reinterpret_cast<const std::byte*>(bytes.data());
    return {from, from + bytes.size()};
}

// Each reader reads the whole batch and returns how many packets it found.

class Parser {
public:
    explicit Parser(std::span<const std::byte> batch) : batch_(batch) { groups_.add(group); }

    std::size_t read()
    {
        std::size_t found = 0;
        for (GroupCounters& counters : groups_)
            counters.restart(0);
        nflog::MessageCursor cursor(batch_);
        while (cursor.more()) {
            nflogcap_packet view;
            if (!parser_.parse(cursor.next(), view))
                continue;
            if (GroupCounters* counters = groups_.find(view.group)) {
                counters->receive(view);
                counters->deliver();
                ++found;
            }
            benchmark::DoNotOptimize(view);
        }
        return found;
    }

private:
    using GroupCounters = nflog::GroupCounters;

    std::span<const std::byte> batch_;
    nflog::PacketParser parser_;
    nflog::GroupTable groups_;
};

class Getters {
public:
    explicit Getters(std::span<std::byte> batch) : batch_(batch), library_(group)
    {
        library_.call_back(get, &found_);
    }

    std::size_t read()
    {
        found_ = 0;
        library_.read(batch_);
        return found_;
    }

private:
    // All that there is a getter for, into the same view. What libnetfilter_log does not know,
    // which of the fields are present, and emptying the view before, is left out.
    static int get(nflog_g_handle*, nfgenmsg* generic, nflog_data* packet, void* found)
    {
        nflogcap_packet view;
        view.family = generic->nfgen_family;
        view.group = ntohs(generic->res_id);
        if (const nfulnl_msg_packet_hdr* header = nflog_get_msg_packet_hdr(packet)) {
            view.hw_protocol = ntohs(header->hw_protocol);
            view.hook = header->hook;
        }
        view.mark = nflog_get_nfmark(packet);
        timeval time{};
        if (nflog_get_timestamp(packet, &time) == 0)
            view.timestamp_ns = static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
                                static_cast<std::uint64_t>(time.tv_usec) * 1'000;
        view.indev = nflog_get_indev(packet);
        view.outdev = nflog_get_outdev(packet);
        view.physindev = nflog_get_physindev(packet);
        view.physoutdev = nflog_get_physoutdev(packet);
        if (const nfulnl_msg_packet_hw* address = nflog_get_packet_hw(packet)) {
            view.hw_address = address->hw_addr;
            view.hw_address_length = ntohs(address->hw_addrlen);
        }
        view.hw_type = nflog_get_hwtype(packet);
        view.hw_header = reinterpret_cast<const std::uint8_t*>(nflog_get_msg_packet_hwhdr(packet));
        view.hw_header_length = nflog_get_msg_packet_hwhdrlen(packet);
        view.prefix = nflog_get_prefix(packet);
        nflog_get_uid(packet, &view.uid);
        nflog_get_gid(packet, &view.gid);
        nflog_get_seq(packet, &view.seq);
        nflog_get_seq_global(packet, &view.seq_global);
        char* payload = nullptr;
        if (const int length = nflog_get_payload(packet, &payload); length >= 0) {
            view.payload = reinterpret_cast<const std::uint8_t*>(payload);
            view.payload_length = static_cast<std::uint32_t>(length);
        }
        benchmark::DoNotOptimize(view);
        ++*static_cast<std::size_t*>(found);
        return 0;
    }

    std::span<std::byte> batch_;
    oracle::Library library_;
    std::size_t found_ = 0;
};

// Calls visit(header) for each packet.
template <typename Visit>
void each_packet(std::span<const std::byte> batch, Visit visit)
{
    int room = static_cast<int>(batch.size());
    const auto* header = reinterpret_cast<const nlmsghdr*>(batch.data());
    for (; mnl_nlmsg_ok(header, room); header = mnl_nlmsg_next(header, &room)) {
        if (header->nlmsg_type != NLMSG_DONE)
            visit(header);
    }
}

class Table {
public:
    explicit Table(std::span<const std::byte> batch) : batch_(batch) {}

    std::size_t read() const
    {
        std::size_t found = 0;
        each_packet(batch_, [&](const nlmsghdr* header) {
            std::array<nlattr*, NFULA_MAX + 1> attributes{};
            if (nflog_nlmsg_parse(header, attributes.data()) == MNL_CB_OK)
                ++found;
            benchmark::DoNotOptimize(attributes);
        });
        return found;
    }

private:
    std::span<const std::byte> batch_;
};

class Walk {
public:
    explicit Walk(std::span<const std::byte> batch) : batch_(batch) {}

    std::size_t read() const
    {
        std::size_t found = 0;
        each_packet(batch_, [&](const nlmsghdr* header) {
            const auto* end = reinterpret_cast<const std::byte*>(header) + header->nlmsg_len;
            const auto* at = static_cast<const std::byte*>(
                mnl_nlmsg_get_payload_offset(header, sizeof(nfgenmsg)));
            std::uint32_t types = 0;
            while (end - at >= static_cast<std::ptrdiff_t>(sizeof(nlattr))) {
                const auto* attribute = reinterpret_cast<const nlattr*>(at);
                types |= attribute->nla_type;
                at += MNL_ALIGN(attribute->nla_len);
            }
            benchmark::DoNotOptimize(types);
            ++found;
        });
        return found;
    }

private:
    std::span<const std::byte> batch_;
};

std::vector<std::byte>& batch()
{
    static std::vector<std::byte> recorded = load(RECORDED_BATCH);
    return recorded;
}

template <typename Reader>
void read_batch(benchmark::State& state)
{
    Reader reader(batch());
    for (auto _ : state) {
        if (reader.read() != packets)
            return state.SkipWithError("the batch holds not so many packets: record it anew");
    }
    state.counters["time/packet"] = benchmark::Counter(
        packets, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// The cost of the parser in that of the getters, both measured in turn.
void ratio(benchmark::State& state)
{
    using Clock = std::chrono::steady_clock;
    Parser parser(batch());
    Getters getters(batch());
    Clock::duration ours{};
    Clock::duration theirs{};
    for (auto _ : state) {
        const auto begin = Clock::now();
        parser.read();
        const auto middle = Clock::now();
        getters.read();
        theirs += Clock::now() - middle;
        ours += middle - begin;
    }
    state.counters["ours/theirs"] =
        static_cast<double>(ours.count()) / static_cast<double>(theirs.count());
}

} // namespace

BENCHMARK(read_batch<Parser>)->Name("MessageCursor and parse_packet, counted");
BENCHMARK(read_batch<Getters>)->Name("nflog_handle_packet and its getters");
BENCHMARK(read_batch<Table>)->Name("nflog_nlmsg_parse");
BENCHMARK(read_batch<Walk>)->Name("a walk over the attributes");
BENCHMARK(ratio)->Name("the first to the second");

int main(int argc, char** argv)
{
    try {
        support::require_live();
        const support::Namespace here; // libnetfilter_log binds a group in it
        benchmark::Initialize(&argc, argv);
        if (benchmark::ReportUnrecognizedArguments(argc, argv))
            return 2;
        benchmark::RunSpecifiedBenchmarks();
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_parse: %s\n", failure.what());
        return 1;
    }
    return 0;
}
