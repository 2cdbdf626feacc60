// SPDX-License-Identifier: GPL-2.0-or-later
#include "adopted.hpp"

#include "error.hpp"
#include "group_owners.hpp"
#include "socket_identity.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace nflog {

namespace {

constexpr const char* failure = "cannot adopt a capture: ";

void require_open(int descriptor)
{
    if (fcntl(descriptor, F_GETFD) < 0)
        throw Error(EBADF, failure + ("descriptor " + std::to_string(descriptor)) +
                               " is not open; pass those that the other process handed over");
}

// Finds the shared memory: it is the only descriptor that is not a socket.
SharedMemory memory_among(std::span<const int> descriptors)
{
    std::ranges::for_each(descriptors, require_open);
    const auto found = std::ranges::find_if_not(descriptors, is_netfilter_socket);
    if (found == descriptors.end())
        throw Error(EBADMSG,
                    std::string(failure) +
                        "none of the descriptors has the state of a capture; pass all that "
                        "the other process handed over");
    FileDescriptor file(*found);
    try {
        return {file, sizeof(HandoverState)};
    } catch (...) {
        static_cast<void>(file.release());
        throw;
    }
}

FileDescriptor duplicate(int descriptor)
{
    FileDescriptor duplicated(fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
    if (duplicated.get() < 0)
        throw system_failure(std::string(failure) + "cannot duplicate a descriptor", errno);
    return duplicated;
}

} // namespace

Adopted::Adopted(std::span<const int> descriptors)
    : memory_(memory_among(descriptors)), state_(&HandoverState::in(memory_))
{
    try {
        for (const int descriptor : descriptors) {
            if (descriptor == memory_.fd())
                continue;
            if (!is_netfilter_socket(descriptor))
                throw Error(EBADMSG, failure + ("descriptor " + std::to_string(descriptor)) +
                                         " is neither a netfilter socket nor the state of the "
                                         "capture; pass the descriptors of one capture alone");
            originals_.push_back(descriptor);
            sockets_.emplace(port_of(descriptor), duplicate(descriptor));
        }
        require_capture();
        require_network_namespace();
        taps_ = tap_records_in(state_->read_taps(memory_));
        require_known_sockets();
        find_groups();
        require_owned_groups();
    } catch (...) {
        memory_.release();
        throw;
    }
}

Adopted::~Adopted()
{
    memory_.release();
}

FileDescriptor Adopted::take_socket(std::uint32_t port) noexcept
{
    const auto found = sockets_.find(port);
    return found == sockets_.end() ? FileDescriptor() : std::move(found->second);
}

void Adopted::accept() noexcept
{
    for (const int descriptor : originals_)
        close(descriptor);
}

void Adopted::require_capture() const
{
    if (state_->format != 0 && state_->format != HandoverState::first_format)
        throw Error(EPROTONOSUPPORT, std::string(failure) +
                                         "a later version of nflogcap handed it over, in a form "
                                         "that this version does not know; use that version");
    if (!sockets_.contains(state_->port))
        throw Error(EBADMSG, std::string(failure) +
                                 "none of the descriptors is its socket; pass all that the other "
                                 "process handed over");
}

void Adopted::require_network_namespace() const
{
    const std::uint64_t here = network_namespace_of_thread();
    for (const auto& [port, socket] : sockets_) {
        if (network_namespace_of(socket.get()) != here)
            throw Error(EXDEV,
                        std::string(failure) +
                            "its socket belongs to another network namespace; adopt it there, "
                            "or set the option netns");
    }
}

void Adopted::require_known_sockets() const
{
    const auto is_known = [this](std::uint32_t port) {
        return port == state_->port ||
               std::ranges::find(taps_, port, &TapRecord::port) != taps_.end();
    };
    for (const auto& [port, socket] : sockets_) {
        if (!is_known(port))
            throw Error(EBADMSG,
                        failure + ("the socket with the netlink port " + std::to_string(port)) +
                            " does not belong to it; pass the descriptors of one capture alone");
    }
}

void Adopted::find_groups()
{
    for (std::size_t number = 0; number < state_->groups.size(); ++number) {
        const GroupState& group = state_->groups[number];
        const bool is_captured = group.is(GroupState::captured);
        const bool is_counted = group.is(GroupState::counted);
        if (is_captured || is_counted)
            groups_.push_back({static_cast<std::uint16_t>(number), is_captured, is_counted});
    }
    if (std::ranges::none_of(groups_, &GroupPlace::is_captured))
        throw Error(ENODATA, std::string(failure) +
                                 "it has ended, or was not started; start one of your own");
}

// Throws Error if a group is not owned by the socket. Does nothing if the kernel's table of groups
// cannot be read.
void Adopted::require_owned_groups() const
{
    const auto ports = ports_of_groups();
    if (!ports)
        return;
    for (const GroupPlace& place : groups_) {
        const auto found = ports->find(place.group);
        if (place.is_captured && place.is_bound &&
            (found == ports->end() || found->second != state_->port))
            throw Error(EBADMSG, failure + ("group " + std::to_string(place.group)) +
                                     " is not bound to its socket; start one of your own");
    }
}

} // namespace nflog
