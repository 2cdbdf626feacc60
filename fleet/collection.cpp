// SPDX-License-Identifier: GPL-2.0-or-later
#include "collection.hpp"

#include "advice.hpp"
#include "error.hpp"
#include "failure.hpp"
#include "packet_lines.hpp"
#include "record_framing.hpp"
#include "state_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <limits>
#include <sys/file.h>
#include <sys/stat.h>
#include <utility>

namespace fleet {

namespace {

// The maximum number of groups of hosts, so that no host can make memory grow by sending many
// groups.
constexpr std::size_t max_groups = 100'000;
constexpr std::ptrdiff_t max_groups_of_host = 256;

constexpr const char* state_name = "state";

nflog::FileDescriptor open_directory(const std::string& path)
{
    nflog::FileDescriptor fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0)
        throw command::Failure("cannot open the directory " + path + ": " + std::strerror(errno) +
                               command::advice_on(errno));
    return fd;
}

nflog::FileDescriptor take_directory(const std::string& path)
{
    constexpr mode_t mode = 0750;
    if (mkdir(path.c_str(), mode) < 0 && errno != EEXIST)
        throw command::Failure("cannot make the directory " + path + ": " + std::strerror(errno) +
                               command::advice_on_writing(errno, ""));
    nflog::FileDescriptor fd = open_directory(path);
    if (flock(fd.get(), LOCK_EX | LOCK_NB) < 0)
        throw command::Failure(
            errno == EWOULDBLOCK
                ? "another nflogcap-collect writes to " + path + "; end it, or give another --out"
                : "cannot lock the directory " + path + ": " + std::strerror(errno));
    return fd;
}

std::optional<CollectState> state_in(int directory, const std::string& path)
{
    const std::string what = path + '/' + state_name;
    const auto text = read_state_file(directory, state_name, what);
    if (!text)
        return std::nullopt;
    auto state = CollectState::parse(*text);
    if (!state)
        throw command::Failure(what + " is damaged, or was written by a later version; restore it, "
                                      "or give an empty directory for --out");
    return state;
}

// Returns the saved state. If the names or the kind of the files have changed, the old files are
// not continued: new ones are begun.
CollectState state_to_continue(int directory, const CollectionSettings& settings)
{
    CollectState state = state_in(directory, settings.directory).value_or(CollectState());
    if (!state.groups.empty() && state.stream != settings.stream)
        throw command::Failure(settings.directory + " already has packets of the stream " +
                               state.stream + ", not of " + settings.stream +
                               "; use one directory per stream");
    if (state.is_json != settings.is_json || state.name != settings.naming.name) {
        for (auto& [key, group] : state.groups)
            group.outputs.clear();
    }
    state.stream = settings.stream;
    state.is_json = settings.is_json;
    state.name = settings.naming.name;
    return state;
}

// Returns why the savefile is refused, or nullptr if its version and link type are valid. Its
// numbers are in the byte order of the host that wrote it.
const char* fault_of(std::string_view savefile, Magic& magic)
{
    constexpr std::size_t link_type_at = 20;
    constexpr std::uint32_t linktype_nflog = 239;
    std::uint16_t major = 0;
    std::uint32_t link_type = 0;
    std::memcpy(&magic, savefile.data(), sizeof magic);
    std::memcpy(&major, savefile.data() + sizeof magic, sizeof major);
    std::memcpy(&link_type, savefile.data() + link_type_at, sizeof link_type);
    if (magic != magic_nanoseconds && magic != magic_microseconds) {
        major = __builtin_bswap16(major);
        link_type = __builtin_bswap32(link_type);
    }
    return major == 2 && link_type == linktype_nflog ? nullptr
                                                     : "its packets are not NFLOG packets";
}

} // namespace

std::optional<CollectState> read_collect_state(const std::string& directory)
{
    return state_in(open_directory(directory).get(), directory);
}

Collection::Collection(CollectionSettings settings)
    : settings_(std::move(settings)), directory_(take_directory(settings_.directory)),
      state_(state_to_continue(directory_.get(), settings_)),
      files_(directory_.get(), settings_.directory, settings_.naming, state_),
      warnings_(files_.cut())
{
    save(); // throws now if files in the directory cannot be written
}

Collection::Incoming::Incoming(natsMsg* message, std::string_view subject) : subject_(subject)
{
    const std::string refused = "a message of '" + subject_ + "' is refused: ";
    try {
        Message decoded = Message::decode(message);
        if (decoded.savefile.empty()
                ? decoded.chunk.account.packets > 0
                : count_records(decoded.savefile) != decoded.chunk.account.packets)
            why_ = refused + "its packets do not match its account";
        else if (const char* const fault =
                     decoded.savefile.empty() ? nullptr : fault_of(decoded.savefile, magic_))
            why_ = refused + fault;
        else
            message_ = std::move(decoded);
    } catch (const nflog::Error& error) {
        if (error.code() == EPROTONOSUPPORT)
            throw;
        why_ = error.what();
    }
}

Magic Collection::output_of(const Incoming& incoming) const
{
    return settings_.is_json ? 0 : incoming.magic_;
}

bool Collection::has_room_for(const GroupKey& key) const
{
    if (state_.groups.contains(key))
        return true;
    const auto first = state_.groups.lower_bound({key.first, 0});
    const auto last =
        state_.groups.upper_bound({key.first, std::numeric_limits<std::uint16_t>::max()});
    return state_.groups.size() < max_groups && std::distance(first, last) < max_groups_of_host;
}

bool Collection::prepare(const Incoming& incoming)
{
    if (!incoming.is_valid() || incoming.message_->chunk.account.packets == 0)
        return false;
    const GroupKey key(incoming.message_->host, incoming.message_->chunk.group);
    const Magic output = output_of(incoming);
    if (!has_room_for(key) || files_.goes_on(key, output))
        return false;
    files_.begin(key, output);
    return true;
}

Collection::Result Collection::refuse(const Incoming& incoming, std::string why)
{
    std::string words = "a message of '" + incoming.subject_ + "' is refused: " + std::move(why);
    return {Added::refused, std::move(words)};
}

Collection::Result Collection::add(const Incoming& incoming)
{
    if (!incoming.is_valid()) {
        ++state_.refused;
        return {Added::refused, incoming.why_};
    }
    const Message& message = *incoming.message_;
    const GroupKey key(message.host, message.chunk.group);
    if (!has_room_for(key)) {
        ++state_.refused;
        return refuse(incoming, "there are too many groups");
    }
    Ledger& ledger = state_.groups[key].ledger;
    std::string_view content = message.savefile;
    std::optional<std::string> lines;
    if (settings_.is_json) {
        lines = packet_lines(message);
        if (!lines) {
            ledger.count_refused();
            return refuse(incoming, "one of its packets is damaged");
        }
        content = *lines;
    }
    const Ledger::Result result = ledger.enter(message.spool, message.chunk);
    if (result.entry == Ledger::Entry::refused)
        return refuse(incoming, result.why);
    if (result.entry == Ledger::Entry::repeated)
        return {Added::repeated, ""};
    if (!content.empty()) {
        const std::size_t head = settings_.is_json ? 0 : savefile_head_bytes;
        files_.write(key, output_of(incoming), content.substr(0, head), content.substr(head));
    }
    return {Added::stored, ""};
}

void Collection::save()
{
    files_.sync();
    replace_state_file(directory_.get(), state_name, state_.text(),
                       settings_.directory + '/' + state_name);
}

} // namespace fleet
