// SPDX-License-Identifier: GPL-2.0-or-later
// Provokes the errors of captures that cannot return a packet.
#include "provocations.hpp"

#include "calls.hpp"
#include "capabilities.hpp"
#include "compressed.hpp"
#include "network.hpp"
#include "savefile.hpp"
#include "scarcity.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

using support::Handle;
using support::Namespace;
using support::refuse;

namespace {

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
    // The timer sends signals repeatedly, because the first one may arrive before the wait.
    const itimerval often = {{0, 10'000}, {0, 10'000}};
    const itimerval never{};
    setitimer(ITIMER_REAL, &often, nullptr);
    const Failures all = next_and_next_batch(handle, -1);
    setitimer(ITIMER_REAL, &never, nullptr);
    sigaction(SIGALRM, &before, nullptr);
    return all;
}

// Replaces a descriptor by /dev/null.
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
    throw std::runtime_error("this process has no netlink socket");
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
    nflogcap_stop(handle.get()); // so that the call reads the descriptor without waiting
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

Failures failures_of_reading(const support::FileBytes& bytes)
{
    const support::TemporaryFile file(bytes);
    Failures all;
    for (const bool batch : {false, true}) {
        const Handle handle = support::reader_of(file.path());
        support::start(handle);
        all.push_back(batch ? CALL(nflogcap_next_batch, handle.get(), &packet, 1, 0)
                            : CALL(nflogcap_next, handle.get(), &packet, 0));
    }
    return all;
}

Failures cut_at_a_length()
{
    return failures_of_reading(
        support::PcapFile(support::linktype_nflog).add_claiming(UINT32_MAX, 1, {}).bytes());
}

// Reads a file of two parts that were compressed separately. The second one is cut to `size` bytes,
// and its last byte is changed by `change`.
Failures compressed_up_to(std::size_t size, std::byte change)
{
    support::FileBytes second = support::gzip({});
    second.resize(size);
    second.back() ^= change;
    return failures_of_reading(
        support::joined(support::gzip(support::PcapFile(support::linktype_nflog).bytes()), second));
}

Failures read_refused()
{
    const support::TemporaryFile file(support::PcapFile(support::linktype_nflog).bytes());
    Failures all;
    for (const bool batch : {false, true}) {
        const Handle handle = support::reader_of(file.path());
        support::start(handle);
        refuse({{SYS_pread64}}, EIO, [&] {
            all.push_back(batch ? CALL(nflogcap_next_batch, handle.get(), &packet, 1, 0)
                                : CALL(nflogcap_next, handle.get(), &packet, 0));
        });
    }
    return all;
}

} // namespace

std::vector<Provocation> provocations_of_receiving()
{
    return {
        {"ended", kernel, ended},
        {"woken", kernel, woken},
        {"interrupted", kernel, interrupted},
        {"not-started", kernel, [] { return next_and_next_batch(capture(), 0); }},
        {"wait", kernel, wait_on_a_replaced_descriptor},
        {"read", kernel, read_from_a_replaced_descriptor},
        {"timer", kernel, timer_without_descriptor},
        {"savefile-damaged", kernel, cut_at_a_length},
        {"savefile-cut", kernel, [] { return compressed_up_to(5, std::byte{0}); }},
        {"savefile-undecodable", kernel, [] { return compressed_up_to(2, std::byte{1}); }},
        {"savefile-read", stand_in, read_refused},
    };
}
