// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <handle.hpp>
#include <waiting.hpp>

// Perl's headers have an order, and come last, since they define macros over names of the standard
// library.
// clang-format off
#include <EXTERN.h>
#include <perl.h>
#include <XSUB.h>
// clang-format on

// Captures and packets as Perl's objects: a blessed reference to a read-only integer, which is the
// pointer. What raises leaves by longjmp: no frame that calls it may need a destructor.
namespace binding::perl {

SV* new_handle(PerlInterpreter* perl);
void destroy_handle(PerlInterpreter* perl, SV* handle);
void destroy_packet(PerlInterpreter* perl, SV* packet);

// Raise what is none.
Handle* handle_of(pTHX_ SV* object);
Packet* packet_of(pTHX_ SV* object);

// The next packet within that many seconds, for ever if less than 0; undef where there is none:
// none came in time, woken, or ended. Handlers of signals run while it waits, and may die.
SV* next_packet(PerlInterpreter* perl, SV* handle, double seconds);

void close(Handle& handle);

// What a capture's options and arguments may be refused with: dies with an Nflogcap::Error.
[[noreturn]] void refuse(PerlInterpreter* perl, const char* words);

// Dies with an Nflogcap::Error, of the line where the program called this module.
[[noreturn]] void raise(pTHX_ const Failure& failure);

// Clamped to what a long long holds. Raises what is no integer.
long long to_integer(pTHX_ SV* value, const char* name);

} // namespace binding::perl
