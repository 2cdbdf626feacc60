// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <utility>
#include <vector>

namespace command {

// The service manager, such as systemd, if it started the command as a service and wants
// notifications. See sd_notify(3) for the variables NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID,
// and sd_listen_fds(3) for LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES.
//
// No call blocks, so that a busy manager does not delay the capture. A message that could not be
// sent is sent with the next one.
class ServiceManager {
public:
    // Removes these variables from the environment, so that the programs started by this one do not
    // see them.
    ServiceManager();
    ~ServiceManager();
    ServiceManager(const ServiceManager&) = delete;
    ServiceManager& operator=(const ServiceManager&) = delete;

    // A descriptor that the manager kept for this process (FDSTORE). An earlier process gave it to
    // the manager.
    struct Kept {
        std::string name;
        int descriptor;
    };
    // Returns the descriptors of LISTEN_FDS. The caller must close them.
    std::vector<Kept> take_kept() { return std::move(kept_); }
    // Asks the manager to keep this descriptor for the next process, until forget() is called.
    void keep(const std::string& name, int descriptor);
    void forget(const std::string& name);

    [[nodiscard]] bool is_listening() const { return fd_ >= 0; }

    // Returns the longest time between two calls of show_life(). At this interval, the manager
    // receives at least two signs of life within the watchdog's timeout. Returns 0 if there is no
    // watchdog.
    [[nodiscard]] std::chrono::microseconds max_wait() const { return watchdog_ / 4; }

    void say_ready();
    void say_stopping();
    // Sends a line about the service's state, if it differs from the last one.
    void say_status(const std::string& words);
    void show_life();

private:
    using Clock = std::chrono::steady_clock;

    void find_kept();
    void warn(const std::string& why);
    void send(std::string_view assignment);
    void send_unsent();
    struct Message {
        std::string text;
        int descriptor; // descriptor to send with the message; -1: none
    };
    bool send_now(Message& sent);

    std::string name_; // name of the socket
    sockaddr_un address_{};
    socklen_t address_length_ = 0;
    int fd_ = -1; // -1: there is no manager
    std::chrono::microseconds watchdog_{};
    Clock::time_point last_life_;
    std::string status_;
    std::deque<Message> unsent_;
    std::vector<Kept> kept_;
    bool has_warned_ = false;
};

} // namespace command
