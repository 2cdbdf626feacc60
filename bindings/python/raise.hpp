// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <values.hpp>

namespace binding::python {

// Sets the Python exception for a failure: ValueError for an invalid argument, MemoryError, or
// OSError's subclass for the errno.
void raise(const Failure& failure);

} // namespace binding::python
