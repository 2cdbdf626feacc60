// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cerrno>
#include <dump.hpp>
#include <fields.hpp>
#include <handle.hpp>
#include <waiting.hpp>

// Perl's headers have an order, and come last, since they define macros over names of the standard
// library.
// clang-format off
#include <EXTERN.h>
#include <perl.h>
#include <XSUB.h>
// clang-format on

// Captures, savefiles and packets as Perl's objects, which hold them by magic: Perl code cannot
// reach the pointer, and no DESTROY has to be called. What raises leaves by longjmp: no frame that
// calls it may need a destructor.
namespace binding::perl {

SV* new_handle(PerlInterpreter* perl);
SV* new_dump(PerlInterpreter* perl);

// The packet as an object, which owns it; undef for NULL.
SV* wrapped(pTHX_ Packet* packet);

// Raise what is none.
Handle* handle_of(pTHX_ SV* object);
Dump* dump_of(pTHX_ SV* object);
Packet* packet_of(pTHX_ SV* object);

// Keeps what a reference refers to until the statement ends: handlers of signals, which run while a
// call waits, may drop the program's last reference. NULL if it is no reference.
SV* keep(pTHX_ SV* object);

// An XSUB, ($capture, $timeout): returns the next packet. It waits up to that many seconds; without
// a timeout, or with undef, it waits for ever. It returns undef if no packet came in time, and if
// the capture was woken, has ended or was closed: so a loop over it ends quietly. Handlers of
// signals run while it waits, and may die. If one drops the last reference to the capture, the wait
// ends.
void next_packet(pTHX_ CV* self);

// Gives the package of packets a method for each field, and lists the fields as @FIELDS.
void define_fields(pTHX);

// References to hashes of the counters and of the constants, by their names.
SV* converted(pTHX_ const nflogcap_stats& stats);
SV* constants(PerlInterpreter* perl);

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

// What a capture's options and arguments may be refused with: dies with an Nflogcap::Error.
[[noreturn]] void refuse(PerlInterpreter* perl, const char* words);

// Dies with an Nflogcap::Error, of the line where the program called this module.
[[noreturn]] void raise(pTHX_ const Failure& failure);

// Clamped to what a long long holds. Raises what is no integer.
long long to_integer(pTHX_ SV* value, const char* name);

} // namespace binding::perl
