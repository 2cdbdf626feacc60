// SPDX-License-Identifier: GPL-2.0-or-later
#include "flight.hpp"

#include <algorithm>
#include <utility>

namespace fleet {

void Flight::add(spool::Reader::Found found)
{
    constexpr std::size_t headers = 512; // approximate size
    const std::size_t bytes = found.chunk.length + headers;
    bytes_ += bytes;
    items_.push_back({std::move(found), bytes});
}

void Flight::sent()
{
    Item& item = items_[next_];
    item.is_on_its_way = true;
    sent_bytes_ += item.bytes;
    ++sent_count_;
    find_next();
}

void Flight::skip()
{
    items_[next_].is_done = true;
    drop_done();
    find_next();
}

std::optional<std::uint64_t> Flight::acknowledge(std::uint64_t number)
{
    const auto item = std::ranges::lower_bound(
        items_, number, {}, [](const Item& one) { return one.found.chunk.number; });
    if (item == items_.end() || item->found.chunk.number != number || item->is_done)
        return {};
    land(*item);
    item->is_done = true;
    const std::uint64_t packets = item->found.chunk.account.packets;
    drop_done();
    find_next();
    return packets;
}

void Flight::begin_at(std::uint64_t number)
{
    while (!items_.empty() && items_.front().found.chunk.number < number) {
        items_.front().is_done = true;
        land(items_.front());
        drop_done();
    }
    acknowledged_ = number - 1;
    find_next();
}

void Flight::go_back()
{
    for (Item& item : items_)
        land(item);
    next_ = 0;
    find_next();
}

void Flight::land(Item& item)
{
    if (!item.is_on_its_way)
        return;
    item.is_on_its_way = false;
    sent_bytes_ -= item.bytes;
    --sent_count_;
}

void Flight::drop_done()
{
    while (!items_.empty() && items_.front().is_done) {
        acknowledged_ = items_.front().found.chunk.number;
        bytes_ -= items_.front().bytes;
        items_.pop_front();
        next_ -= std::min<std::size_t>(next_, 1);
    }
}

// Finds the next chunk to send. After go_back(), some of the chunks may have been acknowledged
// meanwhile; these are skipped.
void Flight::find_next()
{
    while (next_ < items_.size() && (items_[next_].is_done || items_[next_].is_on_its_way))
        ++next_;
}

} // namespace fleet
