// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect_state.hpp"

#include "crc32c.hpp"
#include "percent.hpp"
#include "words.hpp"

namespace fleet {

namespace {

constexpr std::string_view first_line = "nflogcap-collect version=1\n";

bool is_kept(unsigned char byte)
{
    return spool::is_letter_or_digit(byte) || byte == '.' || byte == '-' || byte == '_' ||
           byte == '/';
}

// One line of the file: its keyword, and the words after it.
class Line {
public:
    Line(std::string& text, std::string_view what) : text_(text) { text_ += what; }
    ~Line() { text_ += '\n'; }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    template <typename Number>
    Line& number(const char* key, Number number)
    {
        text_.append(1, ' ').append(key).append(1, '=').append(std::to_string(number));
        return *this;
    }
    Line& words(const char* key, std::string_view words)
    {
        text_.append(1, ' ').append(key).append(1, '=');
        text_ += spool::percent_encoded(words, is_kept);
        return *this;
    }
    Line& raw(std::string_view words)
    {
        text_.append(1, ' ').append(words);
        return *this;
    }

private:
    std::string& text_;
};

void append(std::string& text, const char* what, const Stretches& stretches)
{
    for (const Stretch& stretch : stretches.all())
        Line(text, what)
            .number("from", stretch.from)
            .number("to", stretch.to)
            .number("chunk_before", stretch.chunk_before)
            .number("session_before", stretch.session_before)
            .number("chunk_after", stretch.chunk_after)
            .number("session_after", stretch.session_after);
}

void append(std::string& text, const SpoolLedger& spool)
{
    Line(text, "spool")
        .words("id", spool.identity)
        .number("chunk", spool.chunk)
        .number("first_chunk", spool.first_chunk)
        .number("first_session", spool.first_session)
        .number("stored", spool.stored)
        .number("missing", spool.missing)
        .number("missing_chunks", spool.missing_chunks)
        .number("unnamed_chunks", spool.holes.unnamed_chunks())
        .number("forgotten_stretches", spool.stretches.forgotten())
        .raw(spool.account.text());
    for (const Hole& hole : spool.holes.ranges())
        Line(text, "hole")
            .number("first", hole.first)
            .number("last", hole.last)
            .number("before", hole.before)
            .number("packets", hole.packets);
    append(text, "stretch", spool.stretches);
}

void append(std::string& text, const GroupKey& key, const GroupState& group)
{
    const Ledger& ledger = group.ledger;
    const Sums& past = ledger.past();
    Line(text, "group")
        .words("host", key.first)
        .number("group", key.second)
        .number("refused", ledger.refused())
        .number("stored", past.stored)
        .number("filtered", past.filtered)
        .number("lost", past.lost)
        .number("missing", past.missing)
        .number("dropped", past.dropped)
        .number("missing_chunks", past.missing_chunks)
        .number("forgotten_stretches", ledger.past_stretches().forgotten());
    append(text, "past_stretch", ledger.past_stretches());
    for (const SpoolLedger& spool : ledger.spools())
        append(text, spool);
    for (const auto& [magic, output] : group.outputs)
        Line(text, "file")
            .number("magic", magic)
            .words("path", output.path)
            .number("bytes", output.bytes)
            .number("period", output.period)
            .number("number", output.number)
            .number("written", output.written)
            .number("repetition", output.repetition);
}

bool read_words(std::string_view line, const char* key, std::string& words)
{
    const auto value = spool::value_of(line, key);
    const auto decoded = value ? spool::percent_decoded(*value) : std::nullopt;
    if (decoded)
        words = *decoded;
    return decoded.has_value();
}

bool read_stretch(std::string_view line, Stretches& stretches)
{
    Stretch stretch;
    if (!spool::read_number(line, "from", stretch.from) ||
        !spool::read_number(line, "to", stretch.to) ||
        !spool::read_number(line, "chunk_before", stretch.chunk_before) ||
        !spool::read_number(line, "session_before", stretch.session_before) ||
        !spool::read_number(line, "chunk_after", stretch.chunk_after) ||
        !spool::read_number(line, "session_after", stretch.session_after))
        return false;
    stretches.add(stretch);
    return true;
}

bool read_forgotten(std::string_view line, Stretches& stretches)
{
    std::uint64_t forgotten = 0;
    const bool is_there = spool::read_number(line, "forgotten_stretches", forgotten);
    stretches.add_forgotten(forgotten);
    return is_there;
}

// Parses the lines of one group. At the end, makes the group's state from them.
class Reading {
public:
    explicit Reading(CollectState& state) : state_(state) {}

    bool read(std::string_view line)
    {
        const std::string_view what = line.substr(0, line.find(' '));
        if (what == "collector")
            return read_collector(line);
        if (what == "group") {
            finish();
            return read_group(line);
        }
        if (!is_in_group_)
            return false;
        if (what == "past_stretch")
            return read_stretch(line, past_stretches_);
        if (what == "spool")
            return read_spool(line);
        if (what == "file")
            return read_output(line);
        if (spools_.empty())
            return false;
        if (what == "hole")
            return read_hole(line);
        return what == "stretch" && read_stretch(line, spools_.back().stretches);
    }

    void finish()
    {
        if (!is_in_group_)
            return;
        group_.ledger.restore(refused_, past_, std::move(past_stretches_), std::move(spools_));
        state_.groups[key_] = std::move(group_);
        group_ = {};
        past_stretches_ = {};
        spools_.clear();
        is_in_group_ = false;
    }

private:
    bool read_collector(std::string_view line)
    {
        unsigned json = 0;
        if (!read_words(line, "stream", state_.stream) || !read_words(line, "name", state_.name) ||
            !spool::read_number(line, "json", json) || json > 1 ||
            !spool::read_number(line, "refused", state_.refused))
            return false;
        state_.is_json = json == 1;
        return true;
    }

    bool read_group(std::string_view line)
    {
        is_in_group_ = true;
        return read_words(line, "host", key_.first) &&
               spool::read_number(line, "group", key_.second) &&
               spool::read_number(line, "refused", refused_) &&
               spool::read_number(line, "stored", past_.stored) &&
               spool::read_number(line, "filtered", past_.filtered) &&
               spool::read_number(line, "lost", past_.lost) &&
               spool::read_number(line, "missing", past_.missing) &&
               spool::read_number(line, "dropped", past_.dropped) &&
               spool::read_number(line, "missing_chunks", past_.missing_chunks) &&
               read_forgotten(line, past_stretches_);
    }

    bool read_spool(std::string_view line)
    {
        SpoolLedger spool;
        std::uint64_t unnamed = 0;
        const auto account = spool::Account::parse(line);
        if (!account || !read_words(line, "id", spool.identity) ||
            !spool::read_number(line, "chunk", spool.chunk) ||
            !spool::read_number(line, "first_chunk", spool.first_chunk) ||
            !spool::read_number(line, "first_session", spool.first_session) ||
            !spool::read_number(line, "stored", spool.stored) ||
            !spool::read_number(line, "missing", spool.missing) ||
            !spool::read_number(line, "missing_chunks", spool.missing_chunks) ||
            !spool::read_number(line, "unnamed_chunks", unnamed) ||
            !read_forgotten(line, spool.stretches))
            return false;
        spool.account = *account;
        spool.holes.add_unnamed(unnamed);
        spools_.push_back(std::move(spool));
        return true;
    }

    bool read_hole(std::string_view line)
    {
        Hole hole;
        if (!spool::read_number(line, "first", hole.first) ||
            !spool::read_number(line, "last", hole.last) ||
            !spool::read_number(line, "before", hole.before) ||
            !spool::read_number(line, "packets", hole.packets) || hole.last < hole.first)
            return false;
        spools_.back().holes.add(hole);
        return true;
    }

    bool read_output(std::string_view line)
    {
        Output output;
        Magic magic = 0;
        if (!spool::read_number(line, "magic", magic) || !read_words(line, "path", output.path) ||
            !spool::read_number(line, "bytes", output.bytes) ||
            !spool::read_number(line, "period", output.period) ||
            !spool::read_number(line, "number", output.number) ||
            !spool::read_number(line, "written", output.written) ||
            !spool::read_number(line, "repetition", output.repetition))
            return false;
        group_.outputs[magic] = std::move(output);
        return true;
    }

    CollectState& state_;
    bool is_in_group_ = false;
    GroupKey key_;
    GroupState group_;
    std::uint64_t refused_ = 0;
    Sums past_;
    Stretches past_stretches_;
    std::vector<SpoolLedger> spools_;
};

} // namespace

std::string CollectState::text() const
{
    std::string text(first_line);
    Line(text, "collector")
        .words("stream", stream)
        .words("name", name)
        .number("json", is_json ? 1 : 0)
        .number("refused", refused);
    for (const auto& [key, group] : groups)
        append(text, key, group);
    const std::uint32_t checksum = spool::crc32c(text);
    Line(text, "end").number("checksum", checksum);
    return text;
}

std::optional<CollectState> CollectState::parse(std::string_view text)
{
    const std::size_t end = text.rfind("end ");
    std::uint32_t checksum = 0;
    if (!text.starts_with(first_line) || !text.ends_with('\n') || end == std::string_view::npos ||
        !spool::read_number(text.substr(end, text.size() - 1 - end), "checksum", checksum) ||
        spool::crc32c(text.substr(0, end)) != checksum)
        return std::nullopt;
    text = text.substr(first_line.size(), end - first_line.size());
    CollectState state;
    Reading reading(state);
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(line.size() + 1);
        if (!reading.read(line))
            return std::nullopt;
    }
    reading.finish();
    return state;
}

} // namespace fleet
