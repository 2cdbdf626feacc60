// SPDX-License-Identifier: GPL-2.0-or-later
#include "calls.hpp"

#include "network.hpp"

Failure failure(const char* function, int code, nflogcap* handle)
{
    return {function, code, nflogcap_error(handle)};
}

support::Handle capture()
{
    return support::capture_of({group});
}

Failure try_start(const support::Handle& handle)
{
    return CALL(nflogcap_start, handle.get());
}

Failures start_with_refused(std::initializer_list<support::RefusedCall> calls, int error,
                            const support::Handle& handle)
{
    const support::Namespace ns;
    Failures all;
    support::refuse(calls, error, [&] { all.push_back(try_start(handle)); });
    return all;
}

Failures all_settings(nflogcap* handle)
{
    return {CALL(nflogcap_set_snaplen, handle, 96),
            CALL(nflogcap_set_delivery, handle, NFLOGCAP_IMMEDIATE),
            CALL(nflogcap_set_queue_threshold, handle, 10),
            CALL(nflogcap_set_flush_timeout, handle, 10),
            CALL(nflogcap_set_batch_size, handle, 8192),
            CALL(nflogcap_set_socket_buffer, handle, 65536),
            CALL(nflogcap_set_conntrack, handle, 0),
            CALL(nflogcap_set_netns, handle, "/proc/self/ns/net"),
            CALL(nflogcap_set_savefile, handle, "/dev/null"),
            CALL(nflogcap_set_option, handle, "snaplen", "96")};
}

Failures next_and_next_batch(const support::Handle& handle, int timeout_ms)
{
    return {CALL(nflogcap_next, handle.get(), &packet, timeout_ms),
            CALL(nflogcap_next_batch, handle.get(), &packet, 1, timeout_ms)};
}
