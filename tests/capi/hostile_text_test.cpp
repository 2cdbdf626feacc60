// SPDX-License-Identifier: GPL-2.0-or-later
// Foreign text in error messages: whatever a call quotes, its text is safe for a terminal.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"
#include "other_process.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <string>
#include <sys/prctl.h>
#include <vector>

using support::Handle;
using support::Namespace;

namespace {

struct Text {
    std::string raw;
    std::string escaped;
};

// Short enough for the name of a process or an interface.
const std::vector<Text>& hostile_texts()
{
    static const std::vector<Text> all = {
        {"a\x1b]0;b\x07", R"(a\x1b]0;b\x07)"},
        {"a\u009b2Jb", R"(a\xc2\x9b2Jb)"},
        {"a\x9b"
         "2Jb",
         R"(a\x9b2Jb)"},
        {"a\r\tb", R"(a\x0d\x09b)"},
        {"a\x7f\x08", R"(a\x7f\x08)"},
        {"a\u202eb\u061c", R"(a\xe2\x80\xaeb\xd8\x9c)"},
        {"\u2066\u200fa\u2028", R"(\xe2\x81\xa6\xe2\x80\x8fa\xe2\x80\xa8)"},
        {"a\xff\xc3(", R"(a\xff\xc3()"},
    };
    return all;
}

bool is_control(char byte)
{
    return static_cast<unsigned char>(byte) < ' ' || byte == '\x7f';
}

void check(const Text& text, const std::string& words)
{
    CAPTURE(words);
    CHECK(words.find(text.escaped) != std::string::npos);
    CHECK(words.find(text.raw) == std::string::npos);
    CHECK(std::ranges::none_of(words, is_control));
}

using Call = std::function<int(nflogcap*)>;

std::string words_of_failure(const Handle& handle, const Call& call)
{
    CHECK(call(handle.get()) < 0);
    return nflogcap_error(handle.get());
}

// Errors of a start, after the setup.
std::string words_of_failed_start(const Call& set_up)
{
    const Handle handle = support::capture_of({5});
    REQUIRE(set_up(handle.get()) == 0);
    return words_of_failure(handle, nflogcap_start);
}

// Errors of a function without a handle: open(error, capacity).
template <typename Open>
std::string words_of_failed_open(Open open)
{
    std::array<char, NFLOGCAP_ERROR_SIZE> error{};
    CHECK(open(error.data(), error.size()) < 0);
    return error.data();
}

std::string words_about_setting(const Call& set)
{
    return words_of_failure(support::capture_of({5}), set);
}

} // namespace

TEST_CASE("arguments are quoted with escapes")
{
    for (const Text& text : hostile_texts()) {
        const char* raw = text.raw.c_str();
        const auto set = [raw](const char* option) {
            return [option, raw](nflogcap* handle) {
                return nflogcap_set_option(handle, option, raw);
            };
        };
        check(text, words_about_setting(
                        [raw](nflogcap* handle) { return nflogcap_set_option(handle, raw, "1"); }));
        for (const char* option : {"groups", "snaplen", "delivery", "conntrack", "filter"})
            check(text, words_about_setting(set(option)));
        check(text, words_of_failed_start(set("hook")));
        check(text, words_about_setting(
                        [raw](nflogcap* handle) { return nflogcap_add_tap(handle, raw, "udp"); }));
        check(text, words_of_failed_open([raw](char* error, std::size_t capacity) {
                  return nflogcap_find_field(raw, error, capacity);
              }));
    }
}

TEST_CASE("paths are quoted with escapes")
{
    for (const Text& text : hostile_texts()) {
        const std::string path = "/no/such/" + text.raw;
        check(text, words_of_failed_open([&path](char* error, std::size_t capacity) {
                  nflogcap_dump* dump = nullptr;
                  return nflogcap_dump_open(&dump, path.c_str(), nullptr, 0, error, capacity);
              }));
        check(text, words_of_failed_start([&path](nflogcap* handle) {
                  return nflogcap_set_savefile(handle, path.c_str());
              }));
        check(text, words_of_failed_start([&path](nflogcap* handle) {
                  return nflogcap_set_netns(handle, path.c_str());
              }));
    }
}

TEST_CASE("quotations of libpcap and nft are escaped")
{
    const Namespace ns;
    // libpcap accepts any bytes after a backslash as a name.
    const std::string words = words_about_setting(
        [](nflogcap* handle) { return nflogcap_set_filter(handle, "port \\\x1b[31mx"); });
    check({"\x1b[31mx", R"(port '\x1b[31mx')"}, words);
    for (const Text& text : hostile_texts()) {
        if (std::ranges::any_of(text.raw, is_control))
            continue; // a tap refuses it before nft sees it
        const std::string match = "udp dport " + text.raw;
        check(text, words_of_failed_start([&match](nflogcap* handle) {
                  return nflogcap_add_tap(handle, "input", match.c_str());
              }));
        const std::string hook = "ingress:" + text.raw;
        check(text, words_of_failed_start([&hook](nflogcap* handle) {
                  return nflogcap_add_tap(handle, hook.c_str(), "udp");
              }));
    }
}

TEST_CASE("the reason stays complete, however much of it and of the rest has to be escaped")
{
    const Namespace ns;
    std::string hostile;
    for (int i = 0; i < 100; ++i)
        hostile += "\u009b";
    CHECK_THAT(words_about_setting([&hostile](nflogcap* handle) {
                   return nflogcap_set_filter(handle, ("udp port \\" + hostile).c_str());
               }),
               ContainsSubstring("unknown port '\\xc2") &&
                   ContainsSubstring("; see pcap-filter(7)"));
    CHECK_THAT(words_of_failed_start([&hostile](nflogcap* handle) {
                   return nflogcap_add_tap(handle, "input", ("udp " + hostile + hostile).c_str());
               }),
               ContainsSubstring("nft says: ") &&
                   ContainsSubstring("; give a match as in an nft rule, without a verdict"));
}

TEST_CASE("the name of the process that owns a group is escaped")
{
    const Namespace ns;
    for (const Text& text : hostile_texts()) {
        const support::OtherProcess owner([&text] {
            prctl(PR_SET_NAME, text.raw.c_str());
            support::started({5}).release();
        });
        check(text, words_of_failed_start([](nflogcap* /*handle*/) { return 0; }));
    }
}
