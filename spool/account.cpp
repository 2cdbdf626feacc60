// SPDX-License-Identifier: GPL-2.0-or-later
#include "account.hpp"

#include "words.hpp"

namespace spool {

std::string Account::text() const
{
    return "packets=" + std::to_string(packets) + " total=" + std::to_string(total) +
           " lost=" + std::to_string(lost) + " filtered=" + std::to_string(filtered) +
           " dropped=" + std::to_string(dropped) + " session=" + std::to_string(session) +
           " time=" + std::to_string(time) + " end=" + (is_end ? "1" : "0") +
           (next ? " next=" + std::to_string(*next) : "");
}

std::optional<Account> Account::parse(std::string_view text)
{
    Account account;
    unsigned end = 0;
    const bool is_whole =
        read_number(text, "packets", account.packets) &&
        read_number(text, "total", account.total) && read_number(text, "lost", account.lost) &&
        read_number(text, "filtered", account.filtered) &&
        read_number(text, "dropped", account.dropped) &&
        read_number(text, "session", account.session) && read_number(text, "time", account.time) &&
        read_number(text, "end", end) && end <= 1 && account.packets <= account.total;
    if (!is_whole)
        return {};
    account.is_end = end == 1;
    std::uint32_t next = 0;
    if (read_number(text, "next", next))
        account.next = next;
    return account;
}

} // namespace spool
