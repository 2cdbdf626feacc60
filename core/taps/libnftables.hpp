// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"
#include "nft_commands.hpp"

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

struct nft_ctx;

namespace nflog {

// A context of libnftables, which runs commands in nft's language. The library is loaded at run
// time, so that only programs with taps need it. It stays loaded. It keeps state of the whole
// process, such as the names of interfaces: only one thread may use it at a time.
class Libnftables {
public:
    // Throws Error (EOPNOTSUPP) if the library cannot be loaded.
    static void require();

    // Throws Error if libnftables would end the process here.
    Libnftables();

    // Gives away libnftables' netlink socket, which owns the tables that it creates. It is
    // connected to the kernel before it is first used. None: it could not be told from other
    // threads' sockets.
    [[nodiscard]] FileDescriptor take_socket() noexcept { return std::move(socket_); }

    // Runs one or several lines: all or none. Returns the empty string, or nft's complaint. Throws
    // Error if libnftables would end the process here.
    std::string run(const nft::Command& command);

    // The errno of the last complaint, if it came from the kernel.
    [[nodiscard]] int code() const noexcept { return code_ != 0 ? code_ : EIO; }

private:
    // Declared here and not by libnftables' header, so that every build has taps.
    struct Functions {
        nft_ctx* (*ctx_new)(std::uint32_t flags);
        void (*ctx_free)(nft_ctx* context);
        int (*ctx_buffer_error)(nft_ctx* context);
        int (*ctx_buffer_output)(nft_ctx* context);
        int (*run_cmd_from_buffer)(nft_ctx* context, const char* commands);
        const char* (*ctx_get_error_buffer)(nft_ctx* context);
    };
    static Functions load();

    Functions functions_;
    std::unique_ptr<nft_ctx, void (*)(nft_ctx*)> context_;
    FileDescriptor socket_;
    int code_ = 0;
};

} // namespace nflog
