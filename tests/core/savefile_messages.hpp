// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "error.hpp"
#include "message_cursor.hpp"
#include "savefile_record.hpp"
#include "savefile_source.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <pcap/pcap.h>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

// The messages of a savefile, as read by a SavefileSource and by libpcap alone.
namespace savefiles {

struct Message {
    std::vector<std::byte> bytes;
    std::uint64_t stamp_ns;

    bool operator==(const Message&) const = default;
};

struct Messages {
    std::vector<Message> all;
    bool is_damaged = false; // whether a damage follows these messages

    bool operator==(const Messages&) const = default;
};

struct Reading {
    explicit Reading(const std::string& path)
        : input(std::make_unique<nflog::SavefileInput>(path, nflog::StopRequest())),
          source(input, epoll, ownership)
    {
    }

    nflog::Epoll epoll;
    nflog::Ownership ownership{"capture"};
    std::unique_ptr<nflog::SavefileInput> input;
    nflog::SavefileSource source;
};

inline void read_batch(std::span<const std::byte> batch, Messages& messages)
{
    nflog::MessageCursor cursor(batch);
    if (!cursor.more())
        throw std::logic_error("a batch has no message");
    const std::uint16_t group = cursor.group();
    while (cursor.more()) {
        if (cursor.group() != group)
            throw std::logic_error("a batch is of two groups");
        const std::span<const std::byte> message = cursor.next();
        messages.all.push_back({{message.begin(), message.end()}, nflog::stamp_ns(message)});
    }
    if (cursor.take_fragments() > 0)
        throw std::logic_error("a record is not a whole message");
}

// Reads all messages that are available. Returns false if a pipe has no more messages now.
inline bool read_messages(nflog::SavefileSource& source, Messages& messages)
{
    for (;;) {
        nflog::Batch batch{};
        try {
            batch = source.receive();
        } catch (const nflog::Error& damage) {
            if (damage.code() != EBADMSG || messages.is_damaged)
                throw;
            messages.is_damaged = true;
            continue;
        }
        if (batch.state == nflog::Batch::State::ended)
            return true;
        if (batch.state == nflog::Batch::State::none_now && !source.has_backlog())
            return false;
        if (batch.state == nflog::Batch::State::packets)
            read_batch(batch.bytes, messages);
    }
}

// The messages of a file that libpcap reads, each converted separately.
inline Messages messages_by_libpcap(const std::string& path)
{
    std::array<char, PCAP_ERRBUF_SIZE> words{};
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> file(
        pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO,
                                                words.data()),
        &pcap_close);
    if (!file)
        throw std::runtime_error(words.data());
    Messages messages;
    pcap_pkthdr* header = nullptr;
    const u_char* record = nullptr;
    int outcome = 0;
    while ((outcome = pcap_next_ex(file.get(), &header, &record)) == 1) {
        constexpr std::uint64_t ns_per_second = 1'000'000'000;
        const std::int64_t seconds = header->ts.tv_sec;
        std::vector<std::byte> batch;
        nflog::append_message(
            batch, {
                       .bytes = {reinterpret_cast<const std::byte*>(record), header->caplen},
                       .stamp_ns = (seconds < 0 ? static_cast<std::uint32_t>(seconds)
                                                : static_cast<std::uint64_t>(seconds)) *
                                       ns_per_second +
                                   static_cast<std::uint64_t>(header->ts.tv_usec),
                       .link_type = pcap_datalink(file.get()),
                       .is_cut = header->caplen < header->len,
                       .is_other_endian = pcap_is_swapped(file.get()) == 1,
                   });
        const std::span<const std::byte> message = nflog::MessageCursor(batch).next();
        messages.all.push_back({{message.begin(), message.end()}, nflog::stamp_ns(message)});
    }
    messages.is_damaged = outcome != PCAP_ERROR_BREAK;
    return messages;
}

} // namespace savefiles
