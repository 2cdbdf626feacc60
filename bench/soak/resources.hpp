// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace soak {

// What the process has now.
struct Resources {
    std::size_t allocated; // bytes that malloc() has given out
    std::size_t resident;  // bytes, what is shared counted by its share (PSS)
    std::size_t descriptors;
};
Resources resources_now();

// Samples of it over the run. The first quarter is warm-up; of the rest the least of the last third
// is held against the least of the first: readers come and go, and a tap takes megabytes while it
// is laid, but a leak raises the least too, in the end by more than is allowed.
class Trend {
public:
    // Has room for so many, so that the samples themselves are no growth.
    explicit Trend(std::size_t samples) { samples_.reserve(samples); }
    void sample() { samples_.push_back(resources_now()); }

    // A line a resource; and the words of what grew.
    struct Verdict {
        std::string table;
        std::string growth; // "": all is flat
    };
    [[nodiscard]] Verdict verdict() const;

private:
    std::vector<Resources> samples_;
};

// The words of what has stayed behind since then, when all readers are gone; "": nothing.
std::string left_since(const Resources& before);

} // namespace soak
