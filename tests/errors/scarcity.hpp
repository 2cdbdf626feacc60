// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/resource.h>

// Each of these objects withholds a resource from the process or the thread during its lifetime.
namespace support {

// No descriptor can be opened in this process.
class NoDescriptors {
public:
    NoDescriptors();
    ~NoDescriptors();
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;

private:
    rlimit before_{};
};

// `new` fails in this thread.
class NoMemory {
public:
    NoMemory();
    ~NoMemory();
    NoMemory(const NoMemory&) = delete;
    NoMemory& operator=(const NoMemory&) = delete;
};

// No library can be loaded in this thread.
class NoLibraries {
public:
    NoLibraries();
    ~NoLibraries();
    NoLibraries(const NoLibraries&) = delete;
    NoLibraries& operator=(const NoLibraries&) = delete;
};

} // namespace support
