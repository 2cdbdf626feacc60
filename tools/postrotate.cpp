// SPDX-License-Identifier: GPL-2.0-or-later
#include "postrotate.hpp"

#include "failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace command {

namespace {

bool is_executable(const std::string& path)
{
    return access(path.c_str(), X_OK) == 0;
}

bool is_found(const std::string& program)
{
    if (program.find('/') != std::string::npos)
        return is_executable(program);
    const char* path = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): only read
    for (std::string_view rest = path == nullptr ? "" : path; !rest.empty();) {
        const std::size_t end = std::min(rest.find(':'), rest.size());
        if (is_executable(std::string(rest.substr(0, end)) + '/' + program))
            return true;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

// The attributes with which a program is started. Signals from the terminal that end the capture do
// not end the program. Signals that the command ignores have their default effect in the program.
class Attributes {
public:
    Attributes()
    {
        posix_spawnattr_init(&attributes_);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                                   POSIX_SPAWN_SETSCHEDULER);
        sigset_t defaults;
        sigemptyset(&defaults);
        for (const int number : {SIGPIPE, SIGXFSZ, SIGHUP})
            sigaddset(&defaults, number);
        posix_spawnattr_setsigdefault(&attributes_, &defaults);
        const sched_param parameters{};
        posix_spawnattr_setschedpolicy(&attributes_, SCHED_IDLE);
        posix_spawnattr_setschedparam(&attributes_, &parameters);
    }
    ~Attributes() { posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;

    [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

} // namespace

PostRotate::PostRotate(std::string program) : program_(std::move(program))
{
    if (!program_.empty() && !is_found(program_))
        throw Failure("-z: there is no program '" + program_ +
                          "'; give the name of a program in PATH, or a path, without arguments: "
                          "nflogcap passes it "
                          "the file's name",
                      wrong_usage);
}

void PostRotate::run(const std::string& file)
{
    if (program_.empty())
        return;
    std::string name =
        // With "./" the program does not read the name as an option.
        file.starts_with('-') ? "./" + file : file;
    const std::array<char*, 3> words = {program_.data(), name.data(), nullptr};
    pid_t pid = 0;
    const Attributes attributes;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    // Standard input is not the terminal: a background program that reads from the terminal is
    // suspended.
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    const int code =
        posix_spawnp(&pid, program_.c_str(), &actions, attributes.get(), words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0)
        return print_failure("cannot run " + program_ + ' ' + name + ": " + std::strerror(code) +
                             "; the file is complete, and the capture continues");
    running_.push_back({pid, file});
}

void PostRotate::look_after()
{
    std::erase_if(running_, [this](const Process& process) {
        int status = 0;
        if (waitpid(process.pid, &status, WNOHANG) != process.pid)
            return false;
        const std::string what = program_ + ' ' + process.file;
        if (WIFSIGNALED(status))
            print_failure(what + " was ended by signal " + std::to_string(WTERMSIG(status)));
        else if (WEXITSTATUS(status) != 0)
            print_failure(what + " failed with exit status " + std::to_string(WEXITSTATUS(status)));
        return true;
    });
}

} // namespace command
