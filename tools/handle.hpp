// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "advice.hpp"
#include "failure.hpp"

#include <memory>
#include <nflogcap.h>

namespace command {

struct CloseHandle {
    void operator()(nflogcap* handle) const { nflogcap_close(handle); }
};
using Handle = std::unique_ptr<nflogcap, CloseHandle>;

inline Handle new_handle()
{
    nflogcap* handle = nullptr;
    if (const int code = nflogcap_new(&handle); code < 0)
        throw Failure(std::string("cannot prepare a capture: ") + nflogcap_strerror(code) +
                      advice_on(-code));
    return Handle(handle);
}

// Returns `code`, the result of a call on the handle. Throws the handle's error text if the call
// failed.
inline int check(const Handle& handle, int code)
{
    if (code < 0)
        throw Failure(nflogcap_error(handle.get()) + advice_on(-code));
    return code;
}

inline nflogcap_stats stats_of(const Handle& handle)
{
    nflogcap_stats stats{};
    check(handle, nflogcap_get_stats(handle.get(), &stats, sizeof stats));
    return stats;
}

} // namespace command
