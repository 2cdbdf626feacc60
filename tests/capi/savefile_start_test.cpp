// SPDX-License-Identifier: GPL-2.0-or-later
// Starts that wait for a FIFO to be opened, or for the header of its savefile.
#include "message_builder.hpp"
#include "savefile_reading.hpp"
#include "words.hpp"

#include "catch.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>

using support::FileBytes;
using support::Handle;
using support::linktype_nflog;
using support::PcapFile;
using support::PcapngFile;
using support::reader_of;
using support::TemporaryFile;
using synthetic::numbered;

namespace {

// A FIFO without a reader and without a writer.
class Fifo {
public:
    Fifo()
    {
        REQUIRE(unlink(place_.path().c_str()) == 0);
        REQUIRE(mkfifo(place_.path().c_str(), 0600) == 0);
    }

    [[nodiscard]] std::string path() const { return place_.path(); }

private:
    TemporaryFile place_;
};

// A handler with SA_RESTART, as signal(2) installs it, while it lives.
class OnAlarm {
public:
    explicit OnAlarm(void (*handler)(int)) : before_(std::signal(SIGALRM, handler)) {}
    ~OnAlarm() { std::signal(SIGALRM, before_); }
    OnAlarm(const OnAlarm&) = delete;
    OnAlarm& operator=(const OnAlarm&) = delete;

private:
    void (*before_)(int);
};

std::atomic<nflogcap*> stopped_by_alarm = nullptr;

// Sends the calling thread SIGALRM again and again until it is destroyed.
class Alarms {
public:
    Alarms()
        : thread_([this, target = pthread_self()] {
              while (!is_over_) {
                  std::this_thread::sleep_for(std::chrono::milliseconds(5));
                  pthread_kill(target, SIGALRM);
              }
          })
    {
    }
    ~Alarms()
    {
        is_over_ = true;
        thread_.join();
    }
    Alarms(const Alarms&) = delete;
    Alarms& operator=(const Alarms&) = delete;

private:
    std::atomic<bool> is_over_ = false;
    std::thread thread_;
};

} // namespace

TEST_CASE("a start waits for a FIFO's writer and header, and reads the data that follows")
{
    const Fifo fifo;
    const FileBytes file = three_packets();
    ssize_t written = 0;
    std::thread writer([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        const int fd = open(fifo.path().c_str(), O_WRONLY | O_CLOEXEC);
        written = write(fd, file.data(), 10);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        written += write(fd, file.data() + 10, file.size() - 10);
        close(fd);
    });
    const Handle capture = reader_of(fifo.path());
    support::start(capture);
    int outcome = 0;
    CHECK(support::count_packets(capture, -1, outcome) == 3);
    CHECK(outcome == -ENODATA);
    writer.join();
    CHECK(written == static_cast<ssize_t>(file.size()));
}

TEST_CASE("a stop ends a start that waits for a FIFO's writer, or for its header")
{
    const Fifo fifo;
    const int holder = GENERATE(0, 1) == 0 ? -1 : open(fifo.path().c_str(), O_RDWR | O_CLOEXEC);
    if (holder >= 0)
        REQUIRE(write(holder, "\x4d\x3c", 2) == 2);
    const Handle capture = reader_of(fifo.path());
    SECTION("from another thread")
    {
        std::thread stopper([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            nflogcap_stop(capture.get());
        });
        CHECK(nflogcap_start(capture.get()) == 0);
        stopper.join();
    }
    SECTION("that came before")
    {
        nflogcap_stop(capture.get());
        CHECK(nflogcap_start(capture.get()) == 0);
    }
    SECTION("from a signal handler")
    {
        stopped_by_alarm = capture.get();
        const OnAlarm on_alarm([](int) { nflogcap_stop(stopped_by_alarm); });
        const Alarms alarms;
        CHECK(nflogcap_start(capture.get()) == 0);
    }
    CHECK(is_readable(capture));
    CHECK(outcome_of_next(capture, -1) == -ENODATA);
    close(holder);
}

TEST_CASE("a signal ends a start that waits for a FIFO, and start may be called again")
{
    const Fifo fifo;
    const Handle capture = reader_of(fifo.path());
    {
        const OnAlarm on_alarm([](int) {});
        const Alarms alarms;
        CHECK(nflogcap_start(capture.get()) == -EINTR);
    }
    check_error(capture, {fifo.path(), "Interrupted"});
    const int holder = open(fifo.path().c_str(), O_RDWR | O_CLOEXEC);
    const FileBytes file = three_packets();
    REQUIRE(write(holder, file.data(), file.size()) == static_cast<ssize_t>(file.size()));
    support::start(capture);
    CHECK(next(capture)->seq == 0);
    close(holder);
}

namespace {

// A pcapng file of one packet, with this many blocks of 60,000 bytes before its interface.
FileBytes with_long_head(std::size_t count)
{
    constexpr std::size_t section_bytes = 28;
    constexpr std::uint32_t block_bytes = 60'000;
    constexpr std::uint32_t unknown_type = 0x0bad;
    FileBytes block(block_bytes);
    std::memcpy(block.data(), &unknown_type, sizeof unknown_type);
    std::memcpy(block.data() + 4, &block_bytes, sizeof block_bytes);
    std::memcpy(block.data() + block_bytes - 4, &block_bytes, sizeof block_bytes);
    FileBytes file = PcapngFile().add(numbered(7).body()).bytes();
    for (std::size_t i = 0; i < count; ++i)
        file.insert(file.begin() + section_bytes, block.begin(), block.end());
    return file;
}

} // namespace

TEST_CASE("a signal that ends a start loses nothing of the header that was read from a FIFO")
{
    const Fifo fifo;
    FileBytes file;
    SECTION("pcap")
    {
        file = PcapFile(linktype_nflog).add(numbered(7).body()).bytes();
    }
    SECTION("pcapng")
    {
        file = with_long_head(0);
    }
    SECTION("pcapng with a header that is longer than the capacity of a pipe")
    {
        file = with_long_head(3);
    }
    const std::size_t part = std::max<std::size_t>(file.size() / 20, 1);
    const Handle capture = reader_of(fifo.path());
    const OnAlarm on_alarm([](int) {});
    int interrupted = 0;
    int code = -EINTR;
    const int holder = open(fifo.path().c_str(), O_RDWR | O_CLOEXEC);
    std::size_t written = 0;
    {
        const Alarms alarms;
        while (code == -EINTR && interrupted < 1000) {
            const std::size_t size = std::min(part, file.size() - written);
            REQUIRE(write(holder, file.data() + written, size) == static_cast<ssize_t>(size));
            written += size;
            code = nflogcap_start(capture.get());
            interrupted += code == -EINTR ? 1 : 0;
        }
    }
    INFO(nflogcap_error(capture.get()));
    REQUIRE(code == 0);
    CHECK(interrupted > 1);
    while (written < file.size()) {
        const ssize_t n = write(holder, file.data() + written, file.size() - written);
        REQUIRE(n > 0);
        written += static_cast<std::size_t>(n);
    }
    CHECK(next(capture)->seq == 7);
    close(holder);
}

TEST_CASE("a start after an interrupted one reads the savefile that is set at that time")
{
    const Fifo fifo;
    const int holder = open(fifo.path().c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(write(holder, "\x4d\x3c", 2) == 2);
    const Handle capture = reader_of(fifo.path());
    {
        const OnAlarm on_alarm([](int) {});
        const Alarms alarms;
        CHECK(nflogcap_start(capture.get()) == -EINTR);
    }
    const TemporaryFile other(three_packets());
    REQUIRE(nflogcap_set_savefile(capture.get(), other.path().c_str()) == 0);
    support::start(capture);
    CHECK(next(capture)->seq == 0);
    close(holder);
}

TEST_CASE("the header of a savefile in a pipe can have up to 32 MiB")
{
    const Fifo fifo;
    const auto [blocks, expected] =
        GENERATE(table<std::size_t, int>({{500, 0}, {600, -EFBIG}})); // of 60,000 bytes
    const FileBytes file = with_long_head(blocks);
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    std::thread writer([&] {
        const int fd = open(fifo.path().c_str(), O_WRONLY | O_CLOEXEC);
        for (std::size_t written = 0; written < file.size();) {
            const ssize_t n = write(fd, file.data() + written, file.size() - written);
            if (n < 0)
                break;
            written += static_cast<std::size_t>(n);
        }
        close(fd);
    });
    Handle capture = reader_of(fifo.path());
    CHECK(nflogcap_start(capture.get()) == expected);
    if (expected == 0)
        CHECK(next(capture)->seq == 7);
    else
        check_error(capture, {fifo.path(), "File too large"});
    capture.reset(); // ends the writer
    writer.join();
    std::signal(SIGPIPE, before);
}

TEST_CASE("a wake-up during a start that waits for a FIFO is for the next call of next")
{
    const Fifo fifo;
    const Handle capture = reader_of(fifo.path());
    const FileBytes file = three_packets();
    ssize_t written = 0;
    std::thread other([&] {
        nflogcap_wakeup(capture.get());
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        const int fd = open(fifo.path().c_str(), O_WRONLY | O_CLOEXEC);
        written = write(fd, file.data(), file.size());
        close(fd);
    });
    support::start(capture);
    other.join();
    CHECK(written == static_cast<ssize_t>(file.size()));
    CHECK(is_readable(capture));
    CHECK(outcome_of_next(capture, -1) == -ECANCELED);
    CHECK(next(capture)->seq == 0);
}
