// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace soak {

// The resources that the process uses now.
struct Resources {
    std::size_t allocated; // bytes allocated with malloc()
    std::size_t resident;  // bytes of memory in use; a shared page counts in proportion (PSS)
    std::size_t descriptors;
};
Resources resources_now();

// Samples of the resources during the run. The first quarter of the samples is ignored. Of the
// rest, the minimum of the last third is compared with the minimum of the first third. Single
// samples vary, because readers start and end, and a tap takes megabytes while it is added. A leak
// also raises the minimum, and over time by more than is allowed.
class Trend {
public:
    // Reserves memory for this number of samples, so that the samples themselves cause no growth.
    explicit Trend(std::size_t samples) { samples_.reserve(samples); }
    void sample() { samples_.push_back(resources_now()); }

    // The result: one line for each resource, and a text about the resources that grew.
    struct Verdict {
        std::string table;
        std::string growth; // "": nothing grew
    };
    [[nodiscard]] Verdict verdict() const;

private:
    std::vector<Resources> samples_;
};

// Returns a text about resources that are still in use after all readers have ended; "": there are
// none.
std::string left_since(const Resources& before);

} // namespace soak
