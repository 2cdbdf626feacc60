// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstdint>
#include <string>

// The port id of libnftables' netlink socket, which owns the taps' table.
namespace nflog {

// A socket of the kind that libnftables opens. Throws Error if it cannot be opened.
FileDescriptor open_tap_socket(int protocol);

// Takes the process's id as port id, so that libnftables' socket, for which the kernel chooses when
// that is first used, gets one that none had before. The table of one that gets the process's id
// while another socket of that id is being closed vanishes (see netlink_socket.cpp), and no lock of
// ours keeps that other away: it may be the application's, or one of a tap before, which a child
// that the application has just forked holds until it executes a program. No descriptor: another
// socket has that id.
FileDescriptor socket_with_id_of_process();

// Another descriptor of libnftables' own socket, which owns the table. libnftables does not reveal
// its own, and that would be open in programs that this one executes.
FileDescriptor socket_that_owns(const std::string& table, std::uint32_t port);

} // namespace nflog
