// SPDX-License-Identifier: GPL-2.0-or-later
#include "life.hpp"

#include "table.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fnmatch.h>

namespace {

// Returns whether docs/errors.md lists this error code for this function, with this text if there
// is one.
bool is_documented(const Life::Refusal& refusal, bool has_words)
{
    static const std::vector<table::Row> rows = table::errors();
    const char* name = strerrorname_np(-refusal.code);
    return std::ranges::any_of(rows, [&](const table::Row& row) {
        const bool of_function = std::ranges::any_of(row.functions, [&](const auto& pattern) {
            return fnmatch(pattern.c_str(), refusal.function.c_str(), 0) == 0;
        });
        const bool of_code =
            row.code == "-errno" || (name != nullptr && row.code == std::string("-") + name);
        return of_function && of_code &&
               (!has_words || row.words.empty() || table::match(row, refusal.code, refusal.words));
    });
}

} // namespace

Life::~Life()
{
    nflogcap_close(handle_);
    nflogcap_dump_close(dump_);
}

int Life::call(const char* function, const std::function<int()>& body,
               std::initializer_list<int> expected)
{
    // If a scenario withholds a resource, the function can fail once more, without the fault.
    constexpr int attempts = 3;
    for (int attempts_left = attempts;; --attempts_left) {
        const int code = attempt(body);
        if (code >= 0 || std::ranges::find(expected, code) != expected.end())
            return code;
        refuse(function, code);
        if (attempts_left == 1) {
            complain(std::string(function) + " still fails without the fault");
            return code;
        }
        if (before_again_)
            before_again_();
    }
}

int Life::attempt(const std::function<int()>& body)
{
    const seam::Watch watch;
    return body();
}

void Life::refuse(const char* function, int code)
{
    const bool of_dump = std::strncmp(function, "nflogcap_dump", std::strlen("nflogcap_dump")) == 0;
    const bool has_words = of_dump || handle_ != nullptr;
    const char* words = dump_ != nullptr ? nflogcap_dump_error(dump_) : dump_open_error_.data();
    const Refusal refusal{function, code, of_dump ? words : nflogcap_error(handle_)};
    // If there is no memory for the text, only the error code is available.
    const bool no_room = refusal.words.empty() && fault_.error == ENOMEM;
    require(is_documented(refusal, has_words && !no_room), "docs/errors.md has no such failure");
    refusals_.push_back(refusal);
}

void Life::require(bool holds, const std::string& otherwise)
{
    if (!holds)
        complain(otherwise);
}

nflogcap* Life::open()
{
    call("nflogcap_new", [this] { return nflogcap_new(&handle_); });
    nflogcap_set_queue_threshold(handle_, 0);
    return handle_;
}

void Life::start()
{
    call("nflogcap_start", [this] { return nflogcap_start(handle_); });
}

bool Life::receive(int patience_ms, std::uint64_t packets)
{
    constexpr std::size_t most = 4;
    std::array<const nflogcap_packet*, most> taken{};
    const auto next = [&] { return nflogcap_next(handle_, taken.data(), patience_ms); };
    const auto next_batch = [&] {
        return nflogcap_next_batch(handle_, taken.data(), most, patience_ms);
    };
    constexpr int max_turns = 10'000;
    const std::uint64_t before = delivered_;
    for (int turns = 0; turns < max_turns; ++turns) {
        if (delivered_ - before >= packets)
            return false;
        in_turn_ = !in_turn_;
        const int got = in_turn_ ? call("nflogcap_next", next, {-ENODATA, -ECANCELED})
                                 : call("nflogcap_next_batch", next_batch, {-ENODATA, -ECANCELED});
        if (got <= 0)
            return got == -ENODATA;
        delivered_ += static_cast<std::uint64_t>(got);
        if (turns == 0)
            look_at(*taken.front());
    }
    complain("the capture returns too many packets");
    return false;
}

void Life::look_at(const nflogcap_packet& packet)
{
    const seam::Watch watch;
    stats();
    nflogcap_interface_name(handle_, packet.indev);
    nflogcap_packet_free(nflogcap_packet_clone(&packet));
}

nflogcap_stats Life::stats() const
{
    nflogcap_stats stats{};
    nflogcap_get_stats(handle_, &stats, sizeof stats);
    return stats;
}

void Life::open_dump(const char* path)
{
    call("nflogcap_dump_open", [=, this] {
        return nflogcap_dump_open(&dump_, path, nullptr, 0, dump_open_error_.data(),
                                  dump_open_error_.size());
    });
}

void Life::close()
{
    const seam::Watch watch;
    nflogcap_close(std::exchange(handle_, nullptr));
}
