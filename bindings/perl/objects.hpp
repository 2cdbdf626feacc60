// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <batch.hpp>
#include <dump.hpp>
#include <handle.hpp>
#include <packet.hpp>

#include "perl_headers.hpp"

// Captures, savefiles, packets and batches as Perl's objects, which hold them by magic: Perl code
// cannot reach the pointer, and no DESTROY has to be called.
namespace binding::perl {

// Prepares what the others need. Makes Nflogcap::_yes, for an object that is asked whether it is
// true.
void define_objects(pTHX);

// References to hashes, which the front blesses, and in which subclasses keep what is theirs.
SV* new_handle(PerlInterpreter* perl);
SV* new_dump(PerlInterpreter* perl);

// The packet or the batch as an object, which owns it.
SV* object_of(pTHX_ Packet* packet);
SV* object_of(pTHX_ Batch* batch);

// Raise what is none.
Handle* handle_of(pTHX_ SV* object);
Dump* dump_of(pTHX_ SV* object);
Packet* packet_of(pTHX_ SV* object);
Batch* batch_of(pTHX_ SV* object);

// Keeps what a reference refers to until the statement ends: handlers of signals, which run while a
// call waits, may drop the program's last reference. NULL if it is no reference.
SV* keep(pTHX_ SV* object);

} // namespace binding::perl
