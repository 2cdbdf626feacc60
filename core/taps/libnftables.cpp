// SPDX-License-Identifier: GPL-2.0-or-later
#include "libnftables.hpp"

#include "error.hpp"
#include "kernel_socket.hpp"
#include "optional_library.hpp"
#include "signals_blocked.hpp"
#include "tap_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iterator>
#include <linux/netlink.h>
#include <new>
#include <string_view>
#include <sys/auxv.h>
#include <sys/select.h>
#include <unistd.h>

namespace nflog {

namespace {

// libnftables initializes libxtables. libxtables ends a process that runs with another user's
// rights.
void require_one_user()
{
    const uid_t real = getuid();
    const uid_t effective = geteuid();
    if (real != effective)
        throw Error(EPERM, "cannot tap: the real user id " + std::to_string(real) +
                               " and the effective user id " + std::to_string(effective) +
                               " differ, and libnftables refuses to run then; make them equal with "
                               "setresuid(2)");
}

// libxtables loads plug-ins from directories that these variables name. It reads the variables with
// getenv(3), even in a program that has more rights than the user who set its environment.
void require_safe_environment()
{
    if (getauxval(AT_SECURE) == 0)
        return;
    for (const char* name : {"XTABLES_LIBDIR", "IPTABLES_LIB_DIR", "IP6TABLES_LIB_DIR"}) {
        if (std::getenv(name) != nullptr) // NOLINT(concurrency-mt-unsafe): only reads
            throw Error(EPERM, "cannot tap: the environment variable " + std::string(name) +
                                   " is set, and libnftables would load code from there with the "
                                   "rights of this program, which is set-user-ID or "
                                   "set-group-ID or has file capabilities; unset the variable");
    }
}

// libnftables ends the process if it cannot open its socket. If its descriptor is FD_SETSIZE or
// more, libnftables writes beyond an fd_set. The socket opened here gets the same descriptor as
// libnftables' socket will get: the lowest free one.
void require_netfilter_socket()
{
    if (open_tap_socket(NETLINK_NETFILTER).get() >= FD_SETSIZE)
        throw Error(EMFILE, "cannot open a netlink socket for the taps: all descriptors below " +
                                std::to_string(FD_SETSIZE) +
                                " are in use, and libnftables can use no other; start the capture "
                                "before the others are opened");
}

// Finds nft's message, and the tap that it is about. Below the message nft shows the script, and in
// the line below that it marks a part of the script.
Libnftables::Complaint complaint(std::string_view printed, const nft::Script& script)
{
    const auto line = [&printed] {
        const std::size_t length = printed.find('\n');
        const std::string_view text = printed.substr(0, length);
        printed.remove_prefix(length == std::string_view::npos ? printed.size() : length + 1);
        return text;
    };
    if (const std::size_t at = printed.find(nft::before_complaint); at != std::string_view::npos)
        printed.remove_prefix(at + nft::before_complaint.size());
    std::string words = "nft says: " + std::string(line());
    std::string_view shown = line();
    if (shown.starts_with(nft::before_expected)) {
        words.append(", ").append(shown);
        shown = line();
    }
    const std::string_view marks = line();
    const std::size_t first = marks.find_first_of("^~");
    const auto next = std::ranges::upper_bound(script.taps, first, {}, &nft::Script::Part::begin);
    if (shown != script.line || first == std::string_view::npos || next == script.taps.begin())
        return {foreign_reason(words), std::nullopt, EIO};

    const nft::Script::Part& part = *std::prev(next);
    if (first >= part.words_at + part.words_length) {
        words += ", at its end";
    } else if (first >= part.words_at) {
        const std::size_t end = std::min(marks.find_first_not_of("^~", first), marks.size());
        words += ", at '" + script.line.substr(first, end - first) + "'";
    }
    const auto tap = static_cast<std::size_t>(&part - script.taps.data());
    return {foreign_reason(words), tap, EIO};
}

} // namespace

Libnftables::Functions Libnftables::load()
{
    const OptionalLibrary library({"libnftables", "libnftables.so.1", "libnftables1"}, "cannot tap",
                                  ", or write a rule that logs to a group (nft ... log group 5) "
                                  "and capture that group");
    Functions functions{};
    library.find("nft_ctx_new", functions.ctx_new);
    library.find("nft_ctx_free", functions.ctx_free);
    library.find("nft_ctx_buffer_error", functions.ctx_buffer_error);
    library.find("nft_ctx_buffer_output", functions.ctx_buffer_output);
    library.find("nft_run_cmd_from_buffer", functions.run_cmd_from_buffer);
    library.find("nft_ctx_get_error_buffer", functions.ctx_get_error_buffer);
    return functions;
}

void Libnftables::require()
{
    load();
}

Libnftables::Libnftables() : functions_(load()), context_(nullptr, functions_.ctx_free)
{
    constexpr std::uint32_t default_flags = 0;
    require_one_user();
    require_safe_environment();
    require_netfilter_socket();
    const UnboundSockets before;
    context_.reset(functions_.ctx_new(default_flags));
    if (!context_ || functions_.ctx_buffer_error(context_.get()) != 0 ||
        functions_.ctx_buffer_output(context_.get()) != 0)
        throw std::bad_alloc();
    socket_ = before.opened_since();
    if (socket_.get() >= 0)
        connect_to_kernel(socket_.get());
}

std::optional<Libnftables::Complaint> Libnftables::run(const nft::Script& script)
{
    // If a command names an interface by its index (iif), libnftables opens a second socket to list
    // all interfaces. It ends the process if it cannot open this socket, or if it reads a forged
    // answer.
    const FileDescriptor holder = hold_id_of_process(NETLINK_ROUTE);
    open_tap_socket(NETLINK_ROUTE);
    // If a signal interrupts libnftables' select(2), libnftables reports a failure although the
    // kernel has run the commands.
    const SignalsBlocked while_it_runs;
    errno = 0; // if errno was EPERM before the call, libnftables prints to standard error
    if (functions_.run_cmd_from_buffer(context_.get(), script.line.c_str()) == 0)
        return std::nullopt;
    const int code = errno;
    Complaint said = complaint(functions_.ctx_get_error_buffer(context_.get()), script);
    if (code != 0)
        said.code = code;
    return said;
}

} // namespace nflog
