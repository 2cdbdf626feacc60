// SPDX-License-Identifier: GPL-2.0-or-later
// Provokes the errors of the start of a capture.
#include "provocations.hpp"

#include "calls.hpp"
#include "capabilities.hpp"
#include "compressed.hpp"
#include "network.hpp"
#include "other_process.hpp"
#include "savefile.hpp"
#include "scarcity.hpp"
#include "user_namespace.hpp"

#include <cerrno>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

using support::Handle;
using support::Namespace;
using support::refuse;

namespace {

Handle capture_in(const char* path)
{
    Handle made = capture();
    nflogcap_set_netns(made.get(), path);
    return made;
}

Failures start_twice()
{
    const Namespace ns;
    const Handle handle = support::started({group});
    return {try_start(handle)};
}

Failures owned_by_another_process()
{
    const Namespace ns;
    const support::OtherProcess owner([] { support::started({group}).release(); });
    return {try_start(capture())};
}

Failures owned_by_this_process()
{
    const Namespace ns;
    const Handle owner = support::started({group});
    return {try_start(capture())};
}

Failures owned_by_a_process_that_cannot_be_seen()
{
    const Namespace ns;
    const support::OtherProcess owner([] { support::started({group}).release(); });
    // /proc hides the descriptors of a process with capabilities from a process without them.
    const Handle handle = capture();
    Failures all;
    support::without_capabilities([&] { all.push_back(try_start(handle)); });
    return all;
}

Failures owned_and_the_table_unreadable()
{
    const Namespace ns;
    const Handle owner = support::started({group});
    // This changes the file of this network namespace only.
    chmod("/proc/thread-self/net/netfilter/nfnetlink_log", 0);
    const Handle handle = capture();
    Failures all;
    support::with_net_admin_alone([&] { all.push_back(try_start(handle)); });
    return all;
}

Failures without_capability()
{
    const Namespace ns;
    const Handle handle = capture();
    Failures all;
    support::without_capabilities([&] { all.push_back(try_start(handle)); });
    return all;
}

Failures in_another_user_namespace()
{
    const Namespace ns;
    return {support::in_user_namespace([] { return try_start(capture()); })};
}

Failures without_conntrack()
{
    const Namespace ns;
    const Handle handle = capture();
    nflogcap_set_conntrack(handle.get(), 1);
    const Failure real = try_start(handle);
    return real.code < 0 ? Failures{real}
                         // if the kernel supports conntrack entries, a filter simulates the refusal
                         : start_with_refused({{SYS_sendto}}, EOPNOTSUPP);
}

Failures start_without_descriptor()
{
    const Namespace ns;
    const Handle handle = capture();
    const support::NoDescriptors none;
    return {try_start(handle)};
}

Failures watch_refused()
{
    const Namespace ns;
    Failures all = start_with_refused({{SYS_epoll_ctl}}, ENOSPC);
    // A capture that is stopped without privileges sets a timer.
    const Handle handle = support::started({group});
    nflogcap_stop(handle.get());
    refuse({{SYS_epoll_ctl}, {SYS_sendto}}, ENOSPC, [&] {
        for (const Failure& failure : next_and_next_batch(handle, 1000))
            all.push_back(failure);
    });
    return all;
}

Failures netns_without_capability()
{
    const Handle handle = capture_in("/proc/self/ns/net");
    Failures all;
    support::without_capabilities([&] { all.push_back(try_start(handle)); });
    return all;
}

Failure read_from(const std::string& path)
{
    return try_start(support::reader_of(path));
}

Failures of_another_link_type()
{
    const support::TemporaryFile file(support::PcapFile(support::linktype_cooked).bytes());
    return {read_from(file.path())};
}

Failures of_a_damaged_head()
{
    constexpr std::size_t length_of_second_block = 32;
    support::FileBytes bytes = support::PcapngFile().bytes();
    bytes.at(length_of_second_block) = std::byte{1}; // shorter than the header of a block
    const support::TemporaryFile damaged(bytes);
    constexpr std::size_t cut_head = 8;
    const support::PcapFile whole(support::linktype_nflog);
    const support::TemporaryFile cut{std::span(whole.bytes()).first(cut_head)};
    return {read_from(damaged.path()), read_from(cut.path())};
}

// Returns the failure of the start, which already reads the file, because the file is compressed.
Failures of_bytes(const support::FileBytes& bytes)
{
    const support::TemporaryFile file(bytes);
    return {read_from(file.path())};
}

Failures without_decompression()
{
    const support::TemporaryFile file(support::gzip({}));
    const support::NoLibraries none;
    return {read_from(file.path())};
}

Failures of_a_compressed_head_that_is_cut()
{
    support::FileBytes bytes = support::zstd(support::PcapFile(support::linktype_nflog).bytes());
    bytes.resize(bytes.size() / 2);
    return of_bytes(bytes);
}

Failures of_a_compressed_head_that_is_damaged()
{
    support::FileBytes bytes = support::lz4({});
    bytes.at(4) = std::byte{0}; // sets an unknown version of the format
    Failures all = of_bytes(bytes);
    all.push_back(of_bytes(support::large_zstd_window()).front());
    return all;
}

Failures tap_of_a_savefile()
{
    const Handle handle = capture();
    nflogcap_set_savefile(handle.get(), "/dev/zero");
    nflogcap_add_tap(handle.get(), nullptr, "udp");
    return {CALL(nflogcap_start, handle.get())};
}

} // namespace

std::vector<Provocation> provocations_of_starting()
{
    return {
        {"start-twice", kernel, start_twice},
        {"start-no-group", kernel, [] { return Failures{try_start(support::capture_of({}))}; }},
        {"start-hook", kernel,
         [] {
             const Handle handle = capture();
             nflogcap_set_option(handle.get(), "hook", "output");
             return Failures{try_start(handle)};
         }},
        {"owned", kernel, owned_by_another_process},
        {"owned-here", kernel, owned_by_this_process},
        {"owned-unseen", kernel, owned_by_a_process_that_cannot_be_seen},
        {"owner-unknown", kernel, owned_and_the_table_unreadable},
        {"no-capability", kernel, without_capability},
        {"other-user-namespace", kernel, in_another_user_namespace},
        {"no-conntrack", kernel, without_conntrack},
        {"no-nflog", stand_in, [] { return start_with_refused({{SYS_sendto}}, EINVAL); }},
        {"no-nfnetlink", stand_in,
         [] { return start_with_refused({{SYS_socket}}, EPROTONOSUPPORT); }},
        {"answers-lost", stand_in, [] { return start_with_refused({{SYS_sendto}}, EAGAIN); }},
        {"bind", stand_in, [] { return start_with_refused({{SYS_sendto}}, ENOMEM); }},
        {"socket", kernel, start_without_descriptor},
        {"socket-buffer", stand_in,
         [] {
             return start_with_refused({{SYS_setsockopt, {{1, SOL_SOCKET}}}}, EPERM);
         }},
        {"socket-option", stand_in,
         [] {
             return start_with_refused({{SYS_setsockopt, {{1, SOL_NETLINK}}}}, EPERM);
         }},
        {"socket-guard", stand_in,
         [] {
             Failures all = start_with_refused({{SYS_setsockopt, {{2, SO_ATTACH_FILTER}}}}, ENOMEM);
             const Failures last =
                 start_with_refused({{SYS_setsockopt, {{2, SO_DETACH_FILTER}}}}, EPERM);
             all.insert(all.end(), last.begin(), last.end());
             return all;
         }},
        {"socket-address", stand_in, [] { return start_with_refused({{SYS_bind}}, EPERM); }},
        {"socket-connect", stand_in, [] { return start_with_refused({{SYS_connect}}, EPERM); }},
        {"watch", stand_in, watch_refused},
        {"netns", kernel, [] { return Failures{try_start(capture_in("/run/netns/no-such-one"))}; }},
        {"netns-other-file", kernel, [] { return Failures{try_start(capture_in("/dev/null"))}; }},
        {"netns-capability", kernel, netns_without_capability},
        {"netns-thread", stand_in,
         [] {
             return start_with_refused({{SYS_clone}, {SYS_clone3}}, EAGAIN,
                                       capture_in("/proc/self/ns/net"));
         }},
        {"savefile-open", kernel, [] { return Failures{read_from("/no/such/file")}; }},
        {"savefile-unreadable", kernel, [] { return Failures{read_from("/tmp")}; }},
        {"savefile-none", kernel, [] { return Failures{read_from("/dev/zero")}; }},
        {"savefile-head", kernel, of_a_damaged_head},
        {"savefile-library", kernel, without_decompression},
        {"savefile-head-cut", kernel, of_a_compressed_head_that_is_cut},
        {"savefile-head-undecodable", kernel, of_a_compressed_head_that_is_damaged},
        {"savefile-link-type", kernel, of_another_link_type},
        {"savefile-tapped", kernel, tap_of_a_savefile},
    };
}
