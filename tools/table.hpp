// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "colours.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace command {

// A text of columns with headings. Each column is as wide as its longest text.
template <std::size_t columns>
class Table {
public:
    using Row = std::array<std::string, columns>;

    explicit Table(const Row& headings) : rows_{headings} {}

    void add(Row row) { rows_.push_back(std::move(row)); }

    void append_to(std::string& text, const Colours& colours) const
    {
        std::array<std::size_t, columns> widths{};
        for (const Row& row : rows_)
            for (std::size_t i = 0; i < columns; ++i)
                widths[i] = std::max(widths[i], row[i].size());
        text += colours.strong();
        append(text, rows_.front(), widths);
        text += colours.plain();
        for (std::size_t i = 1; i < rows_.size(); ++i)
            append(text, rows_[i], widths);
    }

private:
    static void append(std::string& text, const Row& row,
                       const std::array<std::size_t, columns>& widths)
    {
        for (std::size_t i = 0; i < columns; ++i) {
            text += row[i];
            if (i + 1 < columns)
                text.append(widths[i] - row[i].size() + 2, ' ');
        }
        text += '\n';
    }

    std::vector<Row> rows_;
};

} // namespace command
