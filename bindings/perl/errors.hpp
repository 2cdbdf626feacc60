// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cerrno>
#include <values.hpp>

#include "perl_headers.hpp"

// Functions that raise leave by longjmp: no frame that calls them may need a destructor.
namespace binding::perl {

// Dies with an Nflogcap::Error that has the line where the program called this module.
[[noreturn]] void raise(pTHX_ const Failure& failure);
[[noreturn]] void fail(pTHX_ int error, const char* words);
[[noreturn]] void fail_for_memory(pTHX);

// For the front: refuses a method's arguments with these words.
[[noreturn]] void refuse(PerlInterpreter* perl, const char* words);

// Calls a function that may wait, and calls it again after each signal, unless the signal's handler
// dies.
template <typename Call>
void repeated(pTHX_ Failure& failure, Call call)
{
    do {
        failure.code = 0;
        call();
        if (failure.code == -EINTR)
            PERL_ASYNC_CHECK(); // runs the handlers in %SIG
    } while (failure.code == -EINTR);
}

} // namespace binding::perl
