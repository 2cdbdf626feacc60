// SPDX-License-Identifier: GPL-2.0-or-later
#include "dump.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <mutex>
#include <string>
#include <strings.h>
#include <utility>

namespace binding {

namespace {

using Lock = std::lock_guard<ProcessLock>;

bool find_link_type(Bytes name, std::uint32_t& link_type, Failure& failure) noexcept
{
    if (name.data == nullptr)
        return true;
    const std::string text = copied_text("link_type", name, failure);
    if (failure.code != 0)
        return false;
    const int found = nflogcap_find_link_type(text.c_str(), failure.words, sizeof failure.words);
    if (found < 0)
        failure.code = found;
    else
        link_type = static_cast<std::uint32_t>(found);
    return found >= 0;
}

// Index 0 is the format that has the number 1.
constexpr std::array formats = {"pcap", "pcapng"};
constexpr std::array compressions = {"none", "gzip", "zstd"};

template <std::size_t count>
bool find_choice(const char* option, Bytes name, const std::array<const char*, count>& names,
                 std::uint32_t& number, Failure& failure) noexcept
{
    if (name.data == nullptr)
        return true;
    const std::string text = copied_text(option, name, failure);
    if (failure.code != 0)
        return false;
    const auto found = std::ranges::find_if(
        names, [&](const char* each) { return strcasecmp(each, text.c_str()) == 0; });
    if (found != names.end()) {
        number = static_cast<std::uint32_t>(found - names.begin()) + 1;
        return true;
    }
    char words[NFLOGCAP_ERROR_SIZE];
    int length = std::snprintf(words, sizeof words, "%s must be", option);
    for (std::size_t i = 0; i < count; ++i)
        length +=
            std::snprintf(words + length, sizeof words - static_cast<std::size_t>(length), "%s%s",
                          i == 0          ? " "
                          : i + 1 < count ? ", "
                                          : " or ",
                          names[i]);
    failure.set(-EINVAL, words);
    return false;
}

} // namespace

Dump::~Dump()
{
    drop();
}

void Dump::open(Bytes path, Bytes link_type, Bytes format, Bytes compression,
                Failure& failure) noexcept
{
    const std::string name = copied_text("path", path, failure);
    nflogcap_dump_options options{};
    if (failure.code != 0 || !find_link_type(link_type, options.link_type, failure) ||
        !find_choice("format", format, formats, options.format, failure) ||
        !find_choice("compression", compression, compressions, options.compression, failure))
        return;
    options.interface_name = interface_name;
    options.context = this;
    nflogcap_dump* opened = nullptr;
    const int code = nflogcap_dump_open(&opened, name.c_str(), &options, sizeof options,
                                        failure.words, sizeof failure.words);
    if (code < 0) {
        failure.code = code;
        return;
    }
    const Lock locked(lock_);
    nflogcap_dump_close(std::exchange(dump_, opened));
    update(opened);
}

bool Dump::write(const Packet& packet, Failure& failure) noexcept
{
    return run(failure, [&](nflogcap_dump* dump) {
               interfaces_ = packet.interfaces;
               return nflogcap_dump_packet(dump, &packet.view);
           }) == 0;
}

void Dump::flush(Failure& failure) noexcept
{
    run(failure, nflogcap_dump_flush);
}

void Dump::take_over(Failure& failure) noexcept
{
    run(failure, nflogcap_dump_take_over);
}

void Dump::close(Failure& failure) noexcept
{
    const Lock locked(lock_);
    if (dump_ == nullptr)
        return;
    // Flushes first, for two reasons. After a failed flush the handle still has the error text, but
    // a failed close frees the handle. And if a signal interrupts the flush, the savefile stays
    // open.
    const int code = nflogcap_dump_flush(dump_);
    const bool is_of_another_process = code == -ECHILD;
    if (code < 0 && !is_of_another_process)
        failure.set(code, nflogcap_dump_error(dump_));
    if (code == -EINTR)
        return;
    is_open_ = false;
    const int closed = nflogcap_dump_close(std::exchange(dump_, nullptr));
    if (closed < 0 && code >= 0)
        failure.set(closed, nflogcap_strerror(closed));
}

void Dump::drop() noexcept
{
    const Lock locked(lock_);
    is_open_ = false;
    nflogcap_dump_close(std::exchange(dump_, nullptr));
}

unsigned long long Dump::position(Failure& failure) const noexcept
{
    return require_open(failure) ? position_.load() : 0;
}

unsigned long long Dump::written(Failure& failure) const noexcept
{
    return require_open(failure) ? written_.load() : 0;
}

unsigned long long Dump::skipped(Failure& failure) const noexcept
{
    return require_open(failure) ? skipped_.load() : 0;
}

template <typename Call>
int Dump::run(Failure& failure, Call call) noexcept
{
    const Lock locked(lock_);
    if (!require_open(failure))
        return failure.code;
    const int code = call(dump_);
    if (code < 0)
        failure.set(code, nflogcap_dump_error(dump_));
    update(dump_);
    return code;
}

void Dump::update(nflogcap_dump* dump) noexcept
{
    position_ = static_cast<std::uint64_t>(nflogcap_dump_position(dump));
    written_ = static_cast<std::uint64_t>(nflogcap_dump_written(dump));
    skipped_ = static_cast<std::uint64_t>(nflogcap_dump_skipped(dump));
    is_open_ = true;
}

// The library calls this while it writes a packet. It returns the names of interfaces in the
// packet's own capture.
const char* Dump::interface_name(void* dump, std::uint32_t index) noexcept
{
    auto* const self = static_cast<Dump*>(dump);
    return self->interfaces_->copy_name(index, self->name_) ? self->name_.data() : nullptr;
}

bool Dump::require_open(Failure& failure) const noexcept
{
    if (!is_open_)
        failure.set(-EBADF, "the savefile is closed");
    return is_open_;
}

} // namespace binding
