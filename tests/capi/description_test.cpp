// SPDX-License-Identifier: GPL-2.0-or-later
// The library's descriptions of itself, and options by their names.
#include "words.hpp"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <nflogcap.h>
#include <set>
#include <string>
#include <vector>

using support::Handle;

namespace {

constexpr std::uint16_t group = 5;

template <typename Described>
std::vector<const Described*> all(const Described* (*at)(std::size_t))
{
    std::vector<const Described*> described;
    while (const Described* next = at(described.size()))
        described.push_back(next);
    CHECK(at(described.size() + 1) == nullptr);
    return described;
}

// One sentence without a full stop.
template <typename Described>
void check_words_of(const std::vector<const Described*>& described)
{
    std::set<std::string> names;
    for (const Described* each : described) {
        CAPTURE(each->name);
        CHECK(names.insert(each->name).second);
        CHECK(std::strlen(each->description) > 10);
        CHECK(each->description[std::strlen(each->description) - 1] != '.');
        REQUIRE(each->unit != nullptr);
    }
}

int set(const Handle& capture, const char* name, const char* value)
{
    return nflogcap_set_option(capture.get(), name, value);
}

bool is_numeric(const nflogcap_option& option)
{
    return option.kind == NFLOGCAP_INTEGER || option.kind == NFLOGCAP_GROUPS;
}

} // namespace

TEST_CASE("options and counters are described, each once")
{
    check_words_of(all(nflogcap_option_at));
    check_words_of(all(nflogcap_counter_at));
    CHECK(all(nflogcap_option_at).size() > 10);
}

TEST_CASE("the counters' places cover the struct without a gap")
{
    std::size_t bytes = 0;
    std::set<std::uint32_t> offsets;
    for (const nflogcap_counter* counter : all(nflogcap_counter_at)) {
        bytes += counter->size;
        CHECK(offsets.insert(counter->offset).second);
        CHECK(counter->offset % counter->size == 0);
        CHECK(counter->offset + counter->size <= sizeof(nflogcap_stats));
    }
    CHECK(bytes == sizeof(nflogcap_stats) - sizeof(nflogcap_stats::reserved));
}

TEST_CASE(
    "an option accepts both ends of its range, and no number outside it, with any number of digits")
{
    for (const nflogcap_option* option : all(nflogcap_option_at)) {
        if (!is_numeric(*option))
            continue;
        CAPTURE(option->name);
        const Handle capture = support::capture_of({});
        CHECK(set(capture, option->name, std::to_string(option->minimum).c_str()) == 0);
        CHECK(set(capture, option->name, std::to_string(option->maximum).c_str()) == 0);
        const std::string below = option->minimum == 0 ? "-1" : std::to_string(option->minimum - 1);
        const std::string range =
            std::to_string(option->minimum) + " to " + std::to_string(option->maximum);
        for (const std::string& beyond :
             {below, std::to_string(option->maximum + 1), std::string("-99999999999999999999999"),
              std::string(5000, '9')}) {
            CHECK(set(capture, option->name, beyond.c_str()) == -ERANGE);
            check_error(capture,
                        {option->name, "it must be " + range, option->unit, beyond.substr(0, 100)});
        }
        for (const char* none : {"", " ", "1x", "x", "-", "--1", "1 ", "0x10", "1.5", "\u00ff"}) {
            CAPTURE(none);
            CHECK(set(capture, option->name, none) == -EINVAL);
            check_error(capture, {option->name, std::string("'") + none + "'", range});
        }
    }
}

TEST_CASE("an option that is set by its name has the effect of its function")
{
    const Handle capture = support::capture_of({});
    CHECK(set(capture, "groups", "5,6") == 0);
    CHECK(nflogcap_add_group(capture.get(), 6) == -EEXIST);
    CHECK(set(capture, "groups", "7,5") == -EEXIST);
    CHECK(nflogcap_add_group(capture.get(), 8) == 0);
    CHECK(set(capture, "filter", "udp prt 53") == -EINVAL);
    CHECK(set(capture, "filter", "udp port 53") == 0);
    CHECK(set(capture, "tap", "tcp dport 22; drop") == -EINVAL);
}

TEST_CASE("a choice is one of its names or their numbers")
{
    const Handle capture = support::capture_of({group});
    for (const char* taken : {"batched", "immediate", "adaptive", "0", "1", "2"})
        CHECK(set(capture, "delivery", taken) == 0);
    for (const char* refused :
         {"", "batch", "Batched", "batched immediate", "3", "-1", "99999999999"}) {
        CAPTURE(refused);
        CHECK(set(capture, "delivery", refused) == -EINVAL);
        check_error(capture, {refused, "it must be batched, immediate or adaptive"});
    }
}

TEST_CASE("a boolean is one of eight words")
{
    const Handle capture = support::capture_of({group});
    for (const char* taken : {"1", "0", "true", "false", "yes", "no", "on", "off"})
        CHECK(set(capture, "conntrack", taken) == 0);
    for (const char* refused : {"", "2", "True", "maybe", "-1"}) {
        CHECK(set(capture, "conntrack", refused) == -EINVAL);
        check_error(capture, {"conntrack", refused, "it must be yes or no"});
    }
}

TEST_CASE("an unknown option is -ENOENT, and the error names the nearest one")
{
    const Handle capture = support::capture_of({group});
    for (const auto& [name, nearest] : {std::pair{"snaplength", "snaplen"},
                                        {"group", "groups"},
                                        {"taps", "tap"},
                                        {"queue-threshold", "queue_threshold"},
                                        {"", "tap"}}) {
        CHECK(set(capture, name, "1") == -ENOENT);
        check_error(capture, {name, "did you mean '" + std::string(nearest) + "'?"});
    }
    CHECK(set(capture, std::string(100000, 'x').c_str(), "1") == -ENOENT);
    CHECK(std::strlen(nflogcap_error(capture.get())) < 1024);
}

TEST_CASE("NULL sets an option to its default, except if its values are added")
{
    const Handle capture = support::capture_of({group});
    for (const nflogcap_option* option : all(nflogcap_option_at)) {
        CAPTURE(option->name);
        CHECK(set(capture, option->name, nullptr) == (option->is_repeatable != 0 ? -EINVAL : 0));
    }
    CHECK(set(capture, nullptr, "1") == -EINVAL);
    check_error(capture, {"'name' is NULL"});
    CHECK(nflogcap_set_option(nullptr, "snaplen", "1") == -EINVAL);
}

TEST_CASE("each option of taps fails the start without a tap")
{
    const auto [option, value] =
        GENERATE(table<std::string, std::string>({{"hook", "output"},
                                                  {"tap_priority", "-150"},
                                                  {"tap_prefix", "web"},
                                                  {"tap_limit", "10/second"},
                                                  {"tap_sample", "10"}}));
    const Handle capture = support::capture_of({group});
    CHECK(set(capture, option.c_str(), value.c_str()) == 0);
    CHECK(nflogcap_start(capture.get()) == -EINVAL);
    check_error(capture, {"the " + option + " '" + value + "' has no tap"});
}
