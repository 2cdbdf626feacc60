// SPDX-License-Identifier: GPL-2.0-or-later
#include "flat_json.hpp"

#include "catch.hpp"

#include <string>

using fleet::flat_json;
using fleet::value_at;

TEST_CASE("scalars of JSON are found by their path")
{
    const auto json = flat_json(
        R"( {"error":{"code":503,"description":"a \"b\""},"list":[1,{"x":true}],"none":{},"s":"seq"} )");
    REQUIRE(json);
    CHECK(value_at(*json, "error.code") == "503");
    CHECK(value_at(*json, "error.description") == "a \\\"b\\\"");
    CHECK(value_at(*json, "list.0") == "1");
    CHECK(value_at(*json, "list.1.x") == "true");
    CHECK(value_at(*json, "s") == "seq");
    CHECK(value_at(*json, "seq").empty());
}

TEST_CASE("a text that is not a JSON object, or is nested deeply, is refused")
{
    for (const std::string text : {"", "{", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1}x",
                                   "{\"a\":\"b}", "{\"a\":1,}", "null"})
        CHECK(!flat_json(text));
    CHECK(!flat_json("{\"a\":" + std::string(100000, '[')));
}
