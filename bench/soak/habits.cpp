// SPDX-License-Identifier: GPL-2.0-or-later
#include "habits.hpp"

#include "savefile.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace soak {

namespace {

using std::chrono::milliseconds;

void expect_set(int code, nflogcap* handle)
{
    expect(code == 0, nflogcap_error(handle));
}

class OneByOne : public Habit {
public:
    int read(nflogcap* handle, int timeout_ms, const Take& take) override
    {
        const nflogcap_packet* packet = nullptr;
        const int got = nflogcap_next(handle, &packet, timeout_ms);
        if (got == 1)
            take(*packet);
        return got;
    }
};

// Reads slowly. The socket has room for only one or two batches of a few packets. While the reader
// sleeps, more packets arrive, even on a slow machine.
class Slowly : public Habit {
public:
    void set_up(nflogcap* handle) override
    {
        constexpr std::uint32_t one_batch = 4096;
        constexpr std::uint32_t packets_a_batch = 16;
        expect_set(nflogcap_set_socket_buffer(handle, one_batch), handle);
        expect_set(nflogcap_set_queue_threshold(handle, packets_a_batch), handle);
    }
    int read(nflogcap* handle, int timeout_ms, const Take& take) override
    {
        constexpr milliseconds nap(50);
        const int got = Habit::read(handle, timeout_ms, take);
        if (got > 0 && Clock::now() - slept_ >= nap) {
            std::this_thread::sleep_for(nap);
            slept_ = Clock::now();
        }
        return got;
    }

private:
    Clock::time_point slept_;
};

class Adaptively : public Habit {
public:
    void set_up(nflogcap* handle) override
    {
        expect_set(nflogcap_set_delivery(handle, NFLOGCAP_ADAPTIVE), handle);
    }
};

class Polling : public OneByOne {
public:
    int read(nflogcap* handle, int timeout_ms, const Take& take) override
    {
        pollfd waiting = {nflogcap_fd(handle), POLLIN, 0};
        const int ready = poll(&waiting, 1, timeout_ms);
        expect(ready >= 0, std::string("poll: ") + std::strerror(errno));
        int read = 0;
        for (int got = 1; ready > 0 && got == 1; ++read) {
            got = OneByOne::read(handle, 0, take);
            if (got < 0)
                return got;
            if (got ==
                // the descriptor can be readable because of an answer of the kernel without packets
                0)
                break;
        }
        return read;
    }
};

class Filtering : public Habit {
public:
    void set_up(nflogcap* handle) override { change(handle); }
    int read(nflogcap* handle, int timeout_ms, const Take& take) override
    {
        constexpr milliseconds often(100);
        if (changing_ && Clock::now() - changed_ >= often)
            change(handle);
        return Habit::read(handle, timeout_ms, [this, &take](const nflogcap_packet& packet) {
            expect(!packet_is_wrong(packet), "the filter passed a packet that it has to reject");
            take(packet);
        });
    }
    void settle(nflogcap* handle) override
    {
        changing_ = false;
        rest_ = 0;
        expect_set(nflogcap_set_filter(handle, nullptr), handle);
    }
    [[nodiscard]] Account::Gaps gaps() const override { return Account::Gaps::allowed; }

private:
    // Each filter matches the packets with numbers that have this remainder modulo 4; 0: there is
    // no filter.
    static constexpr std::array<const char*, 4> expressions = {nullptr, "udp[8] & 3 = 1",
                                                               "udp[8] & 3 = 2", "udp[8] & 3 = 3"};

    void change(nflogcap* handle)
    {
        changed_ = Clock::now();
        rest_ = (rest_ + 1) % expressions.size();
        expect_set(nflogcap_set_filter(handle, expressions.at(rest_)), handle);
    }
    [[nodiscard]] bool packet_is_wrong(const nflogcap_packet& packet) const
    {
        constexpr std::size_t number_at = 28;
        return rest_ != 0 && (packet.payload[number_at] & 3U) != rest_; // its first byte
    }

    bool changing_ = true;
    std::size_t rest_ = 0;
    Clock::time_point changed_;
};

// A file that exists only in memory. Therefore nothing is left, in whatever way the program ends.
class MemoryFile {
public:
    MemoryFile() : fd_(memfd_create("soak", MFD_CLOEXEC))
    {
        expect(fd_ >= 0, std::string("memfd_create: ") + std::strerror(errno));
    }
    ~MemoryFile() { close(fd_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

private:
    int fd_;
};

class ThroughSavefiles : public Habit {
public:
    ThroughSavefiles() { numbers_.reserve(max_numbers); }
    int read(nflogcap* handle, int timeout_ms, const Take& take) override
    {
        return Habit::read(handle, timeout_ms, [this, &take](const nflogcap_packet& packet) {
            take(packet);
            write(packet);
        });
    }
    void settle(nflogcap* /*handle*/) override { compare(); }

private:
    static constexpr std::size_t max_numbers = 20'000;

    void write(const nflogcap_packet& packet)
    {
        if (!dump_)
            dump_ = support::dump_to(file_.path());
        expect(nflogcap_dump_packet(dump_.get(), &packet) == 0, nflogcap_dump_error(dump_.get()));
        numbers_.push_back(number_of(packet));
        if (numbers_.size() == max_numbers)
            compare();
    }
    void compare()
    {
        if (!dump_)
            return;
        expect(nflogcap_dump_close(dump_.release()) == 0, "the savefile could not be closed");
        const support::Handle written = support::reader_of(file_.path());
        support::start(written);
        const nflogcap_packet* packet = nullptr;
        for (const std::uint64_t number : numbers_)
            expect(nflogcap_next(written.get(), &packet, -1) == 1 && number_of(*packet) == number,
                   "the savefile does not have packet " + std::to_string(number));
        expect(nflogcap_next(written.get(), &packet, -1) == -ENODATA,
               "the savefile has more packets than were written");
        numbers_.clear();
    }

    MemoryFile file_;
    support::Dump dump_;
    std::vector<std::uint64_t> numbers_; // numbers of the packets written to the file
};

class WhileRulesChange : public Habit {
public:
    [[nodiscard]] Account::Gaps gaps() const override { return Account::Gaps::allowed; }
};

} // namespace

std::unique_ptr<Habit> in_batches()
{
    return std::make_unique<Habit>();
}
std::unique_ptr<Habit> one_by_one()
{
    return std::make_unique<OneByOne>();
}
std::unique_ptr<Habit> slowly()
{
    return std::make_unique<Slowly>();
}
std::unique_ptr<Habit> adaptively()
{
    return std::make_unique<Adaptively>();
}
std::unique_ptr<Habit> polling()
{
    return std::make_unique<Polling>();
}
std::unique_ptr<Habit> filtering()
{
    return std::make_unique<Filtering>();
}
std::unique_ptr<Habit> through_savefiles()
{
    return std::make_unique<ThroughSavefiles>();
}
std::unique_ptr<Habit> while_rules_change()
{
    return std::make_unique<WhileRulesChange>();
}

} // namespace soak
