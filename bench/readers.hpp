// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "group_table.hpp"
#include "message_cursor.hpp"
#include "oracle.hpp"
#include "packet_parser.hpp"
#include "walk_packet.hpp"

#include <arpa/inet.h>
#include <array>
#include <benchmark/benchmark.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <span>
#include <sys/time.h>
#include <vector>

// Several ways to read the packets of batches. Each reader reads all packets, and returns their
// number.
namespace readers {

using Batch = std::vector<std::byte>;
using Batches = std::vector<Batch>;

// Does the work that a capture does for each packet of a batch.
template <auto parse>
class Counted {
public:
    // The packets belong to the groups 1 to `groups`.
    explicit Counted(const Batches& batches, std::uint16_t groups = 5) : batches_(batches)
    {
        for (std::uint16_t group = 1; group <= groups; ++group)
            groups_.add(group);
    }

    std::size_t read()
    {
        std::size_t found = 0;
        for (nflog::GroupCounters& counters : groups_)
            counters.restart(true, 0);
        for (const Batch& batch : batches_) {
            nflog::MessageCursor cursor(batch);
            while (cursor.more()) {
                nflogcap_packet view;
                if (!parse(cursor.next(), view))
                    continue;
                nflog::GroupCounters* counters = groups_.find(view.group);
                if (counters != nullptr && counters->receive(view)) {
                    counters->deliver(view);
                    ++found;
                }
                benchmark::DoNotOptimize(view);
            }
        }
        return found;
    }

private:
    const Batches& batches_;
    nflog::GroupTable groups_;
};

using Parser = Counted<nflog::parse_packet>;
using Walker = Counted<walked::walk_packet>;

// Uses the getters of libnetfilter_log.
class Getters {
public:
    explicit Getters(Batches& batches) : batches_(batches) { library_.call_back(get, &found_); }

    std::size_t read()
    {
        found_ = 0;
        for (Batch& batch : batches_)
            library_.read(batch);
        return found_;
    }

private:
    // Reads every field that has a getter into the same view. It differs from the parser in three
    // ways: it does not read fields that libnetfilter_log does not know, does not set which fields
    // are present, and does not clear the view first.
    static int get(nflog_g_handle* /*group*/, nfgenmsg* generic, nflog_data* packet, void* found)
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

    Batches& batches_;
    oracle::Library library_{5}; // the group of the recorded packets
    std::size_t found_ = 0;
};

// Calls visit(header) for each packet.
template <typename Visit>
void each_packet(const Batches& batches, Visit visit)
{
    for (const Batch& batch : batches) {
        int room = static_cast<int>(batch.size());
        const auto* header = reinterpret_cast<const nlmsghdr*>(batch.data());
        for (; mnl_nlmsg_ok(header, room); header = mnl_nlmsg_next(header, &room)) {
            if (header->nlmsg_type != NLMSG_DONE)
                visit(header);
        }
    }
}

// Uses the table of attributes of libnetfilter_log.
class Table {
public:
    explicit Table(const Batches& batches) : batches_(batches) {}

    [[nodiscard]] std::size_t read() const
    {
        std::size_t found = 0;
        each_packet(batches_, [&](const nlmsghdr* header) {
            std::array<nlattr*, NFULA_MAX + 1> attributes{};
            if (nflog_nlmsg_parse(header, attributes.data()) == MNL_CB_OK)
                ++found;
            benchmark::DoNotOptimize(attributes);
        });
        return found;
    }

private:
    const Batches& batches_;
};

// Visits the attributes and reads none of them.
class Walk {
public:
    explicit Walk(const Batches& batches) : batches_(batches) {}

    [[nodiscard]] std::size_t read() const
    {
        std::size_t found = 0;
        each_packet(batches_, [&](const nlmsghdr* header) {
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
    const Batches& batches_;
};

} // namespace readers
