// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <fields.hpp>
#include <string>

namespace binding::python {

// Returns the text that help() shows for a field: its description, its type and its unit.
std::string documentation(const Field& field);

} // namespace binding::python
