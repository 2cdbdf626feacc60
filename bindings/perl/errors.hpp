// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cerrno>
#include <values.hpp>

#include "perl_headers.hpp"

// What raises leaves by longjmp: no frame that calls it may need a destructor.
namespace binding::perl {

// Dies with an Nflogcap::Error, of the line where the program called this module.
[[noreturn]] void raise(pTHX_ const Failure& failure);
[[noreturn]] void fail(pTHX_ int error, const char* words);
[[noreturn]] void fail_for_memory(pTHX);

// What a method's arguments may be refused with, for the front.
[[noreturn]] void refuse(PerlInterpreter* perl, const char* words);

// Calls what may wait, again where a signal ended the wait, unless its handler dies.
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
