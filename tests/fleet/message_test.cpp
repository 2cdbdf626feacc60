// SPDX-License-Identifier: GPL-2.0-or-later
#include "message.hpp"

#include "catch.hpp"
#include "error.hpp"

#include <cerrno>
#include <string>

using fleet::Message;
using fleet::MessageHandle;

namespace {

// libnats cannot free a message unless it was opened before.
const natsStatus library = nats_Open(-1);

const std::string savefile = std::string(24, 'h') + "records";

Message message_of_two_packets()
{
    Message message;
    message.host = "web-1.example";
    message.spool = "0123456789abcdef";
    message.chunk.group = 5;
    message.chunk.number = 7;
    message.chunk.account.packets = 2;
    message.chunk.account.total = 9;
    message.chunk.account.session = 11;
    message.chunk.interfaces = "2=eth0";
    message.savefile = savefile;
    return message;
}

MessageHandle with_header(const char* name, const char* value)
{
    MessageHandle message = message_of_two_packets().encode("");
    natsMsgHeader_Delete(message.get(), name);
    if (value != nullptr)
        natsMsgHeader_Set(message.get(), name, value);
    return message;
}

MessageHandle with_subject(const char* subject, const std::string& data = savefile)
{
    natsMsg* made = nullptr;
    natsMsg_Create(&made, subject, nullptr, data.data(), static_cast<int>(data.size()));
    natsMsgHeader_Set(made, "Nflogcap-Version", "1");
    natsMsgHeader_Set(made, "Nflogcap-Spool", "0123456789abcdef");
    natsMsgHeader_Set(made, "Nflogcap-Chunk", "7");
    const spool::Account account = message_of_two_packets().chunk.account;
    natsMsgHeader_Set(made, "Nflogcap-Account", account.text().c_str());
    return MessageHandle(made);
}

int code_of(const MessageHandle& message)
{
    try {
        Message::decode(message.get());
    } catch (const nflog::Error& error) {
        return error.code();
    }
    return 0;
}

} // namespace

TEST_CASE("each host has its own token, and the token can be converted back")
{
    CHECK(fleet::token_of_host("web-1") == "web-1");
    CHECK(fleet::token_of_host("web-1.example") == "web-1%2Eexample");
    for (const std::string host :
         {"a.b", "a b", "*", ">", "../x", "a%2Eb", "\xc3\xa4", "a\nb", "$"}) {
        const std::string token = fleet::token_of_host(host);
        CHECK(token.find_first_of(". *>/\n\t") == std::string::npos);
        CHECK(fleet::host_of_token(token) == host);
    }
    CHECK(fleet::host_of_token("a%2").empty());
    CHECK(fleet::subject_of("a.b", 5) == "nflog.pcap.a%2Eb.g5");
}

TEST_CASE("a message has the data of its chunk")
{
    const Message sent = message_of_two_packets();
    const MessageHandle encoded = sent.encode("inbox.1");
    CHECK(std::string(natsMsg_GetSubject(encoded.get())) == "nflog.pcap.web-1%2Eexample.g5");
    CHECK(std::string(natsMsg_GetReply(encoded.get())) == "inbox.1");
    const char* id = nullptr;
    natsMsgHeader_Get(encoded.get(), "Nats-Msg-Id", &id);
    CHECK(std::string(id) == "web-1%2Eexample/0123456789abcdef/g5/7");
    const Message received = Message::decode(encoded.get());
    CHECK(received.host == sent.host);
    CHECK(received.spool == sent.spool);
    CHECK(received.chunk.group == 5);
    CHECK(received.chunk.number == 7);
    CHECK(received.chunk.length == 7);
    CHECK(received.chunk.account.text() == sent.chunk.account.text());
    CHECK(received.chunk.interfaces == "2=eth0");
    CHECK(received.savefile == savefile);
}

TEST_CASE("a message can have an account and no packets")
{
    Message sent = message_of_two_packets();
    sent.chunk.account.packets = 0;
    sent.savefile = {};
    const MessageHandle encoded = sent.encode("");
    CHECK(natsMsg_GetDataLength(encoded.get()) == 0);
    CHECK(natsMsg_GetReply(encoded.get()) == nullptr);
    CHECK(Message::decode(encoded.get()).savefile.empty());
}

TEST_CASE("a message of a later version is distinguished from a damaged one")
{
    CHECK(code_of(with_header("Nflogcap-Version", "2")) == EPROTONOSUPPORT);
    CHECK(code_of(with_header("Nflogcap-Version", nullptr)) == EPROTO);
    CHECK(code_of(with_header("Nflogcap-Version", "x")) == EPROTO);
    CHECK(code_of(with_header("Nflogcap-Version", "0")) == EPROTO);
    CHECK(code_of(with_header("Nflogcap-Spool", "0123456789ABCDEF")) == EPROTO);
    CHECK(code_of(with_header("Nflogcap-Spool", nullptr)) == EPROTO);
    CHECK(code_of(with_header("Nflogcap-Chunk", "0")) == EPROTO);
    CHECK(code_of(with_header("Nflogcap-Chunk", "-1")) == EPROTO);
    CHECK(code_of(with_header("Nflogcap-Account", "packets=1")) == EPROTO);
    CHECK(code_of(with_header("Nflogcap-Interfaces", nullptr)) == 0);
}

TEST_CASE("a subject that no host of the fleet has is refused")
{
    CHECK(code_of(with_subject("nflog.pcap.web.g5")) == 0);
    for (const char* subject :
         {"x", "nflog.pcap", "nflog.pcap.web", "nflog.pcap.web.5", "nflog.pcap.web.g65536",
          "nflog.pcap.web.g05", "nflog.pcap.web.g5.x", "nflog.pcap.../x.g5", "nflog.pcap.%77eb.g5",
          "nflog.pcap.a/b.g5", "nflog.pcap.%2e.g5", "nflog.pcap.%.g5", "nflog.pcap.\x1b.g5"})
        CHECK(code_of(with_subject(subject)) == EPROTO);
    CHECK(code_of(with_subject(("nflog.pcap." + std::string(201, 'a') + ".g5").c_str())) == EPROTO);
}

TEST_CASE("a message with a truncated or missing savefile is refused")
{
    CHECK(code_of(with_subject("nflog.pcap.web.g5", std::string(24, 'h'))) == EPROTO);
    CHECK(code_of(with_subject("nflog.pcap.web.g5", "")) == EPROTO);
}
