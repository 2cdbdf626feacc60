// SPDX-License-Identifier: GPL-2.0-or-later
#include "../spool/scratch.hpp"
#include "catch.hpp"
#include "collect_files.hpp"
#include "failure.hpp"

#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/resource.h>

namespace fs = std::filesystem;
using fleet::CollectFiles;
using fleet::CollectState;
using fleet::GroupKey;
using fleet::Naming;

namespace {

constexpr fleet::Magic magic = 0xa1b23c4d;

std::string content_of(const fs::path& path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator(file), {}};
}

// Uses the output files in the same way as the collector does.
struct Collector {
    explicit Collector(const Scratch& scratch, Naming naming = {"%h-g%g.pcap"})
        : directory(open(scratch.path().c_str(), O_RDONLY | O_DIRECTORY)),
          files(directory.get(), scratch.path(), std::move(naming), state)
    {
    }

    void write(const GroupKey& key, const std::string& content)
    {
        if (!files.goes_on(key, magic))
            files.begin(key, magic);
        files.write(key, magic, "HEAD", content);
    }

    CollectState state;
    nflog::FileDescriptor directory;
    CollectFiles files;
};

std::size_t descriptors()
{
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

} // namespace

TEST_CASE("each host and group has a file, with a name inside the directory")
{
    const Scratch scratch;
    Collector collector(scratch);
    collector.write({"web-1", 5}, "a");
    collector.write({"web-1", 6}, "b");
    collector.write({"../web.2", 5}, "c");
    collector.write({"web-1", 5}, "d");
    collector.files.sync();
    CHECK(content_of(scratch.path() / "web-1-g5.pcap") == "HEADad");
    CHECK(content_of(scratch.path() / "web-1-g6.pcap") == "HEADb");
    CHECK(content_of(scratch.path() / "%2E%2E%2Fweb%2E2-g5.pcap") == "HEADc");
}

TEST_CASE("files are cut to the state")
{
    const Scratch scratch;
    CollectState saved;
    {
        Collector collector(scratch);
        collector.write({"web-1", 5}, "stored");
        saved = collector.state;
        collector.write({"web-1", 5}, "not stored");
    }
    Collector next(scratch);
    next.state = saved;
    CHECK(next.files.cut().empty());
    CHECK(content_of(scratch.path() / "web-1-g5.pcap") == "HEADstored");
    next.write({"web-1", 5}, " again");
    CHECK(content_of(scratch.path() / "web-1-g5.pcap") == "HEADstored again");
}

TEST_CASE("a missing or shortened file is followed by another one, with a message")
{
    const Scratch scratch;
    Collector collector(scratch);
    collector.write({"web-1", 5}, "stored");
    collector.write({"web-1", 6}, "stored");
    Collector next(scratch);
    next.state = collector.state;
    fs::remove(scratch.path() / "web-1-g5.pcap");
    fs::resize_file(scratch.path() / "web-1-g6.pcap", 6);
    CHECK(next.files.cut().size() == 2);
    next.write({"web-1", 6}, "more");
    CHECK(content_of(scratch.path() / "web-1-g6.pcap") == "HEADst");
    CHECK(content_of(scratch.path() / "web-1-g6.pcap.2") == "HEADmore");
}

TEST_CASE("a new file begins at the size limit, and the oldest is overwritten")
{
    const Scratch scratch;
    Collector collector(scratch, {.name = "%h/%g.pcap", .rotate_bytes = 10, .files = 3});
    for (const char* content : {"1111111", "2222222", "3333333", "4444444"})
        collector.write({"web.1", 5}, content);
    CHECK(content_of(scratch.path() / "web%2E1/5.pcap0") == "HEAD4444444");
    CHECK(content_of(scratch.path() / "web%2E1/5.pcap1") == "HEAD2222222");
    CHECK(content_of(scratch.path() / "web%2E1/5.pcap2") == "HEAD3333333");
}

TEST_CASE("files of others are not overwritten")
{
    const Scratch scratch;
    std::ofstream(scratch.path() / "web-1-g5.pcap") << "precious";
    Collector collector(scratch);
    collector.write({"web-1", 5}, "a");
    CHECK(content_of(scratch.path() / "web-1-g5.pcap") == "precious");
    CHECK(content_of(scratch.path() / "web-1-g5.pcap.2") == "HEADa");
}

TEST_CASE("a new file begins at a time, with the time in its name")
{
    const Scratch scratch;
    Collector collector(scratch, {.name = "%h-g%g-%Y.pcap", .rotate_seconds = 2'147'483'647});
    collector.write({"50%.d", 5}, "a");
    fleet::Output& output = collector.state.groups.begin()->second.outputs[magic];
    const std::string name = output.path;
    CHECK(name.starts_with("50%25%2Ed-g5-"));
    CHECK(name.find("%Y") == std::string::npos);
    output.period -= 1; // the file belongs to an earlier period
    CHECK_FALSE(collector.files.goes_on({"50%.d", 5}, magic));
    collector.write({"50%.d", 5}, "b");
    CHECK(content_of(scratch.path() / (name + ".2")) == "HEADb");
    CHECK(content_of(scratch.path() / name) == "HEADa");
}

TEST_CASE("the number of descriptors is bounded with any number of hosts")
{
    constexpr rlim_t most = 256;
    constexpr rlimit limit{most, most};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    const Scratch scratch;
    Collector collector(scratch);
    constexpr std::size_t hosts = 1000;
    for (int round = 0; round < 2; ++round) {
        for (std::size_t host = 0; host < hosts; ++host)
            collector.write({std::to_string(host), 5}, "x");
    }
    CHECK(descriptors() <= most / 2 + 16);
    collector.files.sync();
    CHECK(content_of(scratch.path() / "0-g5.pcap") == "HEADxx");
    CHECK(content_of(scratch.path() / "999-g5.pcap") == "HEADxx");
}

TEST_CASE("invalid names are refused")
{
    for (const char* name : {"x.pcap", "%h.pcap", "%g.pcap", "%%h-%g", "/tmp/%h-%g", "../%h-%g",
                             "a/../%h-%g", "%h-%g.gz", "%h-%g.pcapng", "%h/%g/", "%h-%g/.."})
        CHECK_THROWS_AS(fleet::require_usable({name}), command::Failure);
    for (const char* name : {"%h-g%g.pcap", "%h/%g-%F.pcap", "a..b/%h%g", "%%%h%g"})
        CHECK_NOTHROW(fleet::require_usable({name}));
}
