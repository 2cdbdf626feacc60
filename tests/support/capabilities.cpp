// SPDX-License-Identifier: GPL-2.0-or-later
#include "capabilities.hpp"

#include <cerrno>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace support {

void without_capabilities(const std::function<void()>& body)
{
    int error = 0;
    std::thread thread([&] {
        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
        __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
        if (syscall(SYS_capset, &header, none) < 0)
            error = errno;
        else
            body();
    });
    thread.join();
    if (error != 0)
        throw std::system_error(error, std::generic_category(), "capset");
}

} // namespace support
