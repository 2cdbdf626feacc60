// SPDX-License-Identifier: GPL-2.0-or-later
#include "optional_library.hpp"

#include "error.hpp"
#include "fork_lock.hpp"

#include <cerrno>
#include <dlfcn.h>
#include <utility>

namespace nflog {

OptionalLibrary::OptionalLibrary(const Description& description, std::string failure,
                                 std::string alternative)
    : description_(description), failure_(std::move(failure)), alternative_(std::move(alternative))
{
    const auto lock = lock_out_fork(); // a child must not inherit a locked loader
    // NODELETE: the library stays loaded after the handle is closed.
    library_.reset(dlopen(description.file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE));
    if (!library_)
        refuse();
}

void OptionalLibrary::Close::operator()(void* library) const noexcept
{
    const auto lock = lock_out_fork(); // a child must not inherit a locked loader
    dlclose(library);
}

void* OptionalLibrary::address_of(const char* name) const
{
    void* const found = dlsym(library_.get(), name);
    if (found == nullptr)
        refuse();
    return found;
}

void OptionalLibrary::refuse() const
{
    const char* why = dlerror(); // NOLINT(concurrency-mt-unsafe): each thread has its own text
    throw Error(EOPNOTSUPP,
                failure_ + ": " + description_.name + " cannot be loaded: " + foreign_reason(why) +
                    "; install it (Debian: " + description_.package + ")" + alternative_);
}

} // namespace nflog
