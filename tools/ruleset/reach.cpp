// SPDX-License-Identifier: GPL-2.0-or-later
#include "reach.hpp"

namespace command {

namespace {

// Follows packets rule by rule, from the chains that have hooks. Visits each rule once. The rules
// after an unconditional jump are visited only when packets return from the jump's target. If a
// chain is left by a goto, the same applies to the rest of that chain's caller.
class Walk {
public:
    explicit Walk(const Table& table) : table_(table), chains_(table.chains.size())
    {
        for (std::size_t i = 0; i < chains_.size(); ++i) {
            if (table.chains[i].has_hook)
                enter(i);
        }
        while (!to_continue_.empty()) {
            const std::size_t chain = to_continue_.back();
            to_continue_.pop_back();
            continue_in(chain);
        }
    }

    [[nodiscard]] std::vector<Reach> result() const
    {
        std::vector<Reach> reaches;
        for (const State& chain : chains_)
            reaches.push_back(chain.reach);
        return reaches;
    }

private:
    struct State {
        Reach reach;
        bool returns = false; // packets return from this chain to its callers
        // Callers (by jump) that continue when packets return from this chain.
        std::vector<std::size_t> continuing;
        // Chains that went to this chain (by goto): they return when it does.
        std::vector<std::size_t> returning;
    };

    void enter(std::size_t chain)
    {
        if (chains_[chain].reach.is_entered)
            return;
        chains_[chain].reach.is_entered = true;
        to_continue_.push_back(chain);
    }

    void return_from(std::size_t chain)
    {
        std::vector<std::size_t> returned{chain};
        while (!returned.empty()) {
            State& state = chains_[returned.back()];
            returned.pop_back();
            if (state.returns)
                continue;
            state.returns = true;
            to_continue_.insert(to_continue_.end(), state.continuing.begin(),
                                state.continuing.end());
            returned.insert(returned.end(), state.returning.begin(), state.returning.end());
        }
    }

    void continue_in(std::size_t chain)
    {
        const std::vector<Rule>& rules = table_.chains[chain].rules;
        std::size_t& reached = chains_[chain].reach.rules;
        while (reached < rules.size()) {
            const Rule& rule = rules[reached++];
            bool passes = true;
            for (const Verdict& verdict : rule.verdicts)
                passes = follow(verdict, chain, rule.is_unconditional) && passes;
            if (!passes)
                return;
        }
        return_from(chain);
    }

    // Returns whether packets reach the next rule at this moment of the walk.
    bool follow(const Verdict& verdict, std::size_t chain, bool is_unconditional)
    {
        switch (verdict.kind) {
        case Verdict::Kind::final:
            break;
        case Verdict::Kind::back:
            return_from(chain);
            break;
        case Verdict::Kind::jump:
            enter(verdict.chain);
            if (!is_unconditional || chains_[verdict.chain].returns)
                return true;
            chains_[verdict.chain].continuing.push_back(chain);
            break;
        case Verdict::Kind::go_to:
            enter(verdict.chain);
            if (chains_[verdict.chain].returns)
                return_from(chain);
            else
                chains_[verdict.chain].returning.push_back(chain);
            break;
        }
        return !is_unconditional;
    }

    const Table& table_;
    std::vector<State> chains_;
    std::vector<std::size_t> to_continue_;
};

} // namespace

std::vector<Reach> reach_of(const Table& table)
{
    return Walk(table).result();
}

} // namespace command
