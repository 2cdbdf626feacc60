// SPDX-License-Identifier: GPL-2.0-or-later
#include "legacy_tables.hpp"

#include "advice.hpp"
#include "failure.hpp"
#include "file_descriptor.hpp"
#include "proc_net.hpp"
#include "xt_targets.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <map>
#include <span>
#include <sstream>
#include <sys/socket.h>
#include <type_traits>
#include <utility>

namespace command {

namespace {

// These types define the differences between IPv4 and IPv6.
struct Ipv4 {
    using Entry = ipt_entry;
    static constexpr int family = AF_INET;
    static constexpr int level = IPPROTO_IP;
    static constexpr int get_info = IPT_SO_GET_INFO;
    static constexpr int get_entries = IPT_SO_GET_ENTRIES;
    static constexpr const char* command = "iptables-legacy";
    static constexpr const char* names = "ip_tables_names";
    static auto& conditions(Entry& entry) { return entry.ip; }
    static constexpr auto goto_flag = IPT_F_GOTO;
};
struct Ipv6 {
    using Entry = ip6t_entry;
    static constexpr int family = AF_INET6;
    static constexpr int level = IPPROTO_IPV6;
    static constexpr int get_info = IP6T_SO_GET_INFO;
    static constexpr int get_entries = IP6T_SO_GET_ENTRIES;
    static constexpr const char* command = "ip6tables-legacy";
    static constexpr const char* names = "ip6_tables_names";
    static auto& conditions(Entry& entry) { return entry.ipv6; }
    static constexpr auto goto_flag = IP6T_F_GOTO;
};

int get_option(int fd, int level, int option, void* value, std::size_t size)
{
    auto length = static_cast<socklen_t>(size);
    return getsockopt(fd, level, option, value, &length) == 0 ? 0 : errno;
}

[[noreturn]] void fail(const char* command, const std::string& table, int error)
{
    throw Failure("the kernel does not list the table " + table + " of " + command + ": " +
                  (error == EPERM ? "CAP_NET_ADMIN is missing in the user namespace that owns this "
                                    "network namespace; run as root there"
                                  : std::strerror(error) + advice_on(error)));
}

// The entries of a table in sequence, and the entry at which each hook starts.
struct Blob {
    std::vector<char> entries;
    std::map<std::size_t, std::string_view>
        hooks; // key: offset of the chain's first entry; value: the chain's name
};

template <typename Ip>
Blob read_blob(int fd, const std::string& table)
{
    constexpr std::string_view hook_names[] = {"PREROUTING", "INPUT", "FORWARD", "OUTPUT",
                                               "POSTROUTING"};
    constexpr int attempts = 20;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        ipt_getinfo info{}; // IPv6 has the same structure
        table.copy(info.name, sizeof info.name - 1);
        if (const int error = get_option(fd, Ip::level, Ip::get_info, &info, sizeof info))
            fail(Ip::command, table, error);
        constexpr std::size_t header = offsetof(ipt_get_entries, entrytable);
        std::vector<char> answer(header + info.size);
        table.copy(answer.data(), sizeof info.name - 1);
        std::memcpy(answer.data() + offsetof(ipt_get_entries, size), &info.size, sizeof info.size);
        const int error = get_option(fd, Ip::level, Ip::get_entries, answer.data(), answer.size());
        if (error == EAGAIN) // the table changed between the two requests; try again
            continue;
        if (error != 0)
            fail(Ip::command, table, error);
        Blob blob;
        blob.entries.assign(answer.begin() + header, answer.end());
        for (std::size_t hook = 0; hook < std::size(hook_names); ++hook) {
            if ((info.valid_hooks & (1U << hook)) != 0)
                blob.hooks.emplace(info.hook_entry[hook], hook_names[hook]);
        }
        return blob;
    }
    fail(Ip::command, table, EAGAIN);
}

template <std::size_t Size>
std::string_view text_in(const char (&name)[Size])
{
    return {name, strnlen(name, Size)};
}

template <typename Value>
Value value_at(std::span<const char> bytes)
{
    Value value{};
    std::memcpy(&value, bytes.data(), std::min(sizeof value, bytes.size()));
    return value;
}

// Converts the entries of a table to chains. Finds the chains first, because a jump names its
// target by an offset.
template <typename Ip>
class Parser {
public:
    explicit Parser(const Blob& blob) : blob_(blob)
    {
        for_each_entry([&](std::size_t offset, const Entry& entry) { find_chain(offset, entry); });
        std::size_t chain = 0;
        for_each_entry([&](std::size_t offset, const Entry& entry) {
            if (const auto found = chains_at_.find(offset); found != chains_at_.end()) {
                chain = found->second;
                number_ = 0;
            }
            if (!chains_.empty())
                add_rule(chains_[chain], offset, entry);
        });
    }

    std::vector<Chain> take() { return std::move(chains_); }

private:
    using Entry = typename Ip::Entry;

    template <typename Visit>
    void for_each_entry(Visit visit) const
    {
        std::size_t offset = 0;
        while (blob_.entries.size() - offset >= sizeof(Entry)) {
            const auto entry = value_at<Entry>(bytes_from(offset));
            if (entry.next_offset < sizeof(Entry))
                return;
            visit(offset, entry);
            offset += std::min<std::size_t>(entry.next_offset, blob_.entries.size() - offset);
        }
    }

    [[nodiscard]] std::span<const char> bytes_from(std::size_t offset) const
    {
        return std::span(blob_.entries).subspan(std::min(offset, blob_.entries.size()));
    }

    // A user-defined chain begins with an entry that contains the chain's name. The end of the
    // table is such an entry too.
    void find_chain(std::size_t offset, const Entry& entry)
    {
        if (const auto hook = blob_.hooks.find(offset); hook != blob_.hooks.end())
            add_chain(offset, {std::string(hook->second), true, {}});
        const auto target = value_at<xt_error_target>(bytes_from(offset + entry.target_offset));
        if (text_in(target.target.u.user.name) == XT_ERROR_TARGET)
            add_chain(offset + entry.next_offset,
                      {std::string(text_in(target.errorname)), false, {}});
    }

    void add_chain(std::size_t offset, Chain chain)
    {
        chains_at_.emplace(offset, chains_.size());
        chains_.push_back(std::move(chain));
    }

    void add_rule(Chain& chain, std::size_t offset, const Entry& entry)
    {
        const std::span<const char> at_target = bytes_from(offset + entry.target_offset);
        const auto target = value_at<xt_standard_target>(at_target);
        const std::string_view name = text_in(target.target.u.user.name);
        Rule rule{};
        rule.number = ++number_;
        rule.is_unconditional = is_unconditional(offset, entry);
        if (name.empty()) { // the target XT_STANDARD_TARGET
            add_verdict(rule, entry, target.verdict);
        } else if (const std::string_view does = final_target(name); !does.empty()) {
            rule.verdicts.push_back({Verdict::Kind::final, does});
        } else if (at_target.size() >= sizeof(xt_entry_target)) {
            const auto data = at_target.subspan(sizeof(xt_entry_target));
            if (auto log = log_in_target(name, {data.data(), data.size()}))
                rule.logs.push_back(std::move(*log));
        }
        if (rule.is_relevant())
            chain.rules.push_back(std::move(rule));
    }

    void add_verdict(Rule& rule, Entry entry, int verdict) const
    {
        using Kind = Verdict::Kind;
        if (verdict == XT_RETURN) {
            rule.verdicts.push_back({Kind::back, "returns from the chain with"});
        } else if (verdict < 0) {
            const int code = -verdict - 1;
            rule.verdicts.push_back({Kind::final, code == NF_ACCEPT  ? "accepts"
                                                  : code == NF_QUEUE ? "queues"
                                                                     : "drops"});
        } else if (const auto chain = chains_at_.find(static_cast<std::size_t>(verdict));
                   chain !=
                   // Any other verdict is of a rule without -j, after which packets continue.
                   chains_at_.end()) {
            const bool is_goto = (Ip::conditions(entry).flags & Ip::goto_flag) != 0;
            rule.verdicts.push_back({is_goto ? Kind::go_to : Kind::jump,
                                     is_goto ? "goes to another chain with" : "jumps with",
                                     chain->second});
        }
    }

    // Returns whether the entry has neither conditions nor matches. A comment does not count as a
    // match.
    [[nodiscard]] bool is_unconditional(std::size_t offset, Entry entry) const
    {
        auto& conditions = Ip::conditions(entry);
        conditions.flags &= static_cast<std::uint8_t>(~Ip::goto_flag);
        const std::remove_reference_t<decltype(conditions)> none{};
        // The comparison includes the padding, as in the kernel.
        if (std::memcmp(&conditions, &none, sizeof none) != 0) // NOLINT(bugprone-*,cert-*)
            return false;
        std::size_t at = sizeof(Entry);
        while (at < entry.target_offset) {
            const auto match = value_at<xt_entry_match>(bytes_from(offset + at));
            if (text_in(match.u.user.name) != "comment" || match.u.match_size == 0)
                return false;
            at += match.u.match_size;
        }
        return true;
    }

    const Blob& blob_;
    std::vector<Chain> chains_;
    std::map<std::size_t, std::size_t> chains_at_; // key: offset of the chain's first entry
    std::uint64_t number_ = 0;                     // number of the rule in its chain
};

template <typename Ip>
void read_tables_of(std::vector<Table>& tables)
{
    // Reads only the tables in use, because a request for an unused table would make the kernel
    // load it.
    std::istringstream names(read_proc_net(Ip::names).value_or(""));
    for (std::string name; std::getline(names, name);) {
        const nflog::FileDescriptor any(socket(Ip::family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        if (any.get() < 0)
            fail(Ip::command, name, errno);
        tables.push_back({"table " + name + " of " + Ip::command, "rule", false,
                          Parser<Ip>(read_blob<Ip>(any.get(), name)).take()});
    }
}

} // namespace

std::vector<Table> read_legacy_tables()
{
    std::vector<Table> tables;
    read_tables_of<Ipv4>(tables);
    read_tables_of<Ipv6>(tables);
    return tables;
}

} // namespace command
