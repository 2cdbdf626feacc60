// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <batch.hpp>
#include <dump.hpp>
#include <handle.hpp>
#include <packet.hpp>

#include "perl_headers.hpp"

// Captures, savefiles, packets and batches as objects of Perl. Magic attaches the pointer to the
// object: Perl code cannot reach it, and no DESTROY method is needed.
namespace binding::perl {

// Must be called first. Defines Nflogcap::_yes, by which all objects are true.
void define_objects(pTHX);

// References to hashes. The front blesses them, and subclasses keep their own data in them.
SV* new_handle(PerlInterpreter* perl);
SV* new_dump(PerlInterpreter* perl);

// An object that owns the packet or the batch.
SV* object_of(pTHX_ Packet* packet);
SV* object_of(pTHX_ Batch* batch);

// Raise an error if the value is not such an object.
Handle* handle_of(pTHX_ SV* object);
Dump* dump_of(pTHX_ SV* object);
Packet* packet_of(pTHX_ SV* object);
Batch* batch_of(pTHX_ SV* object);

// Keeps the referenced value until the statement ends, because handlers of signals, which run while
// a call waits, may drop the program's last reference. NULL if it is not a reference.
SV* keep(pTHX_ SV* object);

} // namespace binding::perl
