// SPDX-License-Identifier: GPL-2.0-or-later
// Each call below the library fails, one after the other. The library must either report the
// failure and work again afterwards, or work without this call.
#include "catch.hpp"
#include "life.hpp"
#include "scenarios.hpp"
#include "seam.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <set>

namespace {

std::size_t open_descriptors()
{
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

struct Outcome {
    std::vector<std::string> complaints;
    std::set<std::string> refusals; // names of errors, such as "EMFILE"
    bool struck;
};

Outcome lead(const Scenario& scenario, const Scenario::Lead& one, const seam::Plan& plan)
{
    const std::size_t before = open_descriptors();
    seam::begin(plan, scenario.permanent);
    Life life(plan.fault);
    one(life);
    const std::size_t after = open_descriptors();
    life.require(before == after, std::to_string(before) + " descriptors before the life, " +
                                      std::to_string(after) + " after it");
    life.require(seam::blocks_held() == 0,
                 std::to_string(seam::blocks_held()) + " blocks of memory were not given back");
    Outcome outcome{life.complaints(), {}, seam::struck()};
    for (const Life::Refusal& refusal : life.refusals()) {
        outcome.refusals.insert(strerrorname_np(-refusal.code));
        for (std::string& complaint : outcome.complaints)
            complaint += "\n    after " + refusal.function + " failed with " +
                         strerrorname_np(-refusal.code) + ": " + refusal.words;
    }
    return outcome;
}

// Chooses which occurrences of a call fail: the first ones, some of the further ones, and the last
// two.
std::vector<std::size_t> occurrences(std::size_t count)
{
    constexpr std::size_t all_of_them = 8;
    std::vector<std::size_t> chosen;
    for (std::size_t n = 1; n <= count; n += n < all_of_them || n + 1 >= count ? 1 : n / 2)
        chosen.push_back(n);
    for (const std::size_t last : {count - 1, count}) {
        if (count > 1 && chosen.back() < last)
            chosen.push_back(last);
    }
    return chosen;
}

struct Tally {
    std::size_t made = 0; // calls in a run without a fault
    std::size_t tried = 0;
    std::size_t refused = 0;
    std::size_t recovered = 0;
    std::set<std::string> codes;

    void add(const Tally& other)
    {
        made += other.made;
        tried += other.tried;
        refused += other.refused;
        recovered += other.recovered;
        codes.insert(other.codes.begin(), other.codes.end());
    }
};

std::string joined(const auto& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

void print(const std::string& what, const Tally& tally)
{
    std::printf("%-32s %6zu %6zu %8zu %10zu  %s\n", what.c_str(), tally.made, tally.tried,
                tally.refused, tally.recovered, joined(tally.codes).c_str());
}

void print_heading(const std::string& what)
{
    std::printf("\n%-32s %6s %6s %8s %10s  %s\n", what.c_str(), "made", "tried", "refused",
                "recovered", "with");
}

// Injects each fault of a call into each chosen occurrence of the call in a scenario.
Tally inject(const Scenario& scenario, const Scenario::Lead& one, std::size_t call,
             std::size_t count, const std::set<std::string>& refused_anyway)
{
    Tally tally;
    tally.made = count;
    for (const std::size_t occurrence : occurrences(count)) {
        for (const seam::Fault& fault : seam::calls()[call].faults) {
            const Outcome outcome = lead(scenario, one, {call, occurrence, fault});
            for (const std::string& complaint : outcome.complaints)
                FAIL_CHECK(scenario.name << ": " << seam::calls()[call].name << ", call "
                                         << occurrence << ", " << seam::text(fault) << ": "
                                         << complaint);
            if (!outcome.struck) // in this run, the call occurred less often
                continue;
            ++tally.tried;
            std::set<std::string> by_fault = outcome.refusals;
            const bool refused = by_fault.size() > refused_anyway.size() ||
                                 !std::ranges::includes(refused_anyway, by_fault);
            ++(refused ? tally.refused : tally.recovered);
            if (refused)
                tally.codes.merge(by_fault);
        }
    }
    return tally;
}

std::vector<Tally> inject_all(const Scenario& scenario)
{
    const Scenario::Lead one = scenario.prepare();
    lead(scenario, one, {}); // makes the calls that are made only once per process
    const Outcome rehearsal = lead(scenario, one, {});
    for (const std::string& complaint : rehearsal.complaints)
        FAIL_CHECK(scenario.name << ", without a fault: " << complaint);
    const std::vector<std::size_t> counts = seam::counts();
    std::vector<Tally> tallies(counts.size());
    Tally total;
    print_heading(scenario.name);
    for (std::size_t call = 0; call < counts.size(); ++call) {
        if (counts[call] == 0)
            continue;
        tallies[call] = inject(scenario, one, call, counts[call], rehearsal.refusals);
        print(seam::calls()[call].name, tallies[call]);
        total.add(tallies[call]);
    }
    print("all", total);
    std::fflush(stdout);
    return tallies;
}

void print_total(const std::vector<Tally>& tallies)
{
    Tally total;
    print_heading("all scenarios");
    for (std::size_t call = 0; call < tallies.size(); ++call) {
        print(seam::calls()[call].name, tallies[call]);
        total.add(tallies[call]);
    }
    print("all", total);
    std::printf("\nleft out:\n");
    for (const seam::Call& call : seam::calls()) {
        if (call.left_out != nullptr)
            std::printf("%-32s %s\n", call.name, call.left_out);
    }
}

} // namespace

TEST_CASE(
    "any failing system call is reported, and the call can be repeated or the capture continues")
{
    std::vector<Tally> tallies(seam::calls().size());
    for (const auto& scenarios : {live_scenarios(), savefile_scenarios()}) {
        for (const Scenario& scenario : scenarios) {
            const std::vector<Tally> here = inject_all(scenario);
            for (std::size_t call = 0; call < tallies.size(); ++call)
                tallies[call].add(here[call]);
        }
    }
    print_total(tallies);
    CHECK(seam::unknown_call() == nullptr);
    for (std::size_t call = 0; call < tallies.size(); ++call) {
        CAPTURE(seam::calls()[call].name);
        CHECK((tallies[call].tried > 0) == (seam::calls()[call].left_out == nullptr));
    }
}
