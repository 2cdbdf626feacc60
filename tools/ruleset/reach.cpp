// SPDX-License-Identifier: GPL-2.0-or-later
#include "reach.hpp"

namespace command {

namespace {

// Lets packets in at the chains with hooks, and follows them rule by rule. Each rule is visited
// once: what happens behind an unconditional jump, or in the caller of a chain that is left by a
// goto, is put off until packets return from the chain that the verdict leads to.
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
        bool returns = false;                // packets come back from it
        std::vector<std::size_t> continuing; // chains that go on when they do
        std::vector<std::size_t> returning;  // chains from which packets then come back too
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

    // Whether packets reach the rule behind it now.
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
