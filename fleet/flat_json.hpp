// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fleet {

// The scalars of a JSON object by their path: {"error":{"code":503},"a":[true]} has "error.code",
// "503", and "a.0", "true". Escapes in strings are not decoded: the answers of JetStream do not
// need it. Nothing if the text is not a JSON object, or is nested deeply.
using FlatJson = std::map<std::string, std::string, std::less<>>;
std::optional<FlatJson> flat_json(std::string_view text);

// Returns "" if the object has no such value.
std::string_view value_at(const FlatJson& json, std::string_view path);

} // namespace fleet
