// SPDX-License-Identifier: GPL-2.0-or-later
#include "heavy_hitters.hpp"

#include <utility>

namespace command {

Figures& Figures::operator+=(const Figures& other)
{
    packets += other.packets;
    bytes += other.bytes;
    lost += other.lost;
    return *this;
}

Figures Figures::operator-(const Figures& other) const
{
    return {packets - other.packets, bytes - other.bytes, lost - other.lost};
}

void HeavyHitters::count(std::string_view key, const Figures& packet)
{
    auto found = keys_.find(key);
    if (found == keys_.end())
        found = add(key);
    Counters::node_type node = counters_.extract(found->second);
    node.key() += packet.packets;
    node.mapped().whole += packet;
    found->second = counters_.insert(std::move(node));
}

HeavyHitters::Keys::iterator HeavyHitters::add(std::string_view key)
{
    auto counter = counters_.begin();
    if (counters_.size() < max_keys_) {
        counter = counters_.emplace(0, Counter{});
    } else {
        max_missing_ = counter->first;
        keys_.erase(counter->second.key);
    }
    counter->second = {std::string(key), {}, {}};
    return keys_.emplace(counter->second.key, counter).first;
}

void HeavyHitters::begin_interval()
{
    for (auto& [most, counter] : counters_)
        counter.before = counter.whole;
}

std::vector<HeavyHitters::Row> HeavyHitters::rows() const
{
    std::vector<Row> rows;
    rows.reserve(counters_.size());
    for (const auto& [most, counter] : counters_)
        rows.push_back({counter.key, counter.whole, counter.whole - counter.before});
    return rows;
}

} // namespace command
