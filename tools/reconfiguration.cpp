// SPDX-License-Identifier: GPL-2.0-or-later
#include "reconfiguration.hpp"

#include "captured_groups.hpp"
#include "filter_file.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace command {

namespace {

// Returns the options that define a tap.
template <typename Options>
auto tap_of(Options& options)
{
    return std::tie(options.tap, options.hook, options.tap_priority, options.tap_prefix,
                    options.tap_limit, options.tap_sample);
}

template <typename Options>
auto filter_of(Options& options)
{
    return std::tie(options.filter, options.filter_file);
}

bool contains(const std::vector<std::uint16_t>& groups, std::uint16_t group)
{
    return std::ranges::find(groups, group) != groups.end();
}

} // namespace

void add_tap(const Handle& handle, const CaptureOptions& options)
{
    if (!options.tap)
        return;
    const auto set = [&](const char* name, const std::string& value) {
        check(handle,
              nflogcap_set_option(handle.get(), name, value.empty() ? nullptr : value.c_str()));
    };
    set("tap_priority", options.tap_priority);
    set("tap_prefix", options.tap_prefix);
    set("tap_limit", options.tap_limit);
    set("tap_sample", options.tap_sample);
    check(handle, nflogcap_add_tap(handle.get(), options.hook.c_str(), options.tap->c_str()));
}

void set_filter(const Handle& handle, const CaptureOptions& options)
{
    const std::string filter =
        options.filter_file.empty() ? options.filter : filter_in(options.filter_file);
    check(handle, nflogcap_set_filter(handle.get(), filter.c_str()));
}

std::vector<std::uint16_t> Reconfiguration::groups() const
{
    return groups_of(handle_, options_);
}

template <typename Change>
void Reconfiguration::attempt(Change change)
{
    try {
        change();
    } catch (const Failure& failure) {
        said_.emplace_back(failure.what());
    }
}

std::vector<std::string> Reconfiguration::apply()
{
    said_.clear();
    attempt([&] {
        const CaptureOptions wanted = read_again_();
        attempt([&] { change_filter(wanted); });
        add_groups(wanted);
        attempt([&] { change_tap(wanted); });
        remove_groups(wanted);
        CaptureOptions rest = wanted;
        rest.groups = options_.groups;
        tap_of(rest) = tap_of(options_);
        filter_of(rest) = filter_of(options_);
        if (rest != options_)
            said_.emplace_back("the configuration has other changes, which require a restart: only "
                               "groups, the tap and the filter can change during a capture");
    });
    if (said_.empty())
        said_.emplace_back("the configuration was read again and has not changed");
    return std::move(said_);
}

// Sets the filter if it has changed. A filter's file is always read again, because its content may
// have changed.
void Reconfiguration::change_filter(const CaptureOptions& wanted)
{
    if (filter_of(wanted) == filter_of(options_) && wanted.filter_file.empty())
        return;
    set_filter(handle_, wanted);
    filter_of(options_) = filter_of(wanted);
    said_.emplace_back("the filter was set");
}

void Reconfiguration::add_groups(const CaptureOptions& wanted)
{
    for (const std::uint16_t group : wanted.groups) {
        if (contains(options_.groups, group))
            continue;
        attempt([&] {
            check(handle_, nflogcap_add_group(handle_.get(), group));
            options_.groups.push_back(group);
            said_.push_back("group " + std::to_string(group) + " was added");
        });
    }
}

// Adds the new tap before it removes the old one, so that no packet is missed.
void Reconfiguration::change_tap(const CaptureOptions& wanted)
{
    if (tap_of(wanted) == tap_of(options_))
        return;
    add_tap(handle_, wanted);
    if (wanted.tap)
        said_.push_back("the tap '" + *wanted.tap + "' was added");
    const CaptureOptions before = options_;
    tap_of(options_) = tap_of(
        // Set before the old tap is removed: if that fails, a later call must not add the new tap
        // again.
        wanted);
    if (before.tap) {
        check(handle_,
              nflogcap_remove_tap(handle_.get(), before.hook.c_str(), before.tap->c_str()));
        said_.push_back("the tap '" + *before.tap + "' was removed");
    }
}

void Reconfiguration::remove_groups(const CaptureOptions& wanted)
{
    const std::vector<std::uint16_t> before = options_.groups;
    for (const std::uint16_t group : before) {
        if (contains(wanted.groups, group))
            continue;
        attempt([&] {
            check(handle_, nflogcap_remove_group(handle_.get(), group));
            std::erase(options_.groups, group);
            said_.push_back("group " + std::to_string(group) + " was removed");
        });
    }
}

} // namespace command
