// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>

namespace command {

// The program that started the command as a service, such as systemd, if it wants to know how that
// is doing: sd_notify(3), by the variables NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
//
// No call waits, so that a manager that is busy holds up no capture: what could not be sent is sent
// with what comes next.
class ServiceManager {
public:
    // Takes the variables out of the environment: they are not for programs that this one starts.
    ServiceManager();
    ~ServiceManager();
    ServiceManager(const ServiceManager&) = delete;
    ServiceManager& operator=(const ServiceManager&) = delete;

    [[nodiscard]] bool is_listening() const { return fd_ >= 0; }

    // How long a caller may wait between two calls of show_life(), which then says at least twice
    // in the time of the watchdog that the caller is alive; 0: there is no watchdog.
    [[nodiscard]] std::chrono::microseconds max_wait() const { return watchdog_ / 4; }

    void say_ready();
    void say_stopping();
    // A line about the service, which is sent if it differs from the one before.
    void say_status(const std::string& words);
    void show_life();

private:
    using Clock = std::chrono::steady_clock;

    void warn(const std::string& why);
    void send(std::string_view assignment);

    std::string name_; // of the socket
    sockaddr_un address_{};
    socklen_t address_length_ = 0;
    int fd_ = -1; // -1: nobody listens
    std::chrono::microseconds watchdog_{};
    Clock::time_point last_life_;
    std::string status_;
    std::string unsent_;
    bool has_warned_ = false;
};

} // namespace command
