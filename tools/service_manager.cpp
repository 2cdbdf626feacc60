// SPDX-License-Identifier: GPL-2.0-or-later
#include "service_manager.hpp"

#include "failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sstream>
#include <sys/uio.h>
#include <unistd.h>

namespace command {

namespace {

std::string take_variable(const char* name)
{
    const char* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): one thread
    std::string text = value == nullptr ? "" : value;
    unsetenv(name); // NOLINT(concurrency-mt-unsafe)
    return text;
}

// Returns 0 if the text is not a number.
std::uint64_t number_in(const std::string& text)
{
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && rest == end ? number : 0;
}

} // namespace

ServiceManager::ServiceManager() : name_(take_variable("NOTIFY_SOCKET"))
{
    const std::uint64_t watchdog = number_in(take_variable("WATCHDOG_USEC"));
    const std::string watched = take_variable("WATCHDOG_PID");
    find_kept();
    if (name_.empty())
        return;
    const bool is_abstract = name_[0] == '@';
    if ((!is_abstract && name_[0] != '/') || name_.size() >= sizeof address_.sun_path) {
        warn("it is neither a path nor '@' and the name of an abstract socket with at most "
             "107 bytes");
        return;
    }
    address_.sun_family = AF_UNIX;
    std::ranges::copy(name_, address_.sun_path);
    if (is_abstract)
        address_.sun_path[0] = '\0';
    // The length excludes the zero byte at the end. In the name of an abstract socket, it would
    // count as one more character.
    address_length_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    fd_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd_ < 0)
        warn(std::strerror(errno));
    else if (watched.empty() || number_in(watched) == static_cast<std::uint64_t>(getpid()))
        watchdog_ = std::chrono::microseconds(
            std::min<std::uint64_t>(watchdog, std::chrono::microseconds::max().count()));
}

ServiceManager::~ServiceManager()
{
    if (fd_ >= 0)
        close(fd_);
}

void ServiceManager::warn(const std::string& why)
{
    if (!has_warned_)
        print_failure("cannot notify the service manager at NOTIFY_SOCKET=" + name_ + ": " + why +
                      "; this process continues without it");
    has_warned_ = true;
}

void ServiceManager::say_ready()
{
    send("READY=1");
}

void ServiceManager::say_stopping()
{
    send("STOPPING=1");
}

void ServiceManager::say_status(const std::string& words)
{
    if (words == status_)
        return;
    status_ = words;
    send("STATUS=" + words);
}

void ServiceManager::show_life()
{
    const Clock::time_point now = Clock::now();
    if (watchdog_.count() == 0 || now - last_life_ < max_wait())
        return;
    last_life_ = now;
    send("WATCHDOG=1");
}

// Finds the descriptors that the manager passed. They start at number 3.
void ServiceManager::find_kept()
{
    constexpr int first = 3;
    const std::uint64_t count = number_in(take_variable("LISTEN_FDS"));
    const std::uint64_t process = number_in(take_variable("LISTEN_PID"));
    std::istringstream names(take_variable("LISTEN_FDNAMES"));
    if (process != static_cast<std::uint64_t>(getpid()))
        return;
    for (std::uint64_t i = 0; i < count; ++i) {
        const int descriptor = first + static_cast<int>(i);
        if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0)
            return; // LISTEN_FDS is larger than the number of passed descriptors
        std::string name;
        std::getline(names, name, ':');
        kept_.push_back({std::move(name), descriptor});
    }
}

// FDPOLL=0 makes the manager keep a socket even if the socket has an error.
void ServiceManager::keep(const std::string& name, int descriptor)
{
    unsent_.push_back({"FDSTORE=1\nFDPOLL=0\nFDNAME=" + name + "\n", descriptor});
    send_unsent();
}

void ServiceManager::forget(const std::string& name)
{
    const std::string of_name = "\nFDNAME=" + name + "\n";
    std::erase_if(unsent_, [&](const Message& message) { return message.text.ends_with(of_name); });
    unsent_.push_back({"FDSTOREREMOVE=1" + of_name, -1});
    send_unsent();
}

void ServiceManager::send(std::string_view assignment)
{
    // There are more only if the manager has not read for a long time.
    constexpr std::size_t max_unsent = 100;
    if (unsent_.size() < max_unsent)
        unsent_.push_back({std::string(assignment) + '\n', -1});
    send_unsent();
}

void ServiceManager::send_unsent()
{
    if (fd_ < 0)
        unsent_.clear();
    while (!unsent_.empty() && send_now(unsent_.front()))
        unsent_.pop_front();
}

bool ServiceManager::send_now(Message& sent)
{
    iovec bytes{sent.text.data(), sent.text.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof sent.descriptor)> control{};
    msghdr message{};
    message.msg_name = &address_;
    message.msg_namelen = address_length_;
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    if (sent.descriptor >= 0) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof sent.descriptor);
        std::memcpy(CMSG_DATA(header), &sent.descriptor, sizeof sent.descriptor);
    }
    if (sendmsg(fd_, &message, MSG_NOSIGNAL) >= 0)
        return true;
    if (errno != EAGAIN && errno != EINTR)
        warn(std::strerror(errno));
    return false;
}

} // namespace command
