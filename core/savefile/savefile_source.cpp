// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_source.hpp"

#include "message_cursor.hpp"
#include "savefile_record.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <new>
#include <utility>

namespace nflog {

namespace {

// This is large, so that a batch costs little compared with its packets. But it is also small, so
// that one batch takes little time: it has at most 2,700 records, because the shortest message has
// 24 bytes.
constexpr std::size_t target_batch_bytes = std::size_t{64} * 1024;

std::string link_type_in_words(int link_type)
{
    const char* name = pcap_datalink_val_to_name(link_type);
    const char* description = pcap_datalink_val_to_description(link_type);
    if (name == nullptr || description == nullptr)
        return std::to_string(link_type);
    return std::string(name) + " (" + description + ")";
}

std::uint64_t stamp_of(const pcap_pkthdr& header) noexcept
{
    constexpr std::uint64_t ns_per_second = 1'000'000'000;
    // In a file the seconds are an unsigned 32-bit number, but libpcap reads them as signed.
    const std::uint64_t seconds = header.ts.tv_sec < 0
                                      ? static_cast<std::uint32_t>(header.ts.tv_sec)
                                      : static_cast<std::uint64_t>(header.ts.tv_sec);
    return seconds * ns_per_second + static_cast<std::uint64_t>(header.ts.tv_usec); // nanoseconds
}

} // namespace

SavefileSource::SavefileSource(std::unique_ptr<SavefileInput>& input, Epoll& epoll,
                               const Ownership& ownership)
    : epoll_(epoll), ownership_(ownership), input_(std::move(input))
{
    const SavefileContent& content = input_->content();
    const std::string& path = content.path();
    batch_.reserve(target_batch_bytes + max_message_bytes);
    std::FILE* stream = input_->open_stream();
    if (stream == nullptr)
        throw std::bad_alloc();
    std::array<char, PCAP_ERRBUF_SIZE> words{};
    errno = 0;
    file_.reset(
        pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, words.data()));
    if (!file_) {
        const bool no_memory = errno == ENOMEM;
        static_cast<void>(std::fclose(stream)); // the stream has no buffer to write
        if (input_->was_stopped()) {
            ended_ = true;
            return;
        }
        if (const int code = input_->error(); code != 0) {
            if (code == EINTR)
                input = std::move(input_);
            throw content.failure("cannot read the savefile " + path, code);
        }
        if (no_memory)
            throw std::bad_alloc();
        throw Error(EBADMSG, "cannot read the savefile " + path + ": " + words.data() +
                                 (input_->is_savefile()
                                      ? "; its head is damaged or cut off, or of an unknown "
                                        "version; use another copy of the file"
                                      : "; it must be a pcap or pcapng file, plain or "
                                        "compressed with gzip, zstd or lz4"));
    }
    const int link_type = pcap_datalink(file_.get());
    if (!is_readable(link_type))
        throw Error(EINVAL, "cannot read the savefile " + path + ": its link type is " +
                                link_type_in_words(link_type) +
                                "; it must be NFLOG, RAW, IPV4, IPV6 or EN10MB");
    if (link_type == DLT_NFLOG && input_->framing().is_plain())
        plain_.emplace(input_->framing(), static_cast<std::size_t>(pcap_snapshot(file_.get())));
    input_->begin_records();
    is_drained_ = !input_->has_record();
    if (content.is_live())
        epoll_.watch(content.fd());
}

SavefileSource::~SavefileSource()
{
    if (input_->content().is_live() && ownership_.is_mine())
        epoll_.unwatch(input_->content().fd());
}

Batch SavefileSource::receive()
{
    batch_.erase(batch_.begin(), batch_.begin() + static_cast<std::ptrdiff_t>(given_));
    given_ = batch_.size();
    if (!ended_ && is_drained_) {
        input_->gather();
        is_drained_ = !input_->has_record();
    }
    if (plain_ && !ended_ && !is_drained_) {
        if (const auto messages = take_plain_records(); !messages.empty())
            return {Batch::State::packets, messages};
        plain_.reset();
    }
    while (given_ < target_batch_bytes && read_record()) {
        if (MessageCursor(batch_).group() !=
            MessageCursor(std::span(batch_).subspan(given_)).group())
            break;
        given_ = batch_.size();
    }
    if (given_ > 0)
        return {Batch::State::packets, std::span(batch_).first(given_)};
    if (failure_ != 0) {
        const Error failure = damage(); // if this throws bad_alloc, the next call tries again
        failure_ = 0;
        throw failure; // NOLINT(misc-throw-by-value-*): made above, before failure_ is cleared
    }
    return {ended_ ? Batch::State::ended : Batch::State::none_now};
}

std::uint64_t SavefileSource::received_at_ns(std::span<const std::byte> message) const noexcept
{
    return stamp_ns(message);
}

// Returns nothing if the next record is not plain, or at the end of the file.
std::span<const std::byte> SavefileSource::take_plain_records() noexcept
{
    const std::span<std::byte> rest = std::as_writable_bytes(input_->rest());
    const PlainRecords::Messages made = plain_->make_messages(rest);
    input_->take(made.bytes);
    records_ += made.count;
    is_drained_ = !input_->has_record();
    return rest.first(made.bytes);
}

// Appends the next record to the batch. Returns false if no record is available now, or the file
// has ended.
bool SavefileSource::read_record()
{
    if (ended_ || is_drained_)
        return false;
    pcap_pkthdr* header = nullptr;
    const u_char* record = nullptr;
    errno = 0;
    if (const int outcome = pcap_next_ex(file_.get(), &header, &record); outcome != 1) {
        const int code = input_->error() != 0 ? input_->error() : errno;
        const bool is_end_of_stream = outcome == PCAP_ERROR_BREAK;
        if (is_end_of_stream && !input_->is_at_end()) {
            is_drained_ = true;
            std::clearerr(pcap_file(file_.get()));
            return false;
        }
        ended_ = true;
        if (!is_end_of_stream)
            failure_ = input_->error() != 0 || code == ENOMEM ? code : EBADMSG;
        return false;
    }
    ++records_;
    append_message(batch_,
                   {
                       .bytes = {reinterpret_cast<const std::byte*>(record), header->caplen},
                       .stamp_ns = stamp_of(*header),
                       .link_type = pcap_datalink(file_.get()),
                       .is_cut = header->caplen < header->len,
                       .is_other_endian = pcap_is_swapped(file_.get()) == 1,
                   });
    return true;
}

Error SavefileSource::damage() const
{
    const std::string where = "the savefile " + input_->content().path() +
                              " cannot be read beyond packet " + std::to_string(records_);
    if (input_->error() != 0 || failure_ != EBADMSG)
        return input_->content().failure(where, failure_);
    return {EBADMSG, where + ": " + pcap_geterr(file_.get())};
}

} // namespace nflog
