// SPDX-License-Identifier: GPL-2.0-or-later
#include "provocations.hpp"

#include "capabilities.hpp"
#include "capture.hpp"
#include "network.hpp"
#include "other_process.hpp"
#include "refused_call.hpp"
#include "savefile.hpp"
#include "scarcity.hpp"
#include "without_taps.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <thread>
#include <unistd.h>

using support::Handle;
using support::Namespace;
using support::refuse;
using support::RefusedCall;
using Failures = std::vector<Failure>;

namespace {

constexpr std::uint16_t group = 5;
const nflogcap_packet* packet = nullptr;

Failure failure(const char* function, int code, nflogcap* handle)
{
    return {function, code, nflogcap_error(handle)};
}

// What became of a call of that function on that handle.
#define CALL(function, handle, ...)                                                                \
    failure(#function, function(handle __VA_OPT__(, ) __VA_ARGS__), handle)

Handle capture()
{
    return support::capture_of({group});
}

Handle capture_in(const char* path)
{
    Handle made = capture();
    nflogcap_set_netns(made.get(), path);
    return made;
}

// The start of a handle that captures one group.
Failure try_start(const Handle& handle)
{
    return CALL(nflogcap_start, handle.get());
}

Failures next_and_next_batch(const Handle& handle, int timeout_ms)
{
    return {CALL(nflogcap_next, handle.get(), &packet, timeout_ms),
            CALL(nflogcap_next_batch, handle.get(), &packet, 1, timeout_ms)};
}

// Each function that sets something up for the next start, with a value that it takes.
Failures all_settings(nflogcap* handle)
{
    return {CALL(nflogcap_add_group, handle, 6),
            CALL(nflogcap_add_tap, handle, "output", "udp dport 9"),
            CALL(nflogcap_set_snaplen, handle, 96),
            CALL(nflogcap_set_delivery, handle, NFLOGCAP_IMMEDIATE),
            CALL(nflogcap_set_queue_threshold, handle, 10),
            CALL(nflogcap_set_flush_timeout, handle, 10),
            CALL(nflogcap_set_batch_size, handle, 8192),
            CALL(nflogcap_set_socket_buffer, handle, 65536),
            CALL(nflogcap_set_conntrack, handle, 0),
            CALL(nflogcap_set_netns, handle, "/proc/self/ns/net"),
            CALL(nflogcap_set_savefile, handle, "/dev/null")};
}

Failures no_handle()
{
    Failures all = all_settings(nullptr);
    all.push_back(CALL(nflogcap_set_filter, nullptr, "udp"));
    all.push_back(CALL(nflogcap_start, nullptr));
    all.push_back(CALL(nflogcap_tap_group, nullptr));
    all.push_back(CALL(nflogcap_fd, nullptr));
    all.push_back(CALL(nflogcap_next, nullptr, &packet, 0));
    all.push_back(CALL(nflogcap_next_batch, nullptr, &packet, 1, 0));
    all.push_back(CALL(nflogcap_wakeup, nullptr));
    all.push_back(CALL(nflogcap_stop, nullptr));
    return all;
}

Failures no_result()
{
    nflogcap* made = nullptr;
    return {{"nflogcap_new", nflogcap_new(nullptr), ""},
            {"nflogcap_open", nflogcap_open(nullptr, &group, 1), ""},
            {"nflogcap_open", nflogcap_open(&made, nullptr, 1), ""}};
}

Failures no_packet_result()
{
    const Handle handle = capture();
    return {CALL(nflogcap_next, handle.get(), nullptr, 0),
            CALL(nflogcap_next_batch, handle.get(), nullptr, 1, 0)};
}

Failures frame()
{
    std::uint8_t byte = 0;
    const nflogcap_packet none{};
    return {{"nflogcap_packet_frame", nflogcap_packet_frame(nullptr, &byte, 1), ""},
            {"nflogcap_packet_frame", nflogcap_packet_frame(&none, nullptr, 1), ""}};
}

Failures new_and_open()
{
    nflogcap* made = nullptr;
    return {{"nflogcap_new", nflogcap_new(&made), ""},
            {"nflogcap_open", nflogcap_open(&made, &group, 1), ""}};
}

Failures new_without_descriptor()
{
    const support::NoDescriptors none;
    return new_and_open();
}

Failures new_without_memory()
{
    std::array<int, 2> codes{};
    {
        const support::NoMemory none;
        nflogcap* made = nullptr;
        codes = {nflogcap_new(&made), nflogcap_open(&made, &group, 1)};
    }
    return {{"nflogcap_new", codes[0], ""}, {"nflogcap_open", codes[1], ""}};
}

Failures without_memory()
{
    const Namespace ns;
    const Handle handle = capture();
    const std::string long_path(1000, '/');
    Failures all;
    // The words are read with memory again.
    const auto call = [&](const char* function, const std::function<int()>& body) {
        int code = 0;
        {
            const support::NoMemory none;
            code = body();
        }
        all.push_back(failure(function, code, handle.get()));
    };
    call("nflogcap_add_group", [&] { return nflogcap_add_group(handle.get(), 6); });
    call("nflogcap_add_tap", [&] { return nflogcap_add_tap(handle.get(), "", long_path.c_str()); });
    call("nflogcap_set_netns", [&] { return nflogcap_set_netns(handle.get(), long_path.c_str()); });
    call("nflogcap_set_filter", [&] { return nflogcap_set_filter(handle.get(), "udp"); });
    call("nflogcap_set_savefile",
         [&] { return nflogcap_set_savefile(handle.get(), long_path.c_str()); });
    nflogcap_set_savefile(handle.get(), nullptr);
    call("nflogcap_start", [&] { return nflogcap_start(handle.get()); });
    call("nflogcap_next_batch", [&] { return nflogcap_next_batch(handle.get(), &packet, 1, 0); });
    const support::Dump dump = support::dump_to("/dev/null");
    const nflogcap_packet none{};
    nflogcap_dump_packet(dump.get(), &none); // for which there is room from the start
    int code = 0;
    {
        const support::NoMemory none_left;
        code = nflogcap_dump_packet(dump.get(), &none);
    }
    all.push_back({"nflogcap_dump_packet", code, nflogcap_dump_error(dump.get())});
    return all;
}

Failures set_after_the_start()
{
    const Namespace ns;
    const Handle handle = support::started({group});
    return all_settings(handle.get());
}

Failures out_of_range()
{
    const Handle handle = capture();
    return {CALL(nflogcap_set_snaplen, handle.get(), 65532),
            CALL(nflogcap_set_queue_threshold, handle.get(), 0),
            CALL(nflogcap_set_flush_timeout, handle.get(), 3'600'001),
            CALL(nflogcap_set_batch_size, handle.get(), 131'073),
            CALL(nflogcap_set_socket_buffer, handle.get(), 4095)};
}

Failures wrong_filter()
{
    const Handle handle = capture();
    return {CALL(nflogcap_set_filter, handle.get(), "udp prt 53"),
            CALL(nflogcap_set_filter, handle.get(), "tcp and udp")};
}

Failures filter_by_direction()
{
    const Handle handle = capture();
    return {CALL(nflogcap_set_filter, handle.get(), "inbound and udp"),
            CALL(nflogcap_set_filter, handle.get(), "outbound")};
}

Failures group_twice()
{
    const Handle handle = capture();
    return {CALL(nflogcap_add_group, handle.get(), group)};
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
    const support::OtherProcess owner([](const auto& ready) {
        const Handle handle = support::started({group});
        ready();
        pause();
    });
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
    const support::OtherProcess owner([](const auto& ready) {
        const Handle handle = support::started({group});
        ready();
        pause();
    });
    // The descriptors of a process with capabilities are not shown to one without.
    const Handle handle = capture();
    Failures all;
    support::without_capabilities([&] { all.push_back(try_start(handle)); });
    return all;
}

Failures owned_and_the_table_unreadable()
{
    const Namespace ns;
    const Handle owner = support::started({group});
    chmod("/proc/thread-self/net/netfilter/nfnetlink_log", 0); // that of the namespace
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

// The start, with these system calls refused.
Failures start_with_refused(std::initializer_list<RefusedCall> calls, int error,
                            const Handle& handle = capture())
{
    const Namespace ns;
    Failures all;
    refuse(calls, error, [&] { all.push_back(try_start(handle)); });
    return all;
}

Failures without_conntrack()
{
    const Namespace ns;
    const Handle handle = capture();
    nflogcap_set_conntrack(handle.get(), 1);
    const Failure real = try_start(handle);
    return real.code < 0 ? Failures{real} // where the kernel can, its refusal is played
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
    // Stopped without privileges, the capture sets itself an alarm.
    const Handle handle = support::started({group});
    nflogcap_stop(handle.get());
    refuse({{SYS_epoll_ctl}, {SYS_sendto}}, ENOSPC,
           [&] { all.push_back(CALL(nflogcap_next, handle.get(), &packet, 1000)); });
    return all;
}

Failures netns_without_capability()
{
    const Handle handle = capture_in("/proc/self/ns/net");
    Failures all;
    support::without_capabilities([&] { all.push_back(try_start(handle)); });
    return all;
}

// The start of a handle that captures the group and has one tap.
Handle tapping(const char* hook, const char* match)
{
    Handle handle = capture();
    if (nflogcap_add_tap(handle.get(), hook, match) < 0)
        throw std::runtime_error(nflogcap_error(handle.get()));
    return handle;
}

Failures start_tapping(const char* hook, const char* match)
{
    const Namespace ns;
    return {try_start(tapping(hook, match))};
}

Failures start_tapping_with_refused(RefusedCall call, int error)
{
    return start_with_refused({call}, error, tapping("output", "udp dport 9"));
}

Failures add_tap(const char* hook, const char* match)
{
    const Handle handle = capture();
    return {CALL(nflogcap_add_tap, handle.get(), hook, match)};
}

Failures tap_without_a_free_group()
{
    const Namespace ns;
    const Handle owner = support::capture_of({});
    for (std::uint32_t number = 65280; number <= UINT16_MAX; ++number)
        nflogcap_add_group(owner.get(), static_cast<std::uint16_t>(number));
    support::start(owner);
    const Handle handle = support::capture_of({});
    nflogcap_add_tap(handle.get(), "output", "udp dport 9");
    return {try_start(handle)};
}

// The lowest free number, which the next descriptor will have.
int next_descriptor()
{
    const int next = dup(STDIN_FILENO);
    close(next);
    return next;
}

Failures tap_with_refused_bind(int error)
{
    const Handle handle = tapping("output", "udp dport 9");
    // After the descriptors of the test's namespace and of the groups' socket.
    const auto third = static_cast<std::uint32_t>(next_descriptor() + 2);
    return start_with_refused({{SYS_bind, {{0, third}}}}, error, handle);
}

Failures tap_with_one_descriptor()
{
    const Namespace ns;
    const Handle handle = tapping("output", "udp dport 9");
    const int last = next_descriptor(); // which the groups' socket takes
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit few = {static_cast<rlim_t>(last) + 1, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    Failures all{try_start(handle)};
    setrlimit(RLIMIT_NOFILE, &before);
    return all;
}

Failures tap_with_all_low_descriptors_taken()
{
    const Namespace ns;
    const Handle handle = tapping("output", "udp dport 9");
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit many = {before.rlim_max, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &many);
    std::vector<int> taken;
    do {
        taken.push_back(dup(STDIN_FILENO));
    } while (taken.back() >= 0 && taken.back() < FD_SETSIZE);
    Failures all{try_start(handle)};
    for (const int fd : taken)
        close(fd);
    setrlimit(RLIMIT_NOFILE, &before);
    return all;
}

Failures ended()
{
    const Namespace ns;
    const Handle handle = support::started({group});
    nflogcap_stop(handle.get());
    return next_and_next_batch(handle, -1);
}

Failures woken()
{
    const Namespace ns;
    const Handle handle = support::started({group});
    nflogcap_wakeup(handle.get());
    Failures all{CALL(nflogcap_next, handle.get(), &packet, -1)};
    nflogcap_wakeup(handle.get());
    all.push_back(CALL(nflogcap_next_batch, handle.get(), &packet, 1, -1));
    return all;
}

Failures interrupted()
{
    const Namespace ns;
    const Handle handle = support::started({group});
    struct sigaction action {};
    struct sigaction before {};
    action.sa_handler = [](int) {};
    sigaction(SIGALRM, &action, &before);
    // Again and again, for the first may come before the wait.
    const itimerval often = {{0, 10'000}, {0, 10'000}};
    const itimerval never{};
    setitimer(ITIMER_REAL, &often, nullptr);
    const Failures all = next_and_next_batch(handle, -1);
    setitimer(ITIMER_REAL, &never, nullptr);
    sigaction(SIGALRM, &before, nullptr);
    return all;
}

// Puts /dev/null in the place of a descriptor.
void replace(int fd)
{
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, fd);
    close(null);
}

int netlink_descriptor()
{
    for (int fd = 0; fd < 1024; ++fd) {
        sockaddr address{};
        socklen_t length = sizeof address;
        if (getsockname(fd, &address, &length) == 0 && address.sa_family == AF_NETLINK)
            return fd;
    }
    throw std::runtime_error("there is no netlink socket");
}

Failures wait_on_a_replaced_descriptor()
{
    const Namespace ns;
    const Handle handle = support::started({group});
    replace(nflogcap_fd(handle.get()));
    return next_and_next_batch(handle, 1000);
}

Failures read_from_a_replaced_descriptor()
{
    const Namespace ns;
    const Handle handle = support::started({group});
    replace(netlink_descriptor());
    nflogcap_stop(handle.get()); // so that it is read without a wait
    return next_and_next_batch(handle, 1000);
}

Failures timer_without_descriptor()
{
    const Namespace ns;
    const Handle handle = support::started({group});
    nflogcap_stop(handle.get());
    Failures all;
    support::without_capabilities([&] {
        const support::NoDescriptors none;
        all = next_and_next_batch(handle, 1000);
    });
    return all;
}

Failure read_from(const std::string& path)
{
    return try_start(support::reader_of(path));
}

Failures tap_of_a_savefile()
{
    const Handle handle = capture();
    nflogcap_set_savefile(handle.get(), "/dev/zero");
    nflogcap_add_tap(handle.get(), nullptr, "udp");
    return {CALL(nflogcap_start, handle.get())};
}

Failures of_another_link_type()
{
    const support::TemporaryFile file(support::PcapFile(support::linktype_ethernet).bytes());
    return {read_from(file.path())};
}

Failures cut_at_a_length()
{
    const support::TemporaryFile file(
        support::PcapFile(support::linktype_nflog).add_claiming(UINT32_MAX, 1, {}).bytes());
    Failures all;
    for (const bool batch : {false, true}) {
        const Handle handle = support::reader_of(file.path());
        support::start(handle);
        all.push_back(batch ? CALL(nflogcap_next_batch, handle.get(), &packet, 1, 0)
                            : CALL(nflogcap_next, handle.get(), &packet, 0));
    }
    return all;
}

Failures read_refused()
{
    const support::TemporaryFile file(support::PcapFile(support::linktype_nflog).bytes());
    Failures all;
    for (const bool batch : {false, true}) {
        const Handle handle = support::reader_of(file.path());
        support::start(handle);
        refuse({{SYS_read}}, EIO, [&] {
            all.push_back(batch ? CALL(nflogcap_next_batch, handle.get(), &packet, 1, 0)
                                : CALL(nflogcap_next, handle.get(), &packet, 0));
        });
    }
    return all;
}

// What became of a call of that function on that savefile.
#define DUMP(function, dump, ...)                                                                  \
    Failure                                                                                        \
    {                                                                                              \
#function, static_cast < int>(function(dump __VA_OPT__(, ) __VA_ARGS__)),                  \
            nflogcap_dump_error(dump)                                                              \
    }

Failures no_dump()
{
    nflogcap_dump* made = nullptr;
    return {{"nflogcap_dump_open", nflogcap_dump_open(nullptr, "/dev/null"), ""},
            {"nflogcap_dump_open", nflogcap_dump_open(&made, nullptr), ""},
            DUMP(nflogcap_dump_packet, nullptr, nullptr),
            DUMP(nflogcap_dump_flush, nullptr),
            DUMP(nflogcap_dump_position, nullptr)};
}

Failures dump_to_nowhere()
{
    nflogcap_dump* made = nullptr;
    return {{"nflogcap_dump_open", nflogcap_dump_open(&made, "/no/such/directory/x"), ""},
            {"nflogcap_dump_open", nflogcap_dump_open(&made, "/dev/full"), ""}};
}

Failures dump_to_a_pipe_without_a_reader()
{
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0)
        throw std::runtime_error("there is no pipe");
    support::Dump dump = support::dump_to("/proc/self/fd/" + std::to_string(ends[1]));
    close(ends[0]);
    close(ends[1]);
    const std::array<std::uint8_t, 8> message{};
    nflogcap_packet short_one{};
    short_one.message = message.data();
    short_one.message_length = message.size();
    nflogcap_dump_packet(dump.get(), &short_one); // gathered
    const Failures all{DUMP(nflogcap_dump_flush, dump.get()),
                       DUMP(nflogcap_dump_packet, dump.get(), &short_one)};
    dump.reset();
    std::signal(SIGPIPE, before);
    return all;
}

Failures dump_too_long()
{
    const support::Dump dump = support::dump_to("/dev/null");
    nflogcap_packet huge{};
    huge.message_length = 262145;
    return {DUMP(nflogcap_dump_packet, dump.get(), &huge)};
}

Failures dump_close_refused()
{
    support::Dump dump = support::dump_to("/dev/null");
    int code = 0;
    refuse({{SYS_close}}, EIO, [&] { code = nflogcap_dump_close(dump.release()); });
    return {{"nflogcap_dump_close", code, ""}};
}

} // namespace

const std::vector<Provocation>& provocations()
{
    constexpr bool kernel = false;
    constexpr bool stand_in = true;
    static const std::vector<Provocation> all = {
        {"no-handle", kernel, no_handle},
        {"no-result", kernel, no_result},
        {"no-packet-result", kernel, no_packet_result},
        {"timeout", kernel, [] { return next_and_next_batch(capture(), -2); }},
        {"capacity", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_next_batch, handle.get(), &packet, 0, 0)};
         }},
        {"frame", kernel, frame},

        {"new-descriptor", kernel, new_without_descriptor},
        {"new-memory", kernel, new_without_memory},
        {"memory", kernel, without_memory},
        {"started", kernel, set_after_the_start},
        {"range", kernel, out_of_range},
        {"delivery", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_set_delivery, handle.get(), 3)};
         }},
        {"savefile-empty", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_set_savefile, handle.get(), "")};
         }},
        {"netns-empty", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_set_netns, handle.get(), "")};
         }},
        {"filter", kernel, wrong_filter},
        {"filter-direction", kernel, filter_by_direction},
        {"group-twice", kernel, group_twice},

        {"start-twice", kernel, start_twice},
        {"start-no-group", kernel, [] { return Failures{try_start(support::capture_of({}))}; }},
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
        {"socket-address", stand_in, [] { return start_with_refused({{SYS_bind}}, EPERM); }},
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
        {"savefile-link-type", kernel, of_another_link_type},
        {"savefile-tapped", kernel, tap_of_a_savefile},

        {"tap-support", kernel, [] { return Failures{add_tap_without_libnftables()}; }},
        {"tap-hook", kernel, [] { return add_tap("egress", "udp dport 9"); }},
        {"tap-line", kernel, [] { return add_tap("output", "udp dport 9 # drop"); }},
        {"tap-none", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_tap_group, handle.get())};
         }},
        {"tap-unchosen", kernel,
         [] {
             const Handle handle = support::capture_of({});
             nflogcap_add_tap(handle.get(), "output", "udp dport 9");
             return Failures{CALL(nflogcap_tap_group, handle.get())};
         }},
        {"tap-match", kernel, [] { return start_tapping("output", "udp dprt 9"); }},
        {"tap-more", kernel, [] { return start_tapping("output", "udp dport 9 counter"); }},
        {"tap-device", kernel, [] { return start_tapping("ingress:eth7", "udp dport 9"); }},
        {"tap-at-hook", kernel, [] { return start_tapping("ingress:lo", "fib daddr type local"); }},
        {"tap-groups", kernel, tap_without_a_free_group},
        {"tap-table", stand_in,
         [] { return start_tapping_with_refused({SYS_sendmsg}, EOPNOTSUPP); }},
        {"tap-query", stand_in,
         [] {
             constexpr std::uint32_t length_of_the_question = 36;
             return start_tapping_with_refused({SYS_sendto, {{2, length_of_the_question}}}, ENOMEM);
         }},
        {"tap-socket", kernel, tap_with_one_descriptor},
        {"tap-descriptor", kernel, tap_with_all_low_descriptors_taken},
        {"tap-bind", stand_in, [] { return tap_with_refused_bind(ENOMEM); }},
        {"tap-port", stand_in, [] { return tap_with_refused_bind(EADDRINUSE); }},
        {"tap-keep", stand_in,
         [] {
             return start_tapping_with_refused({SYS_fcntl, {{1, F_DUPFD_CLOEXEC}}}, EMFILE);
         }},
        {"tap-owner", stand_in,
         [] {
             return start_tapping_with_refused({SYS_getsockopt, {{2, SO_PROTOCOL}}}, EPERM);
         }},

        {"ended", kernel, ended},
        {"woken", kernel, woken},
        {"interrupted", kernel, interrupted},
        {"not-started", kernel, [] { return next_and_next_batch(capture(), 0); }},
        {"wait", kernel, wait_on_a_replaced_descriptor},
        {"read", kernel, read_from_a_replaced_descriptor},
        {"timer", kernel, timer_without_descriptor},
        {"savefile-damaged", kernel, cut_at_a_length},
        {"savefile-read", stand_in, read_refused},

        {"dump-none", kernel, no_dump},
        {"dump-no-packet", kernel,
         [] {
             const support::Dump dump = support::dump_to("/dev/null");
             return Failures{DUMP(nflogcap_dump_packet, dump.get(), nullptr)};
         }},
        {"dump-create", kernel, dump_to_nowhere},
        {"dump-write", kernel, dump_to_a_pipe_without_a_reader},
        {"dump-close", stand_in, dump_close_refused},
        {"dump-too-long", kernel, dump_too_long},
    };
    return all;
}
