// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cerrno>
#include <values.hpp>

#include "perl_headers.hpp"

// Functions that raise an error leave by longjmp: their callers must have no destructors to run.
namespace binding::perl {

// Dies with an Nflogcap::Error. Its line is the one at which the program called this module.
[[noreturn]] void raise(pTHX_ const Failure& failure);
[[noreturn]] void fail(pTHX_ int error, const char* words);
[[noreturn]] void fail_for_memory(pTHX);

// Refuses a method's arguments with this text. The front calls it.
[[noreturn]] void refuse(PerlInterpreter* perl, const char* words);

// Calls a function that may wait. Calls it again after each signal, unless the signal's handler
// dies.
template <typename Call>
void repeated(pTHX_ Failure& failure, Call call)
{
    do {
        failure.code = 0;
        call();
        if (failure.code == -EINTR)
            PERL_ASYNC_CHECK(); // runs the signal handlers in %SIG
    } while (failure.code == -EINTR);
}

} // namespace binding::perl
