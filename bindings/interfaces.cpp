// SPDX-License-Identifier: GPL-2.0-or-later
#include "interfaces.hpp"

#include "fields.hpp"

#include <cstring>
#include <mutex>
#include <new>

namespace binding {

namespace {

using Lock = std::lock_guard<ProcessLock>;

constexpr std::uint64_t lifetime_ns = 1'000'000'000;

// Machines that create and remove containers continually have new indexes. If there are more
// entries than this, all are removed, which costs one look-up for each index in use.
constexpr std::size_t max_entries = 4096;

} // namespace

Interfaces* Interfaces::make() noexcept
{
    return new (std::nothrow) Interfaces;
}

void Interfaces::release() noexcept
{
    if (--references_ == 0)
        delete this;
}

bool Interfaces::learn(nflogcap* handle, const nflogcap_packet& packet) noexcept
{
    try {
        for (const nflogcap_field* field : binding::interfaces()) {
            if ((packet.present & field->present) != 0)
                learn(handle,
                      static_cast<std::uint32_t>(unsigned_at(
                          reinterpret_cast<const char*>(&packet) + field->offset, field->size)),
                      packet.timestamp_ns);
        }
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

bool Interfaces::set(std::uint32_t index, const char* name) noexcept
{
    try {
        const Lock locked(lock_);
        entries_[index].name = name;
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

void Interfaces::set_host(const char* name) noexcept
{
    host_ = {};
    if (name != nullptr)
        std::strncpy(host_.data(), name, host_.size() - 1);
}

const char* Interfaces::name(std::uint32_t index) const noexcept
{
    const auto entry = entries_.find(index);
    if (entry == entries_.end() || entry->second.name.empty())
        return nullptr;
    return entry->second.name.c_str();
}

bool Interfaces::copy_name(std::uint32_t index, std::array<char, IF_NAMESIZE>& to) const noexcept
{
    const Lock locked(lock_);
    const char* known = name(index);
    if (known == nullptr)
        return false;
    to = {};
    std::strncpy(to.data(), known, to.size() - 1);
    return true;
}

void Interfaces::learn(nflogcap* handle, std::uint32_t index, std::uint64_t now_ns)
{
    Recent& recent = recent_[index % recent_.size()];
    if (recent.index == index && now_ns - recent.looked_up_at_ns < lifetime_ns)
        return;
    const auto found = entries_.find(index);
    if (found != entries_.end() && now_ns - found->second.looked_up_at_ns < lifetime_ns) {
        recent = {index, found->second.looked_up_at_ns};
        return;
    }
    const char* name = nflogcap_interface_name(handle, index);
    const Lock locked(lock_);
    if (found == entries_.end() && entries_.size() >= max_entries)
        entries_.clear();
    Entry& entry = entries_[index];
    entry.looked_up_at_ns = now_ns;
    recent = {index, now_ns};
    if (name != nullptr)
        entry.name = name; // otherwise the interface was removed, and its last name is kept
}

} // namespace binding
