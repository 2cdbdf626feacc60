// SPDX-License-Identifier: GPL-2.0-or-later
#include "message.hpp"

#include "error.hpp"
#include "percent.hpp"
#include "reader.hpp"
#include "words.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>

namespace fleet {

namespace {

constexpr std::string_view subject_start = "nflog.pcap.";
constexpr const char* id_header = "Nats-Msg-Id";
constexpr const char* version_header = "Nflogcap-Version";
constexpr const char* spool_header = "Nflogcap-Spool";
constexpr const char* chunk_header = "Nflogcap-Chunk";
constexpr const char* account_header = "Nflogcap-Account";
constexpr const char* interfaces_header = "Nflogcap-Interfaces";
constexpr unsigned own_version = 1;
// A token is a part of file names, which have at most 255 bytes.
constexpr std::size_t max_token = 200;
constexpr std::size_t identity_digits = 16;

bool is_kept(unsigned char byte)
{
    constexpr unsigned char first = '!';
    constexpr unsigned char last = '~';
    constexpr std::string_view escaped = ".*>/\\%";
    return byte >= first && byte <= last &&
           escaped.find(static_cast<char>(byte)) == std::string_view::npos;
}

[[noreturn]] void refuse(natsMsg* message, const std::string& why)
{
    throw nflog::Error(EPROTO, "a message of the subject " +
                                   nflog::foreign_reason(natsMsg_GetSubject(message)) +
                                   " is not from nflogcap-ship, or is damaged: " + why);
}

// Returns nothing if the message does not have the header.
std::optional<std::string_view> header(natsMsg* message, const char* name)
{
    const char* value = nullptr;
    if (natsMsgHeader_Get(message, name, &value) != NATS_OK || value == nullptr)
        return {};
    return value;
}

void check_version(natsMsg* message)
{
    const auto text = header(message, version_header);
    const auto version = text ? spool::number_in<unsigned>(*text) : std::optional<unsigned>{};
    if (!version || *version == 0)
        refuse(message, "it has no header " + std::string(version_header));
    if (*version > own_version)
        throw nflog::Error(EPROTONOSUPPORT,
                           "a message of the subject " +
                               nflog::foreign_reason(natsMsg_GetSubject(message)) +
                               " has the version " + std::to_string(*version) +
                               " of a later nflogcap-ship; upgrade nflogcap-fleet here first");
}

// Parses the end of a subject, such as "web-1.g5". Refuses a token that nflogcap-ship would write
// in another way: otherwise one host could have two tokens, and two files.
void read_subject(natsMsg* message, Message& read)
{
    std::string_view subject = natsMsg_GetSubject(message);
    if (!subject.starts_with(subject_start))
        refuse(message, "the subject is not nflog.pcap.HOST.gGROUP");
    subject.remove_prefix(subject_start.size());
    const std::size_t dot = subject.find(".g");
    if (dot == 0 || dot > max_token || dot == std::string_view::npos)
        refuse(message, "the subject is not nflog.pcap.HOST.gGROUP");
    const auto group = spool::number_in<std::uint16_t>(subject.substr(dot + 2));
    const std::string_view token = subject.substr(0, dot);
    read.host = host_of_token(token);
    if (!group || token_of_host(read.host) != token ||
        std::to_string(*group) != subject.substr(dot + 2))
        refuse(message, "the subject is not nflog.pcap.HOST.gGROUP");
    read.chunk.group = *group;
}

bool is_identity(std::string_view text)
{
    return text.size() == identity_digits && std::ranges::all_of(text, [](char digit) {
               return nflog::hex_digits.find(digit) != std::string_view::npos;
           });
}

} // namespace

std::string token_of_host(std::string_view host)
{
    return spool::percent_encoded(host, is_kept);
}

std::string host_of_token(std::string_view token)
{
    return spool::percent_decoded(token).value_or("");
}

std::string subject_of(std::string_view host, std::uint16_t group)
{
    return std::string(subject_start) + token_of_host(host) + ".g" + std::to_string(group);
}

MessageHandle Message::encode(const std::string& answer_to) const
{
    natsMsg* made = nullptr;
    natsStatus status = natsMsg_Create(&made, subject_of(host, chunk.group).c_str(),
                                       answer_to.empty() ? nullptr : answer_to.c_str(),
                                       savefile.data(), static_cast<int>(savefile.size()));
    MessageHandle message(made);
    const std::string number = std::to_string(chunk.number);
    const auto set = [&](const char* name, const std::string& value) {
        if (status == NATS_OK)
            status = natsMsgHeader_Set(message.get(), name, value.c_str());
    };
    set(id_header,
        token_of_host(host) + "/" + spool + "/g" + std::to_string(chunk.group) + "/" + number);
    set(version_header, std::to_string(own_version));
    set(spool_header, spool);
    set(chunk_header, number);
    set(account_header, chunk.account.text());
    if (!chunk.interfaces.empty())
        set(interfaces_header, chunk.interfaces);
    if (status != NATS_OK)
        throw nflog::Error(status == NATS_NO_MEMORY ? ENOMEM : EPROTO,
                           "cannot make a message of chunk " + number + " of group " +
                               std::to_string(chunk.group) + ": " + natsStatus_GetText(status));
    return message;
}

Message Message::decode(natsMsg* message)
{
    Message read;
    read_subject(message, read);
    check_version(message);
    const std::string_view identity = header(message, spool_header).value_or("");
    if (!is_identity(identity))
        refuse(message,
               "its header " + std::string(spool_header) + " is not the identity of a spool");
    read.spool = identity;
    const auto number = spool::number_in<std::uint64_t>(header(message, chunk_header).value_or(""));
    if (!number || *number == 0)
        refuse(message,
               "its header " + std::string(chunk_header) + " is not the number of a chunk");
    read.chunk.number = *number;
    const auto account = spool::Account::parse(header(message, account_header).value_or(""));
    if (!account)
        refuse(message, "its header " + std::string(account_header) + " is not an account");
    read.chunk.account = *account;
    read.chunk.interfaces = header(message, interfaces_header).value_or("");
    const int length = natsMsg_GetDataLength(message);
    if (length > 0)
        read.savefile = {natsMsg_GetData(message), static_cast<std::size_t>(length)};
    if (!read.savefile.empty()) {
        if (read.savefile.size() <= spool::savefile_head_bytes)
            refuse(message, "its savefile is cut off");
        read.chunk.length = read.savefile.size() - spool::savefile_head_bytes;
    }
    if ((account->packets == 0) != read.savefile.empty())
        refuse(message, "its savefile and the number of packets in its account do not agree");
    return read;
}

} // namespace fleet
