// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"
#include "nft_script.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

struct nft_ctx;

namespace nflog {

// A context of libnftables. It runs commands in nft's language. The library is loaded at run time,
// so that only programs with taps require it, and it stays loaded. It keeps state for the whole
// process, such as the names of interfaces.
class Libnftables {
public:
    // Throws Error (EOPNOTSUPP) if the library cannot be loaded.
    static void require();

    // The thread must hold the lock of lock_out_fork(). Throws Error if libnftables would end the
    // process here.
    Libnftables();

    // Returns the netlink socket of libnftables. It owns the tables that libnftables creates, and
    // was connected to the kernel before it was first used. Returns an empty descriptor if the
    // socket could not be distinguished from sockets of other threads.
    [[nodiscard]] FileDescriptor take_socket() noexcept { return std::move(socket_); }

    struct Complaint {
        std::string words;              // nft's message
        std::optional<std::size_t> tap; // index of the tap that failed; absent: the table failed
        int code;                       // the kernel's errno, or EIO
    };
    // Runs all commands, or none if one fails. Throws Error if libnftables would end the process
    // here.
    std::optional<Complaint> run(const nft::Script& script);

private:
    // The functions are declared here, so that a build needs no header of libnftables to have taps.
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
};

} // namespace nflog
