// SPDX-License-Identifier: GPL-2.0-or-later
// Savefiles that are written, with packets from savefiles that are built here.
#include "message_builder.hpp"
#include "other_process.hpp"
#include "packets.hpp"
#include "savefile.hpp"
#include "words.hpp"

#include "catch.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>

using support::Dump;
using support::dump_to;
using support::FileBytes;
using support::Handle;
using support::linktype_nflog;
using support::PcapFile;
using support::TemporaryFile;
using synthetic::full_message;
using synthetic::numbered;

namespace {

FileBytes two_packets()
{
    return PcapFile(linktype_nflog)
        .add(numbered(0).body(), 1'700'000'000, 123'456'789)
        .add(full_message().body(), 0x65432101, 999'999'000)
        .bytes();
}

// Blocks the signal that a pipe without a reader raises.
class WithoutSigpipe {
public:
    WithoutSigpipe() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
    ~WithoutSigpipe() { std::signal(SIGPIPE, before_); }
    WithoutSigpipe(const WithoutSigpipe&) = delete;
    WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

private:
    void (*before_)(int);
};

std::string path_of(int fd)
{
    return "/proc/self/fd/" + std::to_string(fd);
}

constexpr std::size_t head = 24;

} // namespace

TEST_CASE("packets that are read from a file and written again are equal to the byte")
{
    const FileBytes bytes = two_packets();
    const Packets packets(bytes);
    const TemporaryFile file;
    Dump dump = dump_to(file.path());
    CHECK(nflogcap_dump_position(dump.get()) == head);
    CHECK(file.bytes().size() == head); // at once
    CHECK(nflogcap_dump_written(dump.get()) == 0);
    for (const nflogcap_packet* packet : packets)
        REQUIRE(nflogcap_dump_packet(dump.get(), packet) == 0);
    CHECK(nflogcap_dump_position(dump.get()) == static_cast<std::int64_t>(bytes.size()));
    CHECK(file.bytes().size() == head);
    CHECK(nflogcap_dump_written(dump.get()) == 0);
    REQUIRE(nflogcap_dump_flush(dump.get()) == 0);
    CHECK(nflogcap_dump_written(dump.get()) == 2);
    CHECK(file.bytes() == bytes);
    CHECK(nflogcap_dump_position(dump.get()) == static_cast<std::int64_t>(bytes.size()));
    CHECK(nflogcap_dump_close(dump.release()) == 0);
    CHECK(file.bytes() == bytes);
}

TEST_CASE("packets from a file of IP packets are written in NFLOG's format")
{
    const Packets packets(PcapFile(support::linktype_raw)
                              .add(synthetic::bytes({0x45, 0, 0, 99, 1, 2, 3}), 7, 8)
                              .bytes());
    const TemporaryFile file;
    Dump dump = dump_to(file.path());
    CHECK(nflogcap_dump_packet(dump.get(), packets.front()) == 0);
    CHECK(nflogcap_dump_close(dump.release()) == 0);
    const Packets again(file.bytes());
    CHECK(again.front()->payload_length == 7);
    CHECK(again.front()->wire_length == 99);
    CHECK(again.front()->timestamp_ns == 7'000'000'008);
    CHECK(again.front()->present == (NFLOGCAP_HAS_WIRE_LENGTH | NFLOGCAP_HAS_PAYLOAD));
}

TEST_CASE("wrong arguments are refused")
{
    auto* const untouched = reinterpret_cast<nflogcap_dump*>(1);
    nflogcap_dump* dump = untouched;
    CHECK(nflogcap_dump_open(nullptr, "/dev/null", nullptr, 0, nullptr, 0) == -EINVAL);
    CHECK(nflogcap_dump_open(&dump, nullptr, nullptr, 0, nullptr, 0) == -EINVAL);
    CHECK(nflogcap_dump_open(&dump, "", nullptr, 0, nullptr, 0) == -ENOENT);
    CHECK(nflogcap_dump_open(&dump, "/no/such/directory/x", nullptr, 0, nullptr, 0) == -ENOENT);
    CHECK(nflogcap_dump_open(&dump, "/tmp", nullptr, 0, nullptr, 0) == -EISDIR);
    CHECK(dump == untouched);
    CHECK(nflogcap_dump_packet(nullptr, nullptr) == -EINVAL);
    CHECK(nflogcap_dump_flush(nullptr) == -EINVAL);
    CHECK(nflogcap_dump_position(nullptr) == -EINVAL);
    CHECK(nflogcap_dump_written(nullptr) == -EINVAL);
    CHECK(std::string(nflogcap_dump_error(nullptr)).empty());
    CHECK(nflogcap_dump_close(nullptr) == 0);

    const Dump sound = dump_to("/dev/null");
    CHECK(std::string(nflogcap_dump_error(sound.get())).empty());
    CHECK(nflogcap_dump_packet(sound.get(), nullptr) == -EINVAL);
    check_words(nflogcap_dump_error(sound.get()), {"'packet' is NULL"});

    const Packets packets(two_packets());
    nflogcap_packet huge = *packets.front();
    huge.message_length = 262145;
    CHECK(nflogcap_dump_packet(sound.get(), &huge) == -EMSGSIZE);
    check_words(nflogcap_dump_error(sound.get()), {"262145", "/dev/null"});
}

TEST_CASE("a full disk is reported by the opening, because of the first bytes")
{
    nflogcap_dump* dump = nullptr;
    CHECK(nflogcap_dump_open(&dump, "/dev/full", nullptr, 0, nullptr, 0) == -ENOSPC);
}

TEST_CASE("a file at its size limit ends with a complete packet, and continues when it may grow")
{
    const Packets packets(two_packets());
    const TemporaryFile file;
    Dump dump = dump_to(file.path());

    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto signal_before = std::signal(SIGXFSZ, SIG_IGN);
    constexpr rlim_t limit = 10'001; // in the middle of a packet
    const rlimit low = {limit, before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &low) == 0);

    std::uint64_t taken = 0;
    int code = 0;
    while ((code = nflogcap_dump_packet(dump.get(), packets.front())) == 0)
        ++taken;
    CHECK(code == -EFBIG);
    check_words(nflogcap_dump_error(dump.get()), {"cannot write", file.path(), "File too large"});
    CHECK(nflogcap_dump_packet(dump.get(), packets.front()) == -EFBIG); // again, and not taken
    CHECK(nflogcap_dump_flush(dump.get()) == -EFBIG);
    const FileBytes cut = file.bytes();
    REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, signal_before);

    const std::size_t record = 16 + packets.front()->message_length;
    CHECK(cut.size() <= limit);
    CHECK(cut.size() > limit - record);
    CHECK((cut.size() - head) % record == 0);
    std::uint64_t whole = 0;
    for ([[maybe_unused]] const auto* packet : Packets(cut))
        ++whole;
    CHECK(whole == (cut.size() - head) / record);
    CHECK(nflogcap_dump_written(dump.get()) == static_cast<std::int64_t>(whole));

    // There is room again: no accepted packet is lost.
    CHECK(nflogcap_dump_flush(dump.get()) == 0);
    CHECK(nflogcap_dump_written(dump.get()) == static_cast<std::int64_t>(taken));
    CHECK(nflogcap_dump_close(dump.release()) == 0);
    CHECK(file.bytes().size() == head + taken * record);
    std::uint64_t all = 0;
    for ([[maybe_unused]] const auto* packet : Packets(file.bytes()))
        ++all;
    CHECK(all == taken);
}

TEST_CASE("a pipe without a reader is an error at once")
{
    const WithoutSigpipe quiet;
    const Packets packets(two_packets());
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    Dump dump = dump_to(path_of(ends[1]));
    close(ends[0]);
    CHECK(nflogcap_dump_packet(dump.get(), packets.front()) == 0);
    CHECK(nflogcap_dump_flush(dump.get()) == -EPIPE);
    check_words(nflogcap_dump_error(dump.get()), {"Broken pipe"});
    int code = 0;
    for (int i = 0; i < 10'000 && code == 0; ++i)
        code = nflogcap_dump_packet(dump.get(), packets.front());
    CHECK(code == -EPIPE);
    CHECK(nflogcap_dump_close(dump.release()) == -EPIPE);
    close(ends[1]);
    nflogcap_dump* none = nullptr;
    REQUIRE(pipe(ends.data()) == 0);
    close(ends[0]);
    const int output = dup(STDOUT_FILENO);
    REQUIRE(dup2(ends[1], STDOUT_FILENO) == STDOUT_FILENO);
    const int opened = nflogcap_dump_open(&none, "-", nullptr, 0, nullptr, 0);
    dup2(output, STDOUT_FILENO);
    close(output);
    close(ends[1]);
    CHECK(opened == -EPIPE);
}

TEST_CASE("opening a FIFO waits for its reader, and a signal ends the wait")
{
    struct sigaction loud {};
    loud.sa_handler = [](int) {}; // without SA_RESTART
    struct sigaction before {};
    REQUIRE(sigaction(SIGALRM, &loud, &before) == 0);
    const TemporaryFile place;
    REQUIRE(unlink(place.path().c_str()) == 0);
    REQUIRE(mkfifo(place.path().c_str(), 0600) == 0);
    const pthread_t opener = pthread_self();
    std::atomic<bool> is_over = false;
    std::thread alarm([&] {
        while (!is_over) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            pthread_kill(opener, SIGALRM);
        }
    });
    nflogcap_dump* dump = nullptr;
    std::array<char, NFLOGCAP_ERROR_SIZE> words{};
    CHECK(nflogcap_dump_open(&dump, place.path().c_str(), nullptr, 0, words.data(), words.size()) ==
          -EINTR);
    is_over = true;
    alarm.join();
    sigaction(SIGALRM, &before, nullptr);
    CHECK(dump == nullptr);
    check_words(words.data(), {"cannot create", place.path(), "Interrupted"});
}

TEST_CASE("writing waits for a full pipe, non-blocking or not, and a signal ends the wait")
{
    struct sigaction loud {};
    loud.sa_handler = [](int) {}; // without SA_RESTART
    struct sigaction before {};
    REQUIRE(sigaction(SIGALRM, &loud, &before) == 0);
    const Packets packets(two_packets());
    const int flags = GENERATE(0, O_NONBLOCK);
    nflogcap_dump_options options{};
    options.compression = GENERATE(as<std::uint32_t>{}, NFLOGCAP_COMPRESSION_NONE,
                                   NFLOGCAP_COMPRESSION_GZIP, NFLOGCAP_COMPRESSION_ZSTD);
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), flags) == 0);
    const int output = dup(STDOUT_FILENO);
    REQUIRE(dup2(ends[1], STDOUT_FILENO) == STDOUT_FILENO);
    nflogcap_dump* handle = nullptr;
    const int opened = nflogcap_dump_open(&handle, "-", &options, sizeof options, nullptr, 0);
    dup2(output, STDOUT_FILENO);
    close(output);
    REQUIRE(opened == 0);
    Dump dump(handle);

    const pthread_t writer = pthread_self();
    std::atomic<bool> interrupted = false;
    std::thread alarm([&] {
        while (!interrupted) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            pthread_kill(writer, SIGALRM);
        }
    });
    std::uint64_t taken = 0;
    int code = 0;
    while ((code = nflogcap_dump_packet(dump.get(), packets.front())) == 0)
        ++taken;
    CHECK(code == -EINTR);
    interrupted = true;
    alarm.join();

    FileBytes read_back;
    std::thread reader([&] {
        std::array<std::byte, 4096> some{};
        for (;;) {
            pollfd readable = {ends[0], POLLIN, 0};
            poll(&readable, 1, -1);
            const ssize_t n = read(ends[0], some.data(), some.size());
            if (n <= 0)
                return;
            read_back.insert(read_back.end(), some.begin(), some.begin() + n);
        }
    });
    CHECK(nflogcap_dump_close(dump.release()) == 0);
    close(ends[1]);
    reader.join();
    close(ends[0]);
    sigaction(SIGALRM, &before, nullptr);
    std::uint64_t all = 0;
    for ([[maybe_unused]] const auto* packet : Packets(read_back))
        ++all;
    CHECK(all == taken); // none torn, none twice
}

namespace {

// The result of the call in a child, which then ends.
template <typename Body>
int in_child(const Body& body)
{
    const pid_t child = fork();
    if (child == 0)
        _exit(-body());
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return -WEXITSTATUS(status);
}

// Opens a savefile and buffers the packets, in a process that then forks a child and runs `parent`.
// Returns the result of `child` after both have ended.
template <typename Parent, typename Child>
int in_orphan(const Packets& packets, const std::string& path, const Parent& parent,
              const Child& child)
{
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    in_child([&] {
        Dump dump = dump_to(path);
        for (const nflogcap_packet* packet : packets)
            nflogcap_dump_packet(dump.get(), packet);
        if (fork() == 0) {
            const int code = child(dump);
            _exit(write(ends[1], &code, sizeof code) == sizeof code ? 0 : 1);
        }
        return parent(dump);
    });
    close(ends[1]);
    int code = 1;
    REQUIRE(read(ends[0], &code, sizeof code) == sizeof code);
    close(ends[0]);
    return code;
}

} // namespace

TEST_CASE("while its owner lives a child cannot write, and the owner writes everything once")
{
    const FileBytes bytes = two_packets();
    const Packets packets(bytes);
    const TemporaryFile file;
    Dump dump = dump_to(file.path());
    for (const nflogcap_packet* packet : packets)
        REQUIRE(nflogcap_dump_packet(dump.get(), packet) == 0);
    const auto write = [&] { return nflogcap_dump_packet(dump.get(), packets.front()); };
    CHECK(in_child(write) == -ECHILD);
    CHECK(in_child([&] { return nflogcap_dump_flush(dump.get()); }) == -ECHILD);
    CHECK(in_child([&] { return nflogcap_dump_close(dump.release()); }) == -ECHILD);
    CHECK(in_child([&] { // again, in a child that has waited
              write();
              return write();
          }) == -ECHILD);
    CHECK(file.bytes().size() == head);
    CHECK(nflogcap_dump_close(dump.release()) == 0);
    CHECK(file.bytes() == bytes);
}

TEST_CASE("the child of a daemon writes what its parent buffered and what it adds itself")
{
    const FileBytes bytes = two_packets();
    const Packets packets(bytes);
    const TemporaryFile file;
    const auto parent = [](Dump& dump) { return static_cast<void>(dump.release()), 0; };
    CHECK(in_orphan(packets, file.path(), parent, [&](Dump& dump) {
              for (const nflogcap_packet* packet : packets) {
                  if (const int code = nflogcap_dump_packet(dump.get(), packet); code < 0)
                      return code;
              }
              return nflogcap_dump_close(dump.release());
          }) == 0);
    FileBytes twice = bytes;
    twice.insert(twice.end(), bytes.begin() + head, bytes.end());
    CHECK(file.bytes() == twice);
}

TEST_CASE("a child does not write again what its parent wrote before it ended")
{
    const FileBytes bytes = two_packets();
    const Packets packets(bytes);
    FileBytes expected = bytes;
    const TemporaryFile file;
    const auto child = [](Dump& dump) { return nflogcap_dump_close(dump.release()); };
    SECTION("by a flush")
    {
        CHECK(in_orphan(
                  packets, file.path(),
                  [](Dump& dump) { return nflogcap_dump_flush(dump.release()); }, child) == 0);
    }
    SECTION("by a close, after more packets")
    {
        CHECK(in_orphan(
                  packets, file.path(),
                  [&](Dump& dump) {
                      nflogcap_dump_packet(dump.get(), packets.front());
                      return nflogcap_dump_close(dump.release());
                  },
                  [&](Dump& dump) {
                      // Waits for that.
                      const int code = nflogcap_dump_packet(dump.get(), packets.front());
                      return code < 0 ? code : child(dump);
                  }) == 0);
        const std::size_t record = 16 + packets.front()->message_length;
        for (int i = 0; i < 2; ++i)
            expected.insert(expected.end(), bytes.begin() + head,
                            bytes.begin() + static_cast<std::ptrdiff_t>(head + record));
    }
    CHECK(file.bytes() == expected);
}

TEST_CASE("a child that takes over a savefile writes it, and the previous owner cannot any more")
{
    const FileBytes bytes = two_packets();
    const Packets packets(bytes);
    const TemporaryFile file;
    Dump dump = dump_to(file.path());
    for (const nflogcap_packet* packet : packets)
        REQUIRE(nflogcap_dump_packet(dump.get(), packet) == 0);
    CHECK(nflogcap_dump_take_over(dump.get()) == 0); // it owns it
    {
        const support::OtherProcess owner([&] {
            nflogcap_dump_take_over(dump.get());
            nflogcap_dump_flush(dump.get());
        });
        CHECK(file.bytes() == bytes);
        CHECK(nflogcap_dump_flush(dump.get()) == -ECHILD);
        check_words(nflogcap_dump_error(dump.get()),
                    {"savefile", "process " + std::to_string(owner.pid()), "take it over"});
        CHECK(nflogcap_dump_packet(dump.get(), packets.front()) == -ECHILD);
    }
    // The process that took it over has ended.
    CHECK(nflogcap_dump_close(dump.release()) == 0);
    CHECK(file.bytes() == bytes);
}
