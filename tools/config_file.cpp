// SPDX-License-Identifier: GPL-2.0-or-later
#include "config_file.hpp"

#include "option_values.hpp"
#include "text_file.hpp"

#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace command {

namespace {

constexpr std::size_t max_words =
    1000; // to find an invalid line, each line may be parsed once more
constexpr std::string_view separators = " \t\r";

// The options in the file name files to write and the user to become. Therefore the file's owner
// must be root or the user that runs the command, and no other user may be able to write it.
void require_trusted(const std::string& path, const struct stat& status)
{
    if (!S_ISREG(status.st_mode))
        refuse("--config: " + path + " is not a regular file");
    if (status.st_uid != 0 && status.st_uid != getuid() && status.st_uid != geteuid())
        refuse("--config: " + path + " belongs to user " + std::to_string(status.st_uid) +
               ", which could make nflogcap do anything; check its content, then: chown root " +
               path);
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        refuse("--config: " + path +
               " can be written by users other than its owner, which could make nflogcap do "
               "anything; check its content, then: chmod go-w " +
               path);
}

// The words of one line.
class Line {
public:
    Line(std::string_view text, const std::string& path, std::size_t number)
        : text_(text), path_(path), number_(number)
    {
    }

    void append_words(std::vector<ConfigWord>& words)
    {
        while (true) {
            at_ = std::min(text_.find_first_not_of(separators, at_), text_.size());
            if (at_ == text_.size() || text_[at_] == '#')
                return;
            if (words.size() == max_words)
                refuse(path_ + " has more than " + std::to_string(max_words) +
                       " words; -F reads a long filter from a separate file");
            words.push_back({word(), number_});
        }
    }

private:
    std::string word()
    {
        std::string word;
        while (at_ < text_.size() && separators.find(text_[at_]) == std::string_view::npos) {
            const char first = text_[at_++];
            if (first != '\'' && first != '"') {
                word += first;
                continue;
            }
            const std::size_t end = text_.find(first, at_);
            if (end == std::string_view::npos)
                refuse(path_ + ':' + std::to_string(number_) + ": the quotation mark " + first +
                       " is not closed on its line; close it after the word, or put it between "
                       "two quotation marks of the other kind");
            word += text_.substr(at_, end - at_);
            at_ = end + 1;
        }
        return word;
    }

    std::string_view text_;
    const std::string& path_;
    std::size_t number_;
    std::size_t at_ = 0;
};

} // namespace

std::vector<ConfigWord> words_in_config(const std::string& path)
{
    // O_NONBLOCK: opening a FIFO does not block.
    const TextFile file(path, "configuration", O_NONBLOCK);
    require_trusted(path, file.status());
    const std::string text = file.content();
    std::vector<ConfigWord> words;
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        Line(std::string_view(text).substr(begin, end - begin), path, ++number).append_words(words);
        begin = end + 1;
    }
    return words;
}

} // namespace command
