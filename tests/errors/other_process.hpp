// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "provocations.hpp"

#include <functional>
#include <sys/types.h>

namespace support {

// A process that runs a body, from when the body says that it is ready to the end of the scope.
class OtherProcess {
public:
    using Ready = std::function<void()>;
    explicit OtherProcess(const std::function<void(const Ready&)>& body);
    ~OtherProcess();
    OtherProcess(const OtherProcess&) = delete;
    OtherProcess& operator=(const OtherProcess&) = delete;

private:
    pid_t pid_;
};

// What failed in a process that is root in a user namespace of its own.
Failure in_user_namespace(const std::function<Failure()>& body);

} // namespace support
