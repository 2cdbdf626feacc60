// SPDX-License-Identifier: GPL-2.0-or-later
// Provokes the errors of captures that are handed over and adopted.
#include "calls.hpp"
#include "capabilities.hpp"
#include "network.hpp"
#include "savefile.hpp"
#include "scarcity.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

using support::Handle;
using support::Namespace;

namespace {

// The descriptors of a capture that was handed over, for another capture to adopt.
class HandedOver {
public:
    explicit HandedOver(const char* match = nullptr)
    {
        Handle handle = capture();
        if (match != nullptr)
            nflogcap_add_tap(handle.get(), "input", match);
        support::start(handle);
        descriptors_.resize(8);
        const int count =
            nflogcap_descriptors(handle.get(), descriptors_.data(), descriptors_.size());
        descriptors_.resize(static_cast<std::size_t>(count));
        for (int& descriptor : descriptors_)
            descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
        nflogcap_hand_over(handle.get());
    }
    ~HandedOver()
    {
        for (const int descriptor : descriptors_)
            close(descriptor);
    }
    HandedOver(const HandedOver&) = delete;
    HandedOver& operator=(const HandedOver&) = delete;

    [[nodiscard]] const std::vector<int>& descriptors() const { return descriptors_; }
    [[nodiscard]] int state() const { return descriptors_[0]; }
    [[nodiscard]] int socket() const { return descriptors_[1]; }

    template <typename Value>
    void overwrite(off_t offset, Value value) const
    {
        if (pwrite(state(), &value, sizeof value, offset) != sizeof value)
            throw std::runtime_error("cannot write the state");
    }

private:
    std::vector<int> descriptors_;
};

constexpr off_t format_at = 4;
constexpr off_t taps_at = 48;
constexpr off_t groups_at = 56;
constexpr std::uint32_t so_netns_cookie = 71; // older headers lack this constant

Failure adopt(const Handle& handle, const std::vector<int>& descriptors)
{
    return CALL(nflogcap_adopt, handle.get(), descriptors.data(), descriptors.size());
}

Failures adopt_with_refused(std::initializer_list<support::RefusedCall> calls, int error)
{
    const Namespace ns;
    const HandedOver handed;
    const Handle handle = support::capture_of({});
    Failures all;
    support::refuse(calls, error, [&] { all = {adopt(handle, handed.descriptors())}; });
    return all;
}

Failures hand_over_a_savefile()
{
    const Handle handle = support::capture_of({});
    const support::TemporaryFile file(support::PcapFile(support::linktype_nflog).bytes());
    nflogcap_set_savefile(handle.get(), file.path().c_str());
    support::start(handle);
    return {CALL(nflogcap_descriptors, handle.get(), nullptr, 0)};
}

Failures hand_over_after_a_stop()
{
    const Namespace ns;
    const Handle handle = support::started({group});
    support::Sender(9).send(2);
    nflogcap_descriptors(handle.get(), nullptr, 0);
    nflogcap_hand_over(handle.get());
    // This notices the hand-over, and waits for the packets that the kernel has batched.
    nflogcap_next(handle.get(), &packet, 0);
    return {CALL(nflogcap_descriptors, handle.get(), nullptr, 0)};
}

Failures hand_over_with_refused(std::initializer_list<support::RefusedCall> calls, int error)
{
    const Namespace ns;
    const Handle handle = support::started({group});
    Failures all;
    support::refuse(calls, error,
                    [&] { all = {CALL(nflogcap_descriptors, handle.get(), nullptr, 0)}; });
    return all;
}

Failures keep_taps()
{
    const Namespace ns;
    const Handle handle = capture();
    nflogcap_add_tap(handle.get(), "input", "udp dport 9");
    Failures all;
    support::refuse({{SYS_pwrite64}}, ENOSPC, [&] { all.push_back(try_start(handle)); });
    support::start(handle);
    support::refuse({{SYS_pwrite64}}, ENOSPC, [&] {
        all.push_back(CALL(nflogcap_add_tap, handle.get(), "input", "udp dport 10"));
        all.push_back(CALL(nflogcap_remove_tap, handle.get(), "input", "udp dport 9"));
        all.push_back(CALL(nflogcap_remove_taps, handle.get()));
    });
    return all;
}

Failures adopt_elsewhere()
{
    const Namespace ns;
    const HandedOver handed;
    const Namespace elsewhere;
    return {adopt(support::capture_of({}), handed.descriptors())};
}

Failures adopt_from_the_living()
{
    const Namespace ns;
    const Handle owner = support::started({group});
    std::vector<int> descriptors(2);
    nflogcap_descriptors(owner.get(), descriptors.data(), descriptors.size());
    return {adopt(support::capture_of({}), descriptors)};
}

Failures adopt_after_the_end()
{
    const Namespace ns;
    Handle owner = support::started({group});
    std::vector<int> descriptors(2);
    nflogcap_descriptors(owner.get(), descriptors.data(), descriptors.size());
    for (int& descriptor : descriptors)
        descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    owner.reset();
    Failures all = {adopt(support::capture_of({}), descriptors)};
    for (const int descriptor : descriptors)
        close(descriptor);
    return all;
}

Failures adopt_unbound()
{
    const Namespace ns;
    const HandedOver handed;
    handed.overwrite(groups_at + 8 * 7, std::uint32_t{3}); // as if group 7 were captured
    return {adopt(support::capture_of({}), handed.descriptors())};
}

Failures adopt_with_other_settings()
{
    const Namespace ns;
    const HandedOver handed;
    const Handle handle = support::capture_of({});
    nflogcap_set_snaplen(handle.get(), 60);
    Failures all;
    support::without_capabilities([&] { all = {adopt(handle, handed.descriptors())}; });
    return all;
}

template <typename Change>
Failures adopt_changed(Change change)
{
    const Namespace ns;
    const HandedOver handed("udp dport 9");
    return {adopt(support::capture_of({}), change(handed))};
}

} // namespace

std::vector<Provocation> provocations_of_adopting()
{
    return {
        {"hand-over-start", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_descriptors, handle.get(), nullptr, 0)};
         }},
        {"hand-over-savefile", kernel, hand_over_a_savefile},
        {"hand-over-ended", kernel, hand_over_after_a_stop},
        {"hand-over-size", kernel,
         [] {
             const Namespace ns;
             rlimit before{};
             getrlimit(RLIMIT_FSIZE, &before);
             const rlimit small{4096, before.rlim_max};
             setrlimit(RLIMIT_FSIZE, &small);
             Handle handle = capture();
             nflogcap_add_tap(handle.get(), "input", "udp dport 9");
             support::start(handle);
             setrlimit(RLIMIT_FSIZE, &before);
             return Failures{CALL(nflogcap_descriptors, handle.get(), nullptr, 0)};
         }},
        {"hand-over-memory", stand_in,
         [] { return hand_over_with_refused({{SYS_memfd_create}}, EMFILE); }},
        {"hand-over-lock", stand_in,
         [] {
             return hand_over_with_refused(
                 {{SYS_fcntl, support::RefusedCall::Argument{1, F_SETLK}}}, ENOLCK);
         }},
        {"taps-kept", stand_in, keep_taps},
        {"expect-start", kernel,
         [] {
             const Handle handle = capture();
             std::uint32_t next = 0;
             return Failures{CALL(nflogcap_expect, handle.get(), group, 0),
                             CALL(nflogcap_expected, handle.get(), group, &next)};
         }},
        {"expect-group", kernel,
         [] {
             const Namespace ns;
             const Handle handle = support::started({group});
             std::uint32_t next = 0;
             return Failures{CALL(nflogcap_expect, handle.get(), 6, 0),
                             CALL(nflogcap_expected, handle.get(), 6, &next)};
         }},
        {"adopt-started", kernel,
         [] {
             const Namespace ns;
             return Failures{adopt(support::started({group}), {})};
         }},
        {"adopt-savefile", kernel,
         [] {
             const Handle handle = support::capture_of({});
             nflogcap_set_savefile(handle.get(), "x.pcap");
             return Failures{adopt(handle, {})};
         }},
        {"adopt-nothing", kernel, [] { return Failures{adopt(support::capture_of({}), {})}; }},
        {"adopt-closed", kernel, [] { return Failures{adopt(support::capture_of({}), {1234})}; }},
        {"adopt-file", kernel,
         [] { return Failures{adopt(support::capture_of({}), {STDERR_FILENO})}; }},
        {"adopt-other", kernel,
         [] {
             return adopt_changed([](const HandedOver& handed) {
                 return std::vector{handed.state(), handed.socket(), STDERR_FILENO};
             });
         }},
        {"adopt-version", kernel,
         [] {
             return adopt_changed([](const HandedOver& handed) {
                 handed.overwrite(format_at, std::uint32_t{1});
                 return handed.descriptors();
             });
         }},
        {"adopt-socket", kernel,
         [] {
             return adopt_changed(
                 [](const HandedOver& handed) { return std::vector{handed.state()}; });
         }},
        {"adopt-further", kernel,
         [] {
             return adopt_changed([](const HandedOver& handed) {
                 // The number of taps in the state is 0, but there is a socket of a tap.
                 handed.overwrite(taps_at, std::uint64_t{0});
                 return handed.descriptors();
             });
         }},
        {"adopt-damaged", kernel,
         [] {
             return adopt_changed([](const HandedOver& handed) {
                 handed.overwrite(taps_at, std::uint64_t{1} << 62U);
                 return handed.descriptors();
             });
         }},
        {"adopt-namespace", kernel, adopt_elsewhere},
        {"adopt-ended", kernel, adopt_after_the_end},
        {"adopt-unbound", kernel, adopt_unbound},
        {"adopt-groups", kernel,
         [] {
             const Namespace ns;
             const HandedOver handed;
             return Failures{adopt(support::capture_of({6, 7}), handed.descriptors())};
         }},
        {"adopt-owned", kernel, adopt_from_the_living},
        {"adopt-lock", stand_in,
         [] {
             return adopt_with_refused({{SYS_fcntl, support::RefusedCall::Argument{1, F_SETLK}}},
                                       ENOLCK);
         }},
        {"adopt-privileges", kernel, adopt_with_other_settings},
        {"adopt-settings", stand_in,
         [] {
             const Namespace ns;
             const HandedOver handed;
             const Handle handle = support::capture_of({});
             nflogcap_set_snaplen(handle.get(), 60);
             Failures all;
             support::refuse({{SYS_sendto}}, ENOMEM,
                             [&] { all = {adopt(handle, handed.descriptors())}; });
             return all;
         }},
        {"adopt-kernel", stand_in,
         [] {
             return adopt_with_refused(
                 {{SYS_getsockopt, support::RefusedCall::Argument{2, so_netns_cookie}}},
                 ENOPROTOOPT);
         }},
        {"adopt-cookie", stand_in,
         [] {
             return adopt_with_refused(
                 {{SYS_getsockopt, support::RefusedCall::Argument{2, so_netns_cookie}}}, EPERM);
         }},
        {"port", stand_in,
         [] {
             Failures all = adopt_with_refused({{SYS_getsockname}}, ENOBUFS);
             const Namespace ns;
             all.push_back(start_with_refused({{SYS_getsockname}}, ENOBUFS).front());
             return all;
         }},
        {"adopt-descriptors", kernel,
         [] {
             const Namespace ns;
             const HandedOver handed;
             const Handle handle = support::capture_of({});
             const support::NoDescriptors none_left;
             return Failures{adopt(handle, handed.descriptors())};
         }},
        {"adopt-compare", stand_in, [] { return adopt_with_refused({{SYS_socket}}, EMFILE); }},
        {"adopt-epoll", stand_in, [] { return adopt_with_refused({{SYS_epoll_ctl}}, ENOSPC); }},
    };
}
