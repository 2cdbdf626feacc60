// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "handle.hpp"
#include "options.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace command {

// Adds the tap in the options, if there is one.
void add_tap(const Handle& handle, const CaptureOptions& options);
// Sets or clears the filter.
void set_filter(const Handle& handle, const CaptureOptions& options);

// Changes a running capture when its configuration is read again: its groups, its tap and its
// filter. Other changes require a restart.
class Reconfiguration {
public:
    // The capture was started with these options.
    Reconfiguration(const Handle& handle, CaptureOptions options,
                    std::function<CaptureOptions()> read_again)
        : handle_(handle), options_(std::move(options)), read_again_(std::move(read_again))
    {
    }

    [[nodiscard]] bool is_possible() const { return static_cast<bool>(read_again_); }

    // Reads the configuration and applies the changes that it can. Returns lines for users: what
    // was changed, and what failed and why. What failed stays as before.
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
