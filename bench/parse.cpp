// SPDX-License-Identifier: GPL-2.0-or-later
// Measures the cost of reading the packets of a batch: with this library's parser, including full
// views and counters; with libnetfilter_log, which reads the same fields by its getters; with
// libnetfilter_log's table of attributes; and with a walk over the attributes that reads none of
// them. Also measures the cost of writing the same packets as JSON. Then it measures the ratios of
// the parser's cost to the other costs, in turn, and how the cost depends on the content of the
// batches.
#include "readers.hpp"

#include "message_builder.hpp"
#include "network.hpp"

#include <algorithm>
#include <array>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace {

using readers::Batch;
using readers::Batches;
using readers::Parser;
using readers::Walker;

constexpr std::size_t packets = 500;

Batches& recorded()
{
    static Batches batches = [] {
        std::ifstream file(RECORDED_BATCH, std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)), {});
        const std::span<const std::byte> span = std::as_bytes(std::span(bytes));
        return Batches{{span.begin(), span.end()}};
    }();
    return batches;
}

// Returns a packet like the recorded ones. Layouts differ in the prefix, and in the attributes
// after the prefix.
synthetic::Message packet(std::uint16_t group, std::uint32_t seq, std::size_t payload,
                          std::size_t layout)
{
    synthetic::Message message(group);
    const std::string prefix = "bench: " + std::string(4 * layout, '-');
    message.put(NFULA_PACKET_HDR, synthetic::bytes({0x08, 0x00, 1, 0}))
        .put(NFULA_PREFIX, synthetic::text({prefix.c_str(), prefix.size() + 1}))
        .put_be32(NFULA_IFINDEX_INDEV, 1);
    if (layout % 2 != 0)
        message.put_be32(NFULA_MARK, seq);
    message.put(NFULA_HWADDR, synthetic::bytes({0, 6, 0, 0, 2, 4, 6, 8, 10, 12, 0, 0}))
        .put_be16(NFULA_HWTYPE, 772)
        .put_be16(NFULA_HWLEN, 14)
        .put(NFULA_HWHEADER, synthetic::Bytes(14))
        .put(NFULA_TIMESTAMP, synthetic::Bytes(16));
    if (layout % 3 != 0)
        message.put_be32(NFULA_UID, seq).put_be32(NFULA_GID, seq);
    return message.put_be32(NFULA_SEQ, seq)
        .put_be32(NFULA_SEQ_GLOBAL, seq)
        .put(NFULA_PAYLOAD, synthetic::Bytes(payload));
}

struct Shape {
    std::size_t groups = 1;
    std::size_t packets_a_batch = packets;
    std::size_t payload = 92;
    std::size_t layouts = 1;
};

// Returns the packets in full batches. Each group has at least one batch.
Batches batches(const Shape& shape)
{
    Batches result;
    const std::size_t full = (packets + shape.packets_a_batch - 1) / shape.packets_a_batch;
    const std::size_t count = std::max(full, shape.groups);
    for (std::size_t i = 0; i < count; ++i) {
        const auto group = static_cast<std::uint16_t>(1 + i % shape.groups);
        synthetic::Batch batch;
        for (std::size_t j = 0; j < shape.packets_a_batch; ++j) {
            const auto seq =
                static_cast<std::uint32_t>(i / shape.groups * shape.packets_a_batch + j);
            batch.add(packet(group, seq, shape.payload, seq % shape.layouts));
        }
        if (shape.packets_a_batch > 1)
            batch.done(group);
        result.emplace_back(batch.span().begin(), batch.span().end());
    }
    return result;
}

template <typename Reader>
void read_recorded(benchmark::State& state)
{
    Reader reader(recorded());
    for (auto _ : state) {
        if (reader.read() != packets)
            return state.SkipWithError(
                "the batch has a different number of packets: record it again");
    }
    state.counters["time/packet"] = benchmark::Counter(
        packets, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// Parses the recorded packets once, and then writes them as JSON.
void write_recorded(benchmark::State& state, int format)
{
    std::vector<nflogcap_packet> views;
    nflog::MessageCursor cursor(recorded().front());
    while (cursor.more()) {
        if (nflogcap_packet view; nflog::parse_packet(cursor.next(), view))
            views.push_back(view);
    }
    std::array<char, 4096> text;
    const auto namer = [](void*, std::uint32_t) { return "lo"; };
    while (state.KeepRunning()) {
        for (const nflogcap_packet& view : views)
            nflogcap_packet_format(&view, format, namer, nullptr, "firewall", text.data(),
                                   text.size());
    }
    state.counters["time/packet"] = benchmark::Counter(
        static_cast<double>(views.size()),
        benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

double median(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

// Measures the ratio of the costs per packet. Both readers read all of their packets in turn, after
// a call of prepare() each time. The ratio is a median, because other programs interrupt some of
// the runs.
template <typename Ours, typename Theirs, typename Prepare>
void measure_ratio(benchmark::State& state, Ours& ours, Theirs& theirs, Prepare prepare)
{
    using Clock = std::chrono::steady_clock;
    using Nanoseconds = std::chrono::duration<double, std::nano>;
    const auto cost = [](auto& reader) {
        const auto begin = Clock::now();
        const std::size_t read = reader.read();
        return Nanoseconds(Clock::now() - begin).count() / static_cast<double>(read);
    };
    std::vector<double> our_costs;
    std::vector<double> their_costs;
    for (auto _ : state) {
        prepare();
        our_costs.push_back(cost(ours));
        their_costs.push_back(cost(theirs));
    }
    state.counters["ours/theirs"] = median(our_costs) / median(their_costs);
}

template <typename Ours, typename Theirs>
void measure_ratio(benchmark::State& state, Ours& ours, Theirs& theirs)
{
    measure_ratio(state, ours, theirs, [] {});
}

template <typename Theirs>
void ratio(benchmark::State& state)
{
    Parser ours(recorded());
    Theirs theirs(recorded());
    measure_ratio(state, ours, theirs);
}

// Compares the shape with 500 packets of one group and of one layout, in one batch.
void ratio_to_plain(benchmark::State& state, const Shape& shape)
{
    const Batches plain = batches({});
    const Batches shaped = batches(shape);
    Parser theirs(plain);
    Parser ours(shaped, static_cast<std::uint16_t>(shape.groups));
    measure_ratio(state, ours, theirs);
}

void groups(benchmark::State& state)
{
    ratio_to_plain(state, {.groups = static_cast<std::size_t>(state.range(0)),
                           .packets_a_batch = static_cast<std::size_t>(state.range(1))});
}

void packets_a_batch(benchmark::State& state)
{
    ratio_to_plain(state, {.packets_a_batch = static_cast<std::size_t>(state.range(0))});
}

void payload(benchmark::State& state)
{
    ratio_to_plain(state, {.payload = static_cast<std::size_t>(state.range(0))});
}

// Compares the cost with packets of one layout, in batches of one packet. `random`: each run has a
// different order, because the processor's branch prediction learns even an order of thousands of
// packets.
void layouts(benchmark::State& state)
{
    const bool random = state.range(1) != 0;
    Batches plain = batches({.packets_a_batch = 1});
    Batches mixed =
        batches({.packets_a_batch = 1, .layouts = static_cast<std::size_t>(state.range(0))});
    Parser theirs(plain);
    Parser ours(mixed);
    std::mt19937 order(1);
    measure_ratio(state, ours, theirs, [&] {
        if (random) {
            std::ranges::shuffle(plain, order);
            std::ranges::shuffle(mixed, order);
        }
    });
}

} // namespace

BENCHMARK(read_recorded<Parser>)->Name("MessageCursor and parse_packet, counted");
BENCHMARK(read_recorded<Walker>)->Name("the same with the general walk alone");
BENCHMARK(read_recorded<readers::Getters>)->Name("nflog_handle_packet and its getters");
BENCHMARK(read_recorded<readers::Table>)->Name("nflog_nlmsg_parse");
BENCHMARK(read_recorded<readers::Walk>)->Name("a walk over the attributes");
BENCHMARK_CAPTURE(write_recorded, json, NFLOGCAP_JSON)->Name("nflogcap_packet_format, JSON");
BENCHMARK(ratio<readers::Getters>)->Name("parse_packet to nflog_handle_packet");
BENCHMARK(ratio<readers::Table>)->Name("parse_packet to nflog_nlmsg_parse");
BENCHMARK(groups)
    ->Name("to 500 packets of one group")
    ->ArgNames({"groups", "packets a batch"})
    ->ArgsProduct({{1, 30, 300}, {22, 500}});
BENCHMARK(packets_a_batch)
    ->Name("to 500 packets a batch")
    ->ArgName("packets")
    ->Arg(1)
    ->Arg(22)
    ->Arg(500)
    ->Arg(1500);
BENCHMARK(payload)->Name("to a payload of 92 bytes")->ArgName("bytes")->Arg(64)->Arg(1400);
BENCHMARK(layouts)
    ->Name("to packets of one layout")
    ->ArgNames({"layouts", "random"})
    ->ArgsProduct({{1, 2, 4, 8, 20}, {0, 1}});

int main(int argc, char** argv)
{
    try {
        support::require_live();
        const support::Namespace here; // libnetfilter_log binds a group in this namespace
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
