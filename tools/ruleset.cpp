// SPDX-License-Identifier: GPL-2.0-or-later
#include "ruleset.hpp"

#include "failure.hpp"

#include <charconv>
#include <fstream>
#include <linux/capability.h>
#include <sstream>
#include <string_view>

#ifdef NFLOGCAP_NFTABLES
#include <memory>
#include <nftables/libnftables.h>
#endif

namespace command {

namespace {

using Tokens = std::vector<std::string>;

// What blanks separate; text in quotes is one, without them.
Tokens tokens_of(const std::string& line)
{
    Tokens tokens;
    std::string token;
    bool quoted = false;
    bool any = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
            any = true;
        } else if (!quoted && (c == ' ' || c == '\t')) {
            if (any || !token.empty())
                tokens.push_back(std::move(token));
            token.clear();
            any = false;
        } else {
            token += c;
        }
    }
    if (any || !token.empty())
        tokens.push_back(std::move(token));
    return tokens;
}

std::optional<std::uint32_t> number_in(const std::string& text)
{
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

// Adds the rule for each of its log statements that has a group.
void add_logging(Ruleset& ruleset, const std::string& place, const std::string& text,
                 const Tokens& tokens)
{
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i] != "log")
            continue;
        std::optional<std::uint32_t> group;
        LoggingRule rule{0, place, text, std::nullopt, std::nullopt};
        // Each of its options has one value.
        for (; i + 2 < tokens.size(); i += 2) {
            const std::string& option = tokens[i + 1];
            const std::string& value = tokens[i + 2];
            if (option == "group")
                group = number_in(value);
            else if (option == "snaplen")
                rule.snaplen = number_in(value);
            else if (option == "queue-threshold")
                rule.queue_threshold = number_in(value);
            else if (option != "prefix" && option != "level" && option != "flags")
                break;
        }
        if (group && *group <= UINT16_MAX) {
            rule.group = static_cast<std::uint16_t>(*group);
            ruleset.logging.push_back(rule);
        }
    }
}

// Without it libnftables prints, and nothing is to be seen.
[[maybe_unused]] void require_net_admin()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        constexpr std::string_view field = "CapEff:";
        if (line.starts_with(field) &&
            (std::stoull(line.substr(field.size()), nullptr, 16) & (1ULL << CAP_NET_ADMIN)) == 0)
            throw Failure("CAP_NET_ADMIN is missing; run as root");
    }
}

[[maybe_unused]] Ruleset parse(const std::string& listing)
{
    Ruleset ruleset;
    std::string table;
    std::string chain;
    std::istringstream lines(listing);
    for (std::string line; std::getline(lines, line);) {
        const Tokens tokens = tokens_of(line);
        if (tokens.size() >= 3 && tokens[0] == "table") {
            table = "table " + tokens[1] + ' ' + tokens[2];
        } else if (tokens.size() >= 3 && tokens[0] == "chain" && tokens[2] == "{") {
            chain = ", chain " + tokens[1];
        } else if (!tokens.empty()) {
            const std::string text = line.substr(line.find_first_not_of(" \t"));
            add_logging(ruleset, table + chain, text, tokens);
            if (text.find("xt target \"NFLOG\"") != std::string::npos)
                ruleset.has_untold = true;
        }
    }
    return ruleset;
}

} // namespace

std::optional<Ruleset> read_ruleset()
{
#ifdef NFLOGCAP_NFTABLES
    require_net_admin();
    const std::unique_ptr<nft_ctx, decltype(&nft_ctx_free)> nft(nft_ctx_new(NFT_CTX_DEFAULT),
                                                                &nft_ctx_free);
    if (!nft)
        throw Failure("out of memory");
    nft_ctx_buffer_output(nft.get());
    nft_ctx_buffer_error(nft.get());
    nft_ctx_output_set_flags(nft.get(), NFT_CTX_OUTPUT_STATELESS | NFT_CTX_OUTPUT_TERSE);
    if (nft_run_cmd_from_buffer(nft.get(), "list ruleset") != 0) {
        std::string words = nft_ctx_get_error_buffer(nft.get());
        throw Failure("nft cannot list the rules: " + words.substr(0, words.find('\n')));
    }
    return parse(nft_ctx_get_output_buffer(nft.get()));
#else
    return std::nullopt;
#endif
}

bool has_legacy_tables()
{
    for (const char* names :
         {"/proc/self/net/ip_tables_names", "/proc/self/net/ip6_tables_names"}) {
        std::ifstream file(names);
        std::string name;
        if (file >> name)
            return true;
    }
    return false;
}

} // namespace command
