// SPDX-License-Identifier: GPL-2.0-or-later
#include "syncer.hpp"

#include "error.hpp"
#include "signals_blocked.hpp"

#include <cerrno>
#include <unistd.h>
#include <utility>

namespace spool {

Syncer::Syncer()
{
    const nflog::SignalsBlocked blocked; // the new thread must not handle the program's signals
    thread_ = std::thread([this] { run(); });
}

Syncer::~Syncer()
{
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Syncer::sync(nflog::FileDescriptor file, std::string name)
{
    {
        const std::lock_guard lock(mutex_);
        work_.push_back({std::move(file), std::move(name)});
    }
    changed_.notify_one();
}

std::string Syncer::take_trouble()
{
    const std::lock_guard lock(mutex_);
    return std::exchange(trouble_, {});
}

void Syncer::run()
{
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return is_over_ || !work_.empty(); });
        if (work_.empty())
            return;
        std::vector<Work> work = std::exchange(work_, {});
        lock.unlock();
        std::string trouble;
        for (const Work& one : work)
            if (fdatasync(one.file.get()) < 0)
                trouble =
                    nflog::system_failure("cannot sync " + one.name + " to the disk", errno).what();
        work.clear();
        lock.lock();
        if (!trouble.empty())
            trouble_ = trouble;
    }
}

} // namespace spool
