// SPDX-License-Identifier: GPL-2.0-or-later
// Provokes the errors of changes of groups and taps.
#include "calls.hpp"
#include "capabilities.hpp"
#include "network.hpp"
#include "savefile.hpp"

#include <cerrno>
#include <sys/syscall.h>

using support::Handle;
using support::Namespace;

namespace {

constexpr const char* match = "udp dport 9";

// Calls each function that changes the groups or taps of a capture.
Failures all_changes(nflogcap* handle)
{
    return {CALL(nflogcap_add_group, handle, 6), CALL(nflogcap_remove_group, handle, group),
            CALL(nflogcap_add_tap, handle, "output", match),
            CALL(nflogcap_remove_tap, handle, "input", match)};
}

Handle tapped()
{
    Handle handle = capture();
    nflogcap_add_tap(handle.get(), "input", match);
    return handle;
}

Failures change_while_a_savefile_is_read()
{
    const Namespace ns;
    const Handle handle = capture();
    const support::TemporaryFile file(support::PcapFile(support::linktype_nflog).bytes());
    nflogcap_set_savefile(handle.get(), file.path().c_str());
    support::start(handle);
    return {CALL(nflogcap_add_group, handle.get(), 6),
            CALL(nflogcap_remove_group, handle.get(), group),
            CALL(nflogcap_add_tap, handle.get(), "input", match)};
}

Failures change_after_a_stop()
{
    const Namespace ns;
    const Handle handle = tapped();
    support::start(handle);
    support::Sender(9).send(2);
    nflogcap_stop(handle.get());
    nflogcap_next(handle.get(), &packet, -1); // notices the stop
    Failures all = all_changes(handle.get());
    all.push_back(CALL(nflogcap_remove_taps, handle.get()));
    return all;
}

Failures remove_group_of_taps()
{
    const Namespace ns;
    const Handle handle = tapped();
    support::start(handle);
    return {CALL(nflogcap_remove_group, handle.get(), group)};
}

Failures remove_group_without_privileges()
{
    const Namespace ns;
    const Handle handle = support::started({group});
    Failures all;
    support::without_capabilities(
        [&] { all = {CALL(nflogcap_remove_group, handle.get(), group)}; });
    return all;
}

Failures tap_without_groups()
{
    const Namespace ns;
    const Handle handle = support::started({group});
    nflogcap_remove_group(handle.get(), group);
    return {CALL(nflogcap_add_tap, handle.get(), "input", match)};
}

Failures remove_group_refused()
{
    const Namespace ns;
    const Handle handle = support::started({group});
    Failures all;
    support::refuse({{SYS_sendto}}, ENOMEM,
                    [&] { all = {CALL(nflogcap_remove_group, handle.get(), group)}; });
    return all;
}

Failures remove_tap_refused()
{
    const Namespace ns;
    const Handle handle = tapped();
    support::start(handle);
    Failures all;
    support::refuse({{SYS_sendto}}, ENOMEM,
                    [&] { all = {CALL(nflogcap_remove_tap, handle.get(), "input", match)}; });
    return all;
}

Failures add_tap_with(const char* option, const char* value)
{
    const Handle handle = capture();
    nflogcap_set_option(handle.get(), option, value);
    return {CALL(nflogcap_add_tap, handle.get(), "input", match)};
}

} // namespace

std::vector<Provocation> provocations_of_changing()
{
    return {
        {"group-none", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_remove_group, handle.get(), 6)};
         }},
        {"tap-same", kernel,
         [] {
             const Handle handle = tapped();
             return Failures{CALL(nflogcap_remove_tap, handle.get(), "output", match)};
         }},
        {"tap-priority", kernel, [] { return add_tap_with("tap_priority", "late"); }},
        {"tap-prefix", kernel, [] { return add_tap_with("tap_prefix", "\""); }},
        {"tap-limit", kernel, [] { return add_tap_with("tap_limit", "often"); }},
        {"change-savefile", kernel, change_while_a_savefile_is_read},
        {"change-stopped", kernel, change_after_a_stop},
        {"group-of-taps", kernel, remove_group_of_taps},
        {"group-kept", kernel, remove_group_without_privileges},
        {"unbind", stand_in, remove_group_refused},
        {"tap-groupless", kernel, tap_without_groups},
        {"tap-kept", stand_in, remove_tap_refused},
    };
}
