// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// The kernel's header before libnetfilter_log's, which has the same include guard.
#include <linux/netfilter/nfnetlink_log.h>

#include <cstddef>
#include <cstdint>
#include <libnetfilter_log/libnetfilter_log.h>
#include <memory>
#include <span>
#include <stdexcept>

namespace oracle {

// libnetfilter_log's own reading of batches. It hands them to whoever has bound their group on its
// handle, so nobody else may have it bound in this network namespace; it asks not whence they come.
class Library {
public:
    explicit Library(std::uint16_t group)
        : handle_(nflog_open(), nflog_close), bound_(nullptr, nflog_unbind_group)
    {
        if (handle_)
            bound_.reset(nflog_bind_group(handle_.get(), group));
        if (!bound_)
            throw std::runtime_error("libnetfilter_log cannot bind a group");
    }

    void call_back(nflog_callback* callback, void* data)
    {
        nflog_callback_register(bound_.get(), callback, data);
    }

    // Calls back for each packet.
    void read(std::span<std::byte> batch)
    {
        // The result says nothing: it fails on the close of every batch of more than one packet.
        nflog_handle_packet(handle_.get(), reinterpret_cast<char*>(batch.data()),
                            static_cast<int>(batch.size()));
    }

private:
    std::unique_ptr<nflog_handle, decltype(&nflog_close)> handle_;
    std::unique_ptr<nflog_g_handle, decltype(&nflog_unbind_group)> bound_;
};

} // namespace oracle
