// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap_table.hpp"

#include "error.hpp"
#include "nft_commands.hpp"
#include "nft_queries.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/netlink.h>
#include <memory>
#include <mutex>
#include <net/if.h>
#include <nftables/libnftables.h>
#include <optional>
#include <string_view>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace nflog {

namespace {

// libnftables keeps things of its own for the whole process, such as the names of interfaces.
std::mutex one_at_a_time;

// A netfilter socket of the kind that libnftables opens.
FileDescriptor open_socket()
{
    FileDescriptor opened(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
    if (opened.get() < 0)
        throw system_failure("cannot open a netlink socket for the taps", errno);
    return opened;
}

// Takes the process's id as port id, so that libnftables' socket, for which the kernel chooses when
// that is first used, gets one that none had before. The table of one that gets the process's id
// while another socket of that id is being closed vanishes (see netlink_socket.cpp), and no lock of
// ours keeps that other away: it may be the application's, or one of a tap before, which a child
// that the application has just forked holds until it executes a program. No descriptor: another
// socket has that id.
FileDescriptor socket_with_id_of_process()
{
    FileDescriptor holder = open_socket();
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_pid = static_cast<std::uint32_t>(getpid());
    if (bind(holder.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return holder;
    if (errno != EADDRINUSE)
        throw system_failure("cannot bind a netlink socket for the taps", errno);
    return FileDescriptor();
}

// Where it cannot have a socket, libnftables ends the process; with a number of FD_SETSIZE or more
// it writes beyond an fd_set. It opens the lowest free number, as this does.
void require_descriptor_for_libnftables()
{
    if (open_socket().get() >= FD_SETSIZE)
        throw Error(EMFILE, "cannot open a netlink socket for the taps: this process has so many "
                            "descriptors open that there is none below " +
                                std::to_string(FD_SETSIZE) +
                                " left, and libnftables can use no other; start the capture "
                                "before the others are opened");
}

// nft's complaint in its own words, without its picture of the command. What that points at is
// named where it is the user's.
std::string complaint(std::string_view printed, const nft::Command& command)
{
    const auto line = [&printed] {
        const std::size_t length = printed.find('\n');
        const std::string_view text = printed.substr(0, length);
        printed.remove_prefix(length == std::string_view::npos ? printed.size() : length + 1);
        return text;
    };
    if (const std::size_t at = printed.find(nft::complaint_mark); at != std::string_view::npos)
        printed.remove_prefix(at + std::string_view(nft::complaint_mark).size());
    std::string words = "nft says: " + std::string(line());
    const std::string_view shown = line();
    const std::string_view picture = line();
    const std::size_t first = picture.find_first_of("^~");
    if (shown != command.text || first == std::string_view::npos || command.words_length == 0 ||
        first < command.words_at)
        return words;
    if (first >= command.words_at + command.words_length)
        return words + ", at its end";
    const std::size_t end = std::min(picture.find_first_not_of("^~", first), picture.size());
    return words + ", at '" + command.text.substr(first, end - first) + "'";
}

class Libnftables {
public:
    Libnftables() : context_((require_descriptor_for_libnftables(), nft_ctx_new(NFT_CTX_DEFAULT)))
    {
        if (!context_ || nft_ctx_buffer_error(context_.get()) != 0 ||
            nft_ctx_buffer_output(context_.get()) != 0)
            throw std::bad_alloc();
    }

    // Runs it, or lines of several: all or none. Returns the empty string, or what nft says of
    // them.
    std::string run(const nft::Command& command)
    {
        errno = 0; // libnftables writes on standard error where it finds EPERM, old ones too
        if (nft_run_cmd_from_buffer(context_.get(), command.text.c_str()) == 0)
            return {};
        code_ = errno;
        return complaint(nft_ctx_get_error_buffer(context_.get()), command);
    }

    // Of the last failure, where the kernel refused.
    [[nodiscard]] int code() const noexcept { return code_ != 0 ? code_ : EIO; }

private:
    struct Free {
        void operator()(nft_ctx* context) const noexcept { nft_ctx_free(context); }
    };
    std::unique_ptr<nft_ctx, Free> context_;
    int code_ = 0;
};

// A name that says which group it is of, and that no table has.
std::string free_name(std::uint16_t group)
{
    const std::string first = "nflogcap-" + std::to_string(group);
    std::string name = first;
    for (int number = 2; owner_of_table(name); ++number)
        name = first + "-" + std::to_string(number);
    return name;
}

bool is_bound_to(int fd, std::uint32_t port)
{
    int protocol = -1;
    socklen_t length = sizeof protocol;
    sockaddr_nl address{};
    socklen_t address_length = sizeof address;
    return getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) == 0 &&
           protocol == NETLINK_NETFILTER &&
           getsockname(fd, reinterpret_cast<sockaddr*>(&address), &address_length) == 0 &&
           address.nl_family == AF_NETLINK && address.nl_pid == port;
}

// Another descriptor of libnftables' own socket, which owns the table. That one is not its to tell,
// and would be open in programs that this one executes.
FileDescriptor socket_that_owns(const std::string& table, std::uint32_t port)
{
    for (int fd = 0; port != 0 && fd < FD_SETSIZE; ++fd) {
        if (!is_bound_to(fd, port))
            continue;
        FileDescriptor own(fcntl(fd, F_DUPFD_CLOEXEC, 0));
        if (own.get() < 0)
            throw system_failure("cannot keep the netlink socket of the taps", errno);
        return own;
    }
    throw Error(ENOENT, "cannot find the netlink socket that owns the table " + table);
}

std::string no_table(const std::string& name, const std::string& said)
{
    return "cannot make the table " + name + " for the taps: " + said +
           "; a table that ends with its program takes Linux 5.12, with nf_tables";
}

struct NewTable {
    Libnftables libnftables;
    std::string name;
    FileDescriptor socket; // that owns it
};

NewTable create_table(std::uint16_t group, std::size_t chains)
{
    constexpr int attempts = 100;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const FileDescriptor holder = socket_with_id_of_process();
        Libnftables libnftables;
        const std::string name = free_name(group);
        if (const std::string said = libnftables.run(nft::create_table(name, chains));
            !said.empty())
            throw Error(libnftables.code(), no_table(name, said));
        const std::optional<std::uint32_t> port = owner_of_table(name);
        if (!port)
            continue;
        NewTable table = {std::move(libnftables), name, socket_that_owns(name, *port)};
        if (*port != static_cast<std::uint32_t>(getpid()))
            return table;
        remove_table(table.socket.get(), name); // another socket had the id, until just now
    }
    throw Error(EADDRINUSE, "cannot make a table for the taps: other netlink sockets of this "
                            "process come and go all the time; start the capture before they do");
}

void lay_rule(Libnftables& libnftables, const std::string& table, const std::string& chain,
              const Tap& tap, std::uint16_t group)
{
    const std::string what = "cannot tap '" + tap.match() + "': ";
    const std::string said = libnftables.run(nft::add_rule(table, chain, tap.match(), group));
    if (!said.empty())
        throw Error(EINVAL, what + said + "; give a match as in a rule of nft's, and no verdict");
    if (!only_matches_and_logs(table, chain, group))
        throw Error(EINVAL, what + "it does more than match, and a tap leaves packets as they are; "
                                   "leave out verdicts, statements such as log and counter, and "
                                   "what sets a value");
}

// Has packets pass the rule. Up to here none did.
void lay_hook(Libnftables& libnftables, const std::string& table, const std::string& chain,
              const Tap& tap, const Tap::Hook& hook)
{
    const std::string at = hook.name + (hook.device.empty() ? "" : " of " + hook.device);
    const std::string what = "cannot tap '" + tap.match() + "' at " + at + ": ";
    if (!hook.device.empty() && if_nametoindex(hook.device.c_str()) == 0) {
        if (errno != ENODEV)
            throw system_failure("cannot look for the device " + hook.device + " of a tap", errno);
        throw Error(ENODEV, what +
                                "there is no such device in the network namespace; 'ip link' lists "
                                "those that there are");
    }
    const std::string said = libnftables.run(nft::add_hook(table, chain, hook));
    if (!said.empty())
        throw Error(libnftables.code(), what + said +
                                            "; the kernel has no such hook, or part of the match "
                                            "cannot be used at it");
}

} // namespace

void TapTable::require_support() {}

TapTable::TapTable(const Ownership& ownership) : ownership_(ownership) {}

TapTable::TapTable(const std::vector<Tap>& taps, std::uint16_t group, const Ownership& ownership)
    : TapTable(ownership)
{
    const std::lock_guard lock(one_at_a_time);
    NewTable table = create_table(group, taps.size());
    name_ = table.name;
    socket_ = std::move(table.socket);
    int number = 0;
    for (const Tap& tap : taps) {
        const std::string chain = "tap-" + std::to_string(++number);
        lay_rule(table.libnftables, name_, chain, tap, group);
        for (const Tap::Hook& hook : tap.hooks())
            lay_hook(table.libnftables, name_, chain, tap, hook);
    }
}

TapTable::~TapTable()
{
    if (socket_.get() >= 0 && ownership_.is_mine())
        remove_table(socket_.get(), name_);
}

} // namespace nflog
