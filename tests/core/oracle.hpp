// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// The kernel's header is included before libnetfilter_log's, which has the same include guard.
#include <linux/netfilter/nfnetlink_log.h>

#include <arpa/inet.h>
#include <cstddef>
#include <cstdint>
#include <libnetfilter_log/libnetfilter_log.h>
#include <linux/netfilter/nfnetlink.h>
#include <memory>
#include <nflogcap.h>
#include <span>
#include <stdexcept>
#include <sys/time.h>

namespace oracle {

// Reads batches with libnetfilter_log. That library passes packets only to a group that its own
// handle has bound. Therefore no other socket may have bound the group in this network namespace.
// The library does not check where the batches come from.
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

    // Calls the callback for each packet.
    void read(std::span<std::byte> batch)
    {
        // The result is ignored: it is an error for every batch with several packets, because of
        // their NLMSG_DONE.
        nflog_handle_packet(handle_.get(), reinterpret_cast<char*>(batch.data()),
                            static_cast<int>(batch.size()));
    }

private:
    std::unique_ptr<nflog_handle, decltype(&nflog_close)> handle_;
    std::unique_ptr<nflog_g_handle, decltype(&nflog_unbind_group)> bound_;
};

// Compare the results of libnetfilter_log's getters for one packet with the fields that the parser
// read from the same bytes. Return the name of a field that differs, or nullptr.

inline const char* difference_in_header(const nflogcap_packet& view, const nfgenmsg& generic,
                                        nflog_data* theirs)
{
    if (view.message != reinterpret_cast<const std::uint8_t*>(&generic))
        return "message";
    if (view.family != generic.nfgen_family || view.group != ntohs(generic.res_id))
        return "family, group";
    const nfulnl_msg_packet_hdr* header = nflog_get_msg_packet_hdr(theirs);
    if (view.hw_protocol != (header != nullptr ? ntohs(header->hw_protocol) : 0) ||
        view.hook != (header != nullptr ? header->hook : 0))
        return "hw_protocol, hook";
    return nullptr;
}

inline const char* difference_in_link_layer(const nflogcap_packet& view, nflog_data* theirs)
{
    if (view.hw_type != nflog_get_hwtype(theirs))
        return "hw_type";
    if (view.hw_header_length != nflog_get_msg_packet_hwhdrlen(theirs) ||
        reinterpret_cast<const char*>(view.hw_header) != nflog_get_msg_packet_hwhdr(theirs))
        return "hw_header";
    const nfulnl_msg_packet_hw* address = nflog_get_packet_hw(theirs);
    if (view.hw_address != (address != nullptr ? address->hw_addr : nullptr) ||
        view.hw_address_length != (address != nullptr ? ntohs(address->hw_addrlen) : 0))
        return "hw_address";
    return nullptr;
}

inline const char* difference_in_numbers(const nflogcap_packet& view, nflog_data* theirs)
{
    if (view.mark != nflog_get_nfmark(theirs))
        return "mark";
    if (view.indev != nflog_get_indev(theirs) || view.outdev != nflog_get_outdev(theirs) ||
        view.physindev != nflog_get_physindev(theirs) ||
        view.physoutdev != nflog_get_physoutdev(theirs))
        return "indev, outdev, physindev, physoutdev";
    const auto differs = [&](std::uint64_t bit, std::uint32_t ours, auto* getter) {
        std::uint32_t value = 0;
        const bool present = getter(theirs, &value) == 0;
        return ((view.present & bit) != 0) != present || ours != value;
    };
    if (differs(NFLOGCAP_HAS_UID, view.uid, nflog_get_uid) ||
        differs(NFLOGCAP_HAS_GID, view.gid, nflog_get_gid))
        return "uid, gid";
    if (differs(NFLOGCAP_HAS_SEQ, view.seq, nflog_get_seq) ||
        differs(NFLOGCAP_HAS_SEQ_GLOBAL, view.seq_global, nflog_get_seq_global))
        return "seq, seq_global";
    return nullptr;
}

inline const char* difference_in_timestamp(const nflogcap_packet& view, nflog_data* theirs)
{
    timeval time{};
    const bool present = nflog_get_timestamp(theirs, &time) == 0;
    const auto seconds = static_cast<std::uint64_t>(time.tv_sec);
    const auto microseconds = static_cast<std::uint64_t>(time.tv_usec);
    if (((view.present & NFLOGCAP_HAS_TIMESTAMP) != 0) != present ||
        view.timestamp_ns != seconds * 1'000'000'000 + microseconds * 1'000)
        return "timestamp_ns";
    return nullptr;
}

inline const char* difference_in_bytes(const nflogcap_packet& view, nflog_data* theirs)
{
    if (view.prefix != nflog_get_prefix(theirs))
        return "prefix";
    char* payload = nullptr;
    const int length = nflog_get_payload(theirs, &payload);
    if (((view.present & NFLOGCAP_HAS_PAYLOAD) != 0) != (length >= 0))
        return "payload";
    if (length >= 0 && (reinterpret_cast<const char*>(view.payload) != payload ||
                        view.payload_length != static_cast<std::uint32_t>(length)))
        return "payload";
    return nullptr;
}

inline const char* first_difference(const nflogcap_packet& view, const nfgenmsg& generic,
                                    nflog_data* theirs)
{
    if (const char* field = difference_in_header(view, generic, theirs))
        return field;
    if (const char* field = difference_in_numbers(view, theirs))
        return field;
    if (const char* field = difference_in_timestamp(view, theirs))
        return field;
    if (const char* field = difference_in_link_layer(view, theirs))
        return field;
    return difference_in_bytes(view, theirs);
}

} // namespace oracle
