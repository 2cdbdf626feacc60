// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "handle.hpp"
#include "options.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace command {

// Adds the tap of the options, if they have one.
void add_tap(const Handle& handle, const CaptureOptions& options);
// Sets their filter, or none.
void set_filter(const Handle& handle, const CaptureOptions& options);

// What changes when the configuration of a capture that runs is read again: its groups, its tap and
// its filter. All else takes a restart.
class Reconfiguration {
public:
    // The capture runs with these options.
    Reconfiguration(const Handle& handle, CaptureOptions options,
                    std::function<CaptureOptions()> read_again)
        : handle_(handle), options_(std::move(options)), read_again_(std::move(read_again))
    {
    }

    [[nodiscard]] bool is_possible() const { return static_cast<bool>(read_again_); }

    // Reads it and changes what it can. Returns lines for people: what was changed, and what failed
    // and why; what failed is as before.
    std::vector<std::string> apply();

    [[nodiscard]] std::vector<std::uint16_t> groups() const;

private:
    template <typename Change>
    void attempt(Change change);
    void change_filter(const CaptureOptions& wanted);
    void add_groups(const CaptureOptions& wanted);
    void change_tap(const CaptureOptions& wanted);
    void remove_groups(const CaptureOptions& wanted);

    const Handle& handle_;
    CaptureOptions options_; // in force
    std::function<CaptureOptions()> read_again_;
    std::vector<std::string> said_;
};

} // namespace command
