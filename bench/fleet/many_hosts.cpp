// SPDX-License-Identifier: GPL-2.0-or-later
// many_hosts URL HOSTS SECONDS simulates this number of hosts. Each host has its own connection,
// and sends packets of one group as nflogcap-ship does: 45 packets in one message every 100 ms. At
// the end, many_hosts waits until the broker has acknowledged all messages, and prints the number
// of packets.

#include "message.hpp"

#include <atomic>
#include <chrono>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nats/nats.h>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint16_t group = 5;
constexpr unsigned packets_in_message = 45;
constexpr std::chrono::milliseconds period{100};
constexpr std::chrono::seconds timeout{60};

std::atomic<std::uint64_t> acknowledged{0}; // acknowledged messages

void count(natsConnection* /*connection*/, natsSubscription* /*subscription*/, natsMsg* answer,
           void* /*closure*/)
{
    const std::string text(natsMsg_GetData(answer),
                           static_cast<std::size_t>(natsMsg_GetDataLength(answer)));
    if (text.find("\"error\"") != std::string::npos) {
        std::fprintf(stderr, "many_hosts: the broker refuses a message: %s\n", text.c_str());
        std::exit(1);
    }
    ++acknowledged;
    natsMsg_Destroy(answer);
}

void require(natsStatus status, const char* what)
{
    if (status == NATS_OK)
        return;
    std::fprintf(stderr, "many_hosts: %s: %s\n", what, natsStatus_GetText(status));
    std::exit(1);
}

// Returns a savefile with packets of 64 bytes and a prefix, as the kernel logs them.
std::string savefile()
{
    constexpr unsigned char head[] = {0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0,   0, 0, 0,
                                      0,    0,    0,    0,    0, 0, 4, 0, 239, 0, 0, 0};
    constexpr unsigned char packet[] = {
        2,    0, 0,  group,                                       // IPv4, version, group
        8,    0, 1,  0,     8,   0,   1,   0,                     // header: IPv4, input
        12,   0, 10, 0,     'b', 'e', 'n', 'c', 'h', ':', ' ', 0, // prefix
        68,   0, 9,  0,                                           // payload
        0x45, 0, 0,  64};
    constexpr std::uint32_t length = 4 + 8 + 12 + 68;
    std::string made(reinterpret_cast<const char*>(head), sizeof(head));
    for (unsigned i = 0; i < packets_in_message; ++i) {
        const std::uint32_t record[] = {1, i, length, length};
        made.append(reinterpret_cast<const char*>(record), sizeof(record));
        made.append(reinterpret_cast<const char*>(packet), sizeof(packet));
        made.append(length - sizeof(packet), '\0');
    }
    return made;
}

struct Host {
    std::string inbox;
    natsConnection* connection = nullptr;
    fleet::Message message;

    Host(const char* url, unsigned number, const std::string& content)
        : inbox("_INBOX_" + std::to_string(number))
    {
        require(natsConnection_ConnectTo(&connection, url), "cannot connect");
        natsSubscription* answers = nullptr;
        require(natsConnection_Subscribe(&answers, connection, inbox.c_str(), count, nullptr),
                "cannot subscribe");
        char spool[17];
        std::snprintf(spool, sizeof(spool), "%016x", number);
        message.host = "host-" + std::to_string(number);
        message.spool = spool;
        message.savefile = content;
        message.chunk.group = group;
        message.chunk.account.packets = packets_in_message;
        message.chunk.account.session = 1;
    }

    void send(bool is_last)
    {
        spool::Account& account = message.chunk.account;
        ++message.chunk.number;
        account.total += packets_in_message;
        account.time = message.chunk.number;
        account.is_end = is_last;
        const fleet::MessageHandle encoded = message.encode(inbox);
        require(natsConnection_PublishMsg(connection, encoded.get()), "cannot publish");
    }
};

} // namespace

int main(int count_of_words, char** words)
{
    if (count_of_words != 4) {
        std::fputs("usage: many_hosts URL HOSTS SECONDS\n", stderr);
        return 2;
    }
    const auto count_of_hosts = static_cast<unsigned>(std::strtoul(words[2], nullptr, 10));
    const std::chrono::seconds duration(std::strtoul(words[3], nullptr, 10));
    const std::string content = savefile();
    std::vector<Host> hosts;
    hosts.reserve(count_of_hosts);
    for (unsigned number = 1; number <= count_of_hosts; ++number)
        hosts.emplace_back(words[1], number, content);

    const auto rounds = static_cast<std::uint64_t>(duration / period);
    const Clock::time_point begin = Clock::now();
    for (std::uint64_t round = 0; round < rounds; ++round)
        for (unsigned i = 0; i < count_of_hosts; ++i) {
            std::this_thread::sleep_until(begin + round * period + i * period / count_of_hosts);
            hosts[i].send(round + 1 == rounds);
        }
    const std::uint64_t sent = rounds * count_of_hosts;
    const Clock::time_point end = Clock::now() + timeout;
    while (acknowledged < sent && Clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (acknowledged < sent) {
        std::fprintf(stderr, "many_hosts: %" PRIu64 " of %" PRIu64 " messages were acknowledged\n",
                     acknowledged.load(), sent);
        return 1;
    }
    std::printf("%" PRIu64 "\n", sent * packets_in_message);
    return 0;
}
