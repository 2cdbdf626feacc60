// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <batch.hpp>
#include <dump.hpp>
#include <handle.hpp>
#include <packet.hpp>

#include "perl_headers.hpp"

// Captures, savefiles, packets and batches as objects of Perl. The pointer is attached to the
// object by Perl's "magic". Perl code cannot reach it, and no DESTROY method is needed.
namespace binding::perl {

// Defines Nflogcap::_yes, which makes all objects true. Call this function before the others.
void define_objects(pTHX);

// Return references to hashes. The front blesses them. Subclasses store their own data in the
// hashes.
SV* new_handle(PerlInterpreter* perl);
SV* new_dump(PerlInterpreter* perl);

// Returns an object that owns the packet or the batch.
SV* object_of(pTHX_ Packet* packet);
SV* object_of(pTHX_ Batch* batch);

// These functions raise an error if the value is not such an object.
Handle* handle_of(pTHX_ SV* object);
Dump* dump_of(pTHX_ SV* object);
Packet* packet_of(pTHX_ SV* object);
Batch* batch_of(pTHX_ SV* object);

// Keeps the referenced value alive until the statement ends. While a call waits, signal handlers
// run, and could drop the program's last reference. Returns NULL if the value is not a reference.
SV* keep(pTHX_ SV* object);

} // namespace binding::perl
