// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <values.hpp>

namespace binding::python {

// Sets the Python exception that says it: ValueError for what the caller gave, MemoryError, or the
// subclass of OSError that Python has for the errno.
void raise(const Failure& failure);

} // namespace binding::python
