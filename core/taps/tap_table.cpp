// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap_table.hpp"

#include "error.hpp"
#include "fork_lock.hpp"
#include "libnftables.hpp"
#include "nft_changes.hpp"
#include "nft_queries.hpp"
#include "nft_script.hpp"
#include "socket_identity.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <linux/netfilter.h>
#include <net/if.h>
#include <sys/random.h>
#include <tuple>
#include <utility>

namespace nflog {

namespace {

// Returns a name that contains the number of the group, and that no table has. It contains a random
// number, because another user may have created thousands of tables with low numbers, and then
// trying one number after the other would take minutes.
std::string free_name(std::uint16_t group)
{
    constexpr std::uint32_t max_counted = 10;
    const std::string first = "nflogcap-" + std::to_string(group);
    std::string name = first;
    for (std::uint32_t number = 2; has_table(NFPROTO_INET, name) || has_table(NFPROTO_NETDEV, name);
         ++number) {
        std::uint32_t chosen = number; // used if there is no random number
        if (number > max_counted)
            std::ignore = getrandom(&chosen, sizeof chosen, 0);
        name = first + "-" + std::to_string(chosen);
    }
    return name;
}

Error refused(const Libnftables::Complaint& said, const std::string& table,
              const std::vector<Tap>& taps)
{
    if (said.tap)
        return {EINVAL, "cannot tap '" + taps[*said.tap].match() + "': " + said.words +
                            "; give a match as in an nft rule, without a verdict"};
    const std::string what = "cannot make the table " + table + " for the taps: " + said.words;
    switch (said.code) {
    case EMSGSIZE:
    case ENOBUFS:
    case ENOMEM:
    case ENOSPC:
        return {said.code, what + "; use fewer taps, or shorter matches"};
    default:
        return {said.code, what + "; taps require Linux 5.12 or later, with nf_tables"};
    }
}

struct NewTable {
    std::string name;
    FileDescriptor socket; // owns the table
};

// Creates a table. For each tap it contains a chain with the rule of the tap.
NewTable make_table(const std::vector<Tap>& taps, std::uint16_t group)
{
    constexpr int attempts = 100;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        Libnftables libnftables;
        FileDescriptor socket = libnftables.take_socket();
        if (socket.get() < 0)
            continue;
        std::string name = free_name(group);
        const auto said = libnftables.run(nft::make_table(name, taps, group));
        if (!said)
            return {std::move(name), std::move(socket)};
        if (said->tap || said->code != EEXIST) // EEXIST: another program has taken the name
            throw refused(*said, name, taps);
    }
    throw Error(EBUSY, "cannot make a table for the taps: the netlink socket of libnftables cannot "
                       "be identified among those of this process; start the capture while no "
                       "other thread opens netlink sockets");
}

void require_only_looks(const std::string& table, std::size_t number, const Tap& tap,
                        std::uint16_t group)
{
    if (!only_looks_and_logs(tap.family(), table, nft::tap_chain(number), group))
        throw Error(EINVAL, "cannot tap '" + tap.match() +
                                "': it does more than match; leave out verdicts, statements such "
                                "as log and counter, and assignments");
}

// This check is necessary because nf_tables accepts any device name, and waits for a device that
// does not exist.
bool has_device(const std::string& name)
{
    std::array<char, IF_NAMESIZE> found{}; // differs from `name` if that is an alternative name
    const unsigned index = if_nametoindex(name.c_str());
    if (index != 0 && if_indextoname(index, found.data()) != nullptr)
        return name == found.data();
    if (errno != ENODEV && errno != ENXIO)
        throw system_failure("cannot look for the device " + name + " of a tap", errno);
    return false;
}

// Makes packets at the hook pass through the rule. Before this, no packet does.
void attach_hook(int owner, const TapChain& of, const Tap::Hook& hook)
{
    const std::string at = hook.name + (hook.device.empty() ? "" : " of " + hook.device);
    const std::string what = "cannot tap '" + of.tap.match() + "' at " + at;
    if (!hook.device.empty() && !has_device(hook.device))
        throw Error(ENODEV,
                    what + ": there is no such device in the network namespace; 'ip link' lists "
                           "the devices");
    if (const int code = add_hook(owner, of, hook); code != 0)
        throw Error(code,
                    system_failure(what, code).what() +
                        std::string("; the kernel has no such hook, or part of the match cannot be "
                                    "used at it"));
}

} // namespace

TapTable::TapTable(const Ownership& ownership) : ownership_(ownership) {}

TapTable::TapTable(const std::vector<Tap>& taps, std::uint16_t group, const Ownership& ownership)
    : TapTable(ownership)
{
    const auto lock = lock_out_fork();
    NewTable made = make_table(taps, group);
    name_ = std::move(made.name);
    socket_ = std::move(made.socket);
    port_ = port_of(socket_.get());
    for (std::size_t number = 0; number < taps.size(); ++number)
        require_only_looks(name_, number, taps[number], group);
    for (std::size_t number = 0; number < taps.size(); ++number) {
        for (const Tap::Hook& hook : taps[number].hooks())
            attach_hook(socket_.get(), {taps[number], name_, nft::tap_chain(number)}, hook);
        taps_.emplace(number, taps[number]);
    }
}

TapTable::TapTable(const TapRecord& record, FileDescriptor socket, const Ownership& ownership)
    : name_(record.name), port_(record.port), taps_(record.taps), ownership_(ownership),
      socket_(std::move(socket))
{
}

TapRecord TapTable::record() const
{
    return {name_, port_, taps_};
}

bool TapTable::remove(const Tap& tap)
{
    const auto found = std::ranges::find_if(
        taps_, [&](const auto& entry) { return entry.second.is_same_as(tap); });
    if (found == taps_.end())
        return false;
    const auto& [number, existing] = *found;
    if (const int code = remove_tap(socket_.get(), {existing, name_, nft::tap_chain(number)});
        code != 0)
        throw system_failure("cannot remove the tap '" + tap.match() + "'", code);
    taps_.erase(number);
    return true;
}

TapTable::~TapTable()
{
    if (socket_.get() < 0 || !ownership_.is_mine())
        return;
    for (const std::uint8_t family : {NFPROTO_INET, NFPROTO_NETDEV})
        remove_table(socket_.get(), family, name_); // the table may exist in only one family
}

} // namespace nflog
