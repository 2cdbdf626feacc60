// SPDX-License-Identifier: GPL-2.0-or-later
#include "handover.hpp"

#include "advice.hpp"
#include "failure.hpp"
#include "reconfiguration.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace command {

namespace {

constexpr std::string_view name_begin = "nflogcap-";

std::uint64_t now_ns()
{
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                          std::chrono::system_clock::now().time_since_epoch())
                                          .count());
}

// Returns "1764522000123456789" for "nflogcap-1764522000123456789" and
// "nflogcap-1764522000123456789-4711".
std::string_view since_in(std::string_view name)
{
    if (!name.starts_with(name_begin))
        return {};
    name.remove_prefix(name_begin.size());
    return name.substr(0, name.find('-'));
}

std::vector<std::uint16_t> captured_groups(const Handle& handle)
{
    std::vector<std::uint16_t> groups(
        static_cast<std::size_t>(check(handle, nflogcap_groups(handle.get(), nullptr, 0))));
    check(handle, nflogcap_groups(handle.get(), groups.data(), groups.size()));
    return groups;
}

// Returns whether no process can adopt the capture, whatever its options are.
bool is_lost(int code)
{
    constexpr std::array codes = {EBADF, EBADMSG, EXDEV, EPROTONOSUPPORT, ENODATA};
    return std::ranges::find(codes, -code) != codes.end();
}

bool contains(const std::vector<std::uint16_t>& groups, std::uint16_t group)
{
    return std::ranges::find(groups, group) != groups.end();
}

} // namespace

Handover::Handover(const Handle& handle, const CaptureOptions& options, ServiceManager& manager)
    : handle_(handle), options_(options), manager_(manager), is_wanted_(options.hand_over)
{
    if (is_wanted_ && !manager.is_listening())
        throw Failure("--hand-over: no service manager can keep the capture "
                      "(NOTIFY_SOCKET is not set); start the command as a service with "
                      "FileDescriptorStoreMax=, or leave the option out");
}

Handover::~Handover()
{
    if (is_running_)
        nflogcap_hand_over(handle_.get());
}

bool Handover::adopt()
{
    const std::vector<ServiceManager::Kept> kept = manager_.take_kept();
    if (!is_wanted_ || kept.empty())
        return false;
    std::vector<int> descriptors;
    for (const auto& [name, descriptor] : kept) {
        kept_[name] = descriptor;
        descriptors.push_back(descriptor);
    }
    const int code = nflogcap_adopt(handle_.get(), descriptors.data(), descriptors.size());
    if (code < 0) {
        if (!is_lost(code)) // the manager keeps it until the user has corrected the options
            check(handle_, code);
        for (const int descriptor : descriptors)
            close(descriptor);
        forget_kept();
        refused_at_ = std::chrono::steady_clock::now();
        if (code != -ENODATA) // -ENODATA: the capture ended normally
            print_failure(
                std::string(nflogcap_error(handle_.get())) +
                "; a new capture is started, and the packets that waited for the old one are lost");
        return false;
    }
    is_running_ = true;
    since_ = since_in(kept.front().name);
    std::from_chars(since_.data(), since_.data() + since_.size(), adopted_since_);
    adopted_ = captured_groups(handle_);
    change_groups();
    return true;
}

bool Handover::awaits_release() const
{
    constexpr std::chrono::seconds max_wait(5);
    constexpr std::chrono::milliseconds pause(10);
    std::this_thread::sleep_for(pause);
    return refused_at_ && std::chrono::steady_clock::now() - *refused_at_ < max_wait;
}

// Adds and removes groups until the capture has those of the options: the configuration may have
// changed since the previous process read it.
void Handover::change_groups()
{
    for (const std::uint16_t group : options_.groups) {
        if (!contains(adopted_, group))
            check(handle_, nflogcap_add_group(handle_.get(), group));
    }
    if (!options_.tap)
        check(handle_, nflogcap_remove_taps(handle_.get()));
    const int tap_group = nflogcap_tap_group(handle_.get()); // -ENOENT without a tap
    for (const std::uint16_t group : adopted_) {
        if (!contains(options_.groups, group) && group != tap_group)
            check(handle_, nflogcap_remove_group(handle_.get(), group));
    }
}

std::optional<std::uint64_t> Handover::adopted_since(std::uint16_t group) const
{
    return contains(adopted_, group) ? std::optional(adopted_since_) : std::nullopt;
}

// Returns the name under which the manager keeps a descriptor. The name of a tap's socket contains
// its inode number, because one tap can be closed while the others stay open.
std::string Handover::name_of(int descriptor, std::size_t place) const
{
    constexpr std::size_t first_tap = 2;
    std::string name = std::string(name_begin) + since_;
    struct stat socket {};
    if (place >= first_tap && fstat(descriptor, &socket) == 0)
        name += "-" + std::to_string(socket.st_ino);
    return name + (place == 0 ? "-state" : "");
}

void Handover::keep()
{
    if (!is_wanted_)
        return;
    if (since_.empty())
        since_ = std::to_string(now_ns());
    is_running_ = true;
    for (const std::uint16_t group : captured_groups(handle_)) {
        std::uint32_t next = 0;
        // From now on, only mark_stored() reports stored packets.
        if (marked_.insert(group).second) {
            check(handle_, nflogcap_expected(handle_.get(), group, &next));
            check(handle_, nflogcap_expect(handle_.get(), group, next));
        }
    }
    std::vector<int> descriptors(
        static_cast<std::size_t>(check(handle_, nflogcap_descriptors(handle_.get(), nullptr, 0))));
    check(handle_, nflogcap_descriptors(handle_.get(), descriptors.data(), descriptors.size()));
    std::map<std::string, int> now;
    for (std::size_t place = 0; place < descriptors.size(); ++place)
        now[name_of(descriptors[place], place)] = descriptors[place];
    for (const auto& [name, descriptor] : now) {
        if (!kept_.contains(name))
            manager_.keep(name, descriptor);
    }
    for (const auto& [name, descriptor] : kept_) {
        if (!now.contains(name))
            manager_.forget(name);
    }
    kept_ = std::move(now);
}

void Handover::end()
{
    is_running_ = false;
    forget_kept();
}

void Handover::forget_kept()
{
    for (const auto& [name, descriptor] : kept_)
        manager_.forget(name);
    kept_.clear();
}

void Handover::take(const nflogcap_packet& packet, const Sink& sink)
{
    if (!is_wanted_ || sink.spool() != nullptr)
        return;
    taken_.push_back({packet.group, packet.seq + 1});
    mark_stored(sink);
}

void Handover::mark_stored(const Sink& sink)
{
    if (taken_.empty() || sink.packets() == stored_)
        return;
    std::map<std::uint16_t, std::uint32_t> next;
    for (; stored_ < sink.packets() && !taken_.empty(); ++stored_) {
        next[taken_.front().group] = taken_.front().next;
        taken_.pop_front();
    }
    for (const auto& [group, number] : next) {
        const int code = nflogcap_expect(handle_.get(), group, number);
        if (code != -ENOENT) // -ENOENT: the group was removed
            check(handle_, code);
    }
}

} // namespace command
