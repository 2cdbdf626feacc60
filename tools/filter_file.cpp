// SPDX-License-Identifier: GPL-2.0-or-later
#include "filter_file.hpp"

#include "text_file.hpp"

#include <algorithm>

namespace command {

std::string filter_in(const std::string& path)
{
    std::string text = TextFile(path, "filter").content();
    for (std::size_t at = 0; (at = text.find('#', at)) != std::string::npos;) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        text.replace(at, end - at, end - at, ' ');
    }
    return text;
}

} // namespace command
