// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fleet {

// The scalar values of a JSON object. The key is the path to the value:
// {"error":{"code":503},"a":[true]} has the entries "error.code": "503" and "a.0": "true". Escapes
// in strings are not decoded, because the answers of JetStream need no decoding. flat_json()
// returns nothing if the text is not a JSON object, or if it is nested too deeply.
using FlatJson = std::map<std::string, std::string, std::less<>>;
std::optional<FlatJson> flat_json(std::string_view text);

// Returns "" if the object has no value with this path.
std::string_view value_at(const FlatJson& json, std::string_view path);

} // namespace fleet
