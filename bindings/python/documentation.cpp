// SPDX-License-Identifier: GPL-2.0-or-later
#include "documentation.hpp"

#include <cctype>

namespace binding::python {

namespace {

const char* type_of(const Field& field)
{
    switch (field.form) {
    case Field::Form::integer:
        return "int";
    case Field::Form::seconds:
        return "float";
    case Field::Form::bytes:
    case Field::Form::payload:
        return "bytes";
    case Field::Form::list:
        return "list of int";
    case Field::Form::record:
        return field.record->name.c_str();
    default:
        return "str";
    }
}

} // namespace

std::string documentation(const Field& field)
{
    std::string words = field.description;
    words.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(words.front())));
    return words + " (" + type_of(field) + (field.is_optional() ? " or None" : "") +
           (field.unit.empty() ? "" : ", ") + field.unit + ").";
}

} // namespace binding::python
