// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>
#include <sys/types.h>

namespace support {

// A child of fork() that runs a body and then sleeps until it is killed, at the latest at the end
// of the scope. Resources that the body does not release, such as bound groups, stay in use until
// then.
class OtherProcess {
public:
    // Returns after the body has run.
    explicit OtherProcess(const std::function<void()>& body);
    ~OtherProcess() { kill(); }
    OtherProcess(const OtherProcess&) = delete;
    OtherProcess& operator=(const OtherProcess&) = delete;

    void kill();
    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    pid_t pid_ = -1;
};

} // namespace support
