// SPDX-License-Identifier: GPL-2.0-or-later
// Compares docs/errors.md with the library: each error is provoked on the real kernel.
#include "catch.hpp"
#include "provocations.hpp"
#include "table.hpp"

#include <algorithm>
#include <cstring>
#include <fnmatch.h>
#include <iterator>
#include <nflogcap.h>
#include <set>

namespace {

// Returns the name of a negative error code, such as "-EINVAL" for -22.
std::string name_of(int code)
{
    const char* name = code == 0 ? "0" : strerrorname_np(std::abs(code));
    return std::string(code < 0 ? "-" : "") + (name != nullptr ? name : "?");
}

const std::vector<Provocation>& provocations()
{
    static const std::vector<Provocation> all = [] {
        std::vector<Provocation> gathered;
        for (const auto of_a_section :
             {provocations_of_arguments, provocations_of_setting_up, provocations_of_starting,
              provocations_of_tapping, provocations_of_changing, provocations_of_adopting,
              provocations_of_receiving, provocations_of_writing_savefiles})
            std::ranges::move(of_a_section(), std::back_inserter(gathered));
        return gathered;
    }();
    return all;
}

const Provocation* provocation_of(const table::Row& row)
{
    const auto& all = provocations();
    const auto at = std::ranges::find(all, row.error, &Provocation::error);
    return at == all.end() ? nullptr : &*at;
}

void check(const table::Row& row, const Failure& failure)
{
    CAPTURE(failure.function, failure.words);
    CHECK(failure.code < 0);
    if (row.code != "-errno")
        CHECK(name_of(failure.code) == row.code);
    CHECK(std::ranges::any_of(row.functions, [&](const std::string& pattern) {
        return fnmatch(pattern.c_str(), failure.function.c_str(), 0) == 0;
    }));
    CHECK(table::match(row, failure.code, failure.words));
}

void check_that_each_function_failed(const table::Row& row, const std::vector<Failure>& failures)
{
    for (const std::string& pattern : row.functions) {
        CAPTURE(pattern);
        CHECK(std::ranges::any_of(failures, [&](const Failure& failure) {
            return fnmatch(pattern.c_str(), failure.function.c_str(), 0) == 0;
        }));
    }
}

} // namespace

TEST_CASE("each error has the code and the text of its row")
{
    for (const table::Row& row : table::errors()) {
        if (!row.provoked)
            continue;
        DYNAMIC_SECTION(row.error)
        {
            const Provocation* provocation = provocation_of(row);
            REQUIRE(provocation != nullptr);
            CHECK(provocation->stand_in == row.stand_in);
            const std::vector<Failure> failures = provocation->provoke();
            for (const Failure& failure : failures)
                check(row, failure);
            check_that_each_function_failed(row, failures);
        }
    }
}

TEST_CASE("no row exists twice, and each provocation has a row")
{
    std::set<std::string> rows;
    for (const table::Row& row : table::errors()) {
        CAPTURE(row.error);
        CHECK(rows.insert(row.error).second);
    }
    for (const Provocation& provocation : provocations()) {
        CAPTURE(provocation.error);
        CHECK(rows.contains(provocation.error));
    }
}
