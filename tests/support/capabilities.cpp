// SPDX-License-Identifier: GPL-2.0-or-later
#include "capabilities.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace support {

namespace {

void with_capabilities(std::uint32_t capabilities, const std::function<void()>& body)
{
    int error = 0;
    std::thread thread([&] {
        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
        std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
        sets[0].effective = sets[0].permitted = capabilities;
        if (syscall(SYS_capset, &header, sets.data()) < 0)
            error = errno;
        else
            body();
    });
    thread.join();
    if (error != 0)
        throw std::system_error(error, std::generic_category(), "capset");
}

} // namespace

void without_capabilities(const std::function<void()>& body)
{
    with_capabilities(0, body);
}

void with_net_admin_alone(const std::function<void()>& body)
{
    with_capabilities(1U << CAP_NET_ADMIN, body);
}

} // namespace support
