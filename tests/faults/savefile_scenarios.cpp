// SPDX-License-Identifier: GPL-2.0-or-later
// Scenarios in which savefiles are read and written.
#include "scenarios.hpp"

#include "capture.hpp"
#include "compressed.hpp"
#include "message_builder.hpp"
#include "savefile.hpp"

#include <array>
#include <bit>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

// The number of packets in a savefile of two groups. With so many, the savefile is read in several
// pieces.
constexpr std::uint32_t records = 12;

support::FileBytes two_groups(std::size_t payload, std::endian order = std::endian::native)
{
    support::PcapFile file(support::linktype_nflog, support::nanoseconds, order);
    for (std::uint32_t number = 0; number < records; ++number) {
        synthetic::Message message(number % 3 == 0 ? six : five);
        message.put(NFULA_PACKET_HDR, synthetic::bytes({0x08, 0x00, 0, 0}))
            .put_be32(NFULA_SEQ, number)
            .put(NFULA_PAYLOAD, synthetic::Bytes(payload));
        if (order == std::endian::native)
            file.add(message.body());
        else
            file.add(support::in_other_order(message.body()));
    }
    return file.bytes();
}

// Reads all packets. If next() fails, its error text must give the number of packets read before.
void read_all(Life& life)
{
    const std::size_t refusals = life.refusals().size();
    const std::uint64_t before = life.delivered();
    life.require(life.receive(at_last_ms), "the capture does not end");
    const std::uint64_t got = life.delivered() - before;
    const std::string expected = "beyond packet " + std::to_string(got) + ":";
    bool is_cut = life.fault().way == seam::Fault::Way::ends;
    for (std::size_t i = refusals; i < life.refusals().size(); ++i)
        is_cut = is_cut || life.refusals()[i].words.find(expected) != std::string::npos;
    life.require(is_cut ? got <= records : got == records,
                 std::to_string(got) + " of " + std::to_string(records) + " packets were read");
}

Scenario::Lead lay_savefile(const support::FileBytes& bytes)
{
    return [file = std::make_shared<support::TemporaryFile>(bytes)](Life& life) {
        nflogcap* handle = life.open();
        const char* path = file->path().c_str();
        life.call("nflogcap_set_savefile", [=] { return nflogcap_set_savefile(handle, path); });
        life.call("nflogcap_set_filter", [=] { return nflogcap_set_filter(handle, "len >= 20"); });
        life.start();
        read_all(life);
        const nflogcap_stats stats = life.stats();
        life.require(stats.filtered == 0, "the filter rejects what it is to accept");
        life.start();
        read_all(life);
        life.start();
        life.close();
    };
}

Scenario::Lead lay_savefile(std::endian order)
{
    constexpr std::size_t payload = 3000; // bytes; more than libpcap's initial buffer
    return lay_savefile(two_groups(payload, order));
}

Scenario::Lead lay_compressed(support::Compress compress)
{
    constexpr std::size_t payload = 100;
    return lay_savefile(compress(two_groups(payload)));
}

// Replaces standard input or output by another descriptor until the end of the scope.
class Redirected {
public:
    explicit Redirected(int standard) : standard_(standard), before_(dup(standard)) {}
    ~Redirected()
    {
        dup2(before_, standard_);
        ::close(before_);
    }
    Redirected(const Redirected&) = delete;
    Redirected& operator=(const Redirected&) = delete;
    void to(int fd) const { dup2(fd, standard_); }

private:
    int standard_;
    int before_;
};

std::array<int, 2> new_pipe()
{
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) < 0)
        throw std::system_error(errno, std::generic_category(), "pipe2");
    return ends;
}

Scenario::Lead lay_pipe()
{
    constexpr std::size_t payload = 40; // bytes; few, because a fault reads byte by byte
    return [bytes = two_groups(payload)](Life& life) {
        const Redirected input(STDIN_FILENO);
        const auto fill = [&] { // again after a failed start, which has read some of the data
            const auto [reading, writing] = new_pipe();
            const ssize_t written = ::write(writing, bytes.data(), bytes.size());
            life.require(written == static_cast<ssize_t>(bytes.size()), "the pipe is too short");
            input.to(reading);
            ::close(reading);
            ::close(writing);
        };
        fill();
        nflogcap* handle = life.open();
        life.call("nflogcap_set_savefile", [=] { return nflogcap_set_savefile(handle, "-"); });
        life.before_again(fill);
        life.start();
        life.before_again({});
        read_all(life);
        life.close();
    };
}

struct FreePacket {
    void operator()(nflogcap_packet* packet) const noexcept { nflogcap_packet_free(packet); }
};
using Packets = std::vector<std::unique_ptr<nflogcap_packet, FreePacket>>;

Packets packets_to_dump()
{
    constexpr std::size_t payload = 12'000; // bytes, so that packets are written in several pieces
    const support::TemporaryFile file(two_groups(payload));
    const support::Handle reader = support::reader_of(file.path());
    support::start(reader);
    Packets packets;
    const nflogcap_packet* packet = nullptr;
    while (nflogcap_next(reader.get(), &packet, 0) == 1)
        packets.emplace_back(nflogcap_packet_clone(packet));
    return packets;
}

// Returns the expected content of a savefile with these packets.
support::FileBytes dumped(const Packets& packets)
{
    const support::TemporaryFile file;
    {
        const support::Dump dump = support::dump_to(file.path());
        for (const auto& packet : packets) {
            if (nflogcap_dump_packet(dump.get(), packet.get()) < 0)
                throw std::runtime_error(nflogcap_dump_error(dump.get()));
        }
    }
    return file.bytes();
}

void dump(Life& life, const Packets& packets, const char* path)
{
    life.open_dump(path);
    for (const auto& packet : packets) {
        life.call("nflogcap_dump_packet",
                  [&] { return nflogcap_dump_packet(life.dump(), packet.get()); });
    }
    life.call("nflogcap_dump_flush", [&] { return nflogcap_dump_flush(life.dump()); });
    const seam::Watch watch;
    // Closing can fail, because some errors of a disk are reported only here. It frees the handle
    // even then.
    nflogcap_dump_close(std::exchange(life.dump(), nullptr));
}

Scenario::Lead lay_dump()
{
    auto packets = std::make_shared<Packets>(packets_to_dump());
    return [packets, expected = dumped(*packets)](Life& life) {
        const support::TemporaryFile file;
        dump(life, *packets, file.path().c_str());
        life.require(file.bytes() == expected, "the savefile has another content");
    };
}

// The size of the file is limited until the library has returned the error.
Scenario::Lead lay_full_disk()
{
    auto packets = std::make_shared<Packets>(packets_to_dump());
    struct sigaction ignored {};
    ignored.sa_handler = SIG_IGN;
    sigaction(SIGXFSZ, &ignored, nullptr);
    return [packets, expected = dumped(*packets)](Life& life) {
        const support::TemporaryFile file;
        rlimit before{};
        getrlimit(RLIMIT_FSIZE, &before);
        const auto limit = [&](rlim_t bytes) {
            const rlimit set{bytes, before.rlim_max};
            setrlimit(RLIMIT_FSIZE, &set);
        };
        limit(expected.size() / 3);
        life.before_again([&] { limit(before.rlim_cur); });
        dump(life, *packets, file.path().c_str());
        limit(before.rlim_cur);
        life.require(!life.refusals().empty(), "the file is longer than its limit");
        life.require(file.bytes() == expected, "the savefile has another content");
    };
}

support::FileBytes read_to_the_end(int fd)
{
    support::FileBytes all;
    std::array<std::byte, 4096> some{};
    ssize_t got = 0;
    while ((got = ::read(fd, some.data(), some.size())) > 0)
        all.insert(all.end(), some.begin(), some.begin() + got);
    ::close(fd);
    return all;
}

// Writes to a non-blocking pipe, which accepts only a part of the data at once.
Scenario::Lead lay_dump_to_pipe()
{
    auto packets = std::make_shared<Packets>(packets_to_dump());
    return [packets, expected = dumped(*packets)](Life& life) {
        const Redirected output(STDOUT_FILENO);
        support::FileBytes got;
        std::thread reader;
        const auto add = [&] {
            output.to(STDERR_FILENO); // this closes the previous pipe
            if (reader.joinable())
                reader.join();
            const auto [reading, writing] = new_pipe();
            fcntl(writing, F_SETFL, O_NONBLOCK);
            output.to(writing);
            ::close(writing);
            reader = std::thread([&got, reading] { got = read_to_the_end(reading); });
        };
        add();
        life.before_again([&] {
            if (life.dump() == nullptr) // the old pipe may contain a part of the header
                add();
        });
        dump(life, *packets, "-");
        output.to(STDERR_FILENO);
        reader.join();
        life.require(got == expected, "the data in the pipe is not the savefile");
    };
}

} // namespace

std::vector<Scenario> savefile_scenarios()
{
    return {
        {"a savefile", [] { return lay_savefile(std::endian::native); }},
        {"a savefile that libpcap reads", [] { return lay_savefile(support::other_endian); }},
        {"a savefile of gzip", [] { return lay_compressed(support::gzip); }},
        {"a savefile of zstd", [] { return lay_compressed(support::zstd); }},
        {"a savefile of lz4", [] { return lay_compressed(support::lz4); }},
        {"a savefile from a pipe", lay_pipe},
        {"a dump", lay_dump},
        {"a dump onto a full disk", lay_full_disk},
        {"a dump into a pipe", lay_dump_to_pipe},
    };
}
