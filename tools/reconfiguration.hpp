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
// Sets the filter in the options, or clears it.
void set_filter(const Handle& handle, const CaptureOptions& options);

// Changes a running capture after its configuration is read again. It can change the groups, the
// tap and the filter. Other changes require a restart.
class Reconfiguration {
public:
    // `options`: the options with which the capture was started.
    Reconfiguration(const Handle& handle, CaptureOptions options,
                    std::function<CaptureOptions()> read_again)
        : handle_(handle), options_(std::move(options)), read_again_(std::move(read_again))
    {
    }

    [[nodiscard]] bool is_possible() const { return static_cast<bool>(read_again_); }

    // Reads the configuration again, and makes the changes that are possible. Returns lines for
    // users, which say what was changed, and what failed and why. A setting that could not be
    // changed keeps its value.
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
    CaptureOptions options_; // the options that the capture uses now
    std::function<CaptureOptions()> read_again_;
    std::vector<std::string> said_;
};

} // namespace command
