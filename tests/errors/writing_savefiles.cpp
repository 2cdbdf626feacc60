// SPDX-License-Identifier: GPL-2.0-or-later
// Provokes the errors of savefiles that cannot be written.
#include "provocations.hpp"

#include "calls.hpp"
#include "other_process.hpp"
#include "savefile.hpp"
#include "scarcity.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>

using support::refuse;

namespace {

#ifdef SYS_fcntl64
constexpr int fcntl_number = SYS_fcntl64;
#else
constexpr int fcntl_number = SYS_fcntl;
#endif
constexpr support::RefusedCall lock_call{fcntl_number, {{1, F_SETLK}}};

Failure failure(const char* function, std::int64_t code, nflogcap_dump* dump)
{
    return {function, static_cast<int>(code), nflogcap_dump_error(dump)};
}

Failures no_dump()
{
    return {CALL(nflogcap_dump_packet, nullptr, nullptr), CALL(nflogcap_dump_flush, nullptr),
            CALL(nflogcap_dump_position, nullptr),        CALL(nflogcap_dump_written, nullptr),
            CALL(nflogcap_dump_skipped, nullptr),         CALL(nflogcap_dump_take_over, nullptr)};
}

Failures dump_of_another_link_type()
{
    nflogcap_dump* made = nullptr;
    const nflogcap_dump_options options = support::dump_options(147);
    return {CALL_OPEN(nflogcap_dump_open, &made, "/dev/null", &options, sizeof options),
            CALL_OPEN(nflogcap_find_link_type, "loop")};
}

Failures dump_of_another_format()
{
    nflogcap_dump* made = nullptr;
    const nflogcap_dump_options options = support::dump_options(0, 3);
    return {CALL_OPEN(nflogcap_dump_open, &made, "/dev/null", &options, sizeof options)};
}

Failures dump_of_another_compression()
{
    nflogcap_dump* made = nullptr;
    const nflogcap_dump_options options = support::dump_options(0, 0, 4);
    return {CALL_OPEN(nflogcap_dump_open, &made, "/dev/null", &options, sizeof options)};
}

Failures dump_without_compression()
{
    nflogcap_dump* made = nullptr;
    const nflogcap_dump_options options = support::dump_options(0, 0, NFLOGCAP_COMPRESSION_ZSTD);
    const support::NoLibraries none;
    return {CALL_OPEN(nflogcap_dump_open, &made, "/dev/null", &options, sizeof options)};
}

Failures dump_with_other_options()
{
    nflogcap_dump* made = nullptr;
    const struct {
        nflogcap_dump_options known;
        std::uint64_t unknown;
    } newer = {{}, 1};
    return {CALL_OPEN(nflogcap_dump_open, &made, "/dev/null", &newer.known, sizeof newer),
            CALL_OPEN(nflogcap_dump_open, &made, "/dev/null", &newer.known, 0)};
}

Failures dump_to_nowhere()
{
    nflogcap_dump* made = nullptr;
    return {CALL_OPEN(nflogcap_dump_open, &made, "/no/such/directory/x", nullptr, 0),
            CALL_OPEN(nflogcap_dump_open, &made, "/tmp", nullptr, 0)};
}

Failures dump_to_a_pipe_without_a_reader()
{
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0)
        throw std::runtime_error("cannot create a pipe");
    support::Dump dump = support::dump_to("/proc/self/fd/" + std::to_string(ends[1]));
    close(ends[0]);
    close(ends[1]);
    const std::array<std::uint8_t, 8> message{};
    nflogcap_packet short_one{};
    short_one.message = message.data();
    short_one.message_length = message.size();
    nflogcap_dump_packet(dump.get(), &short_one); // stays in the buffer
    nflogcap_dump* made = nullptr;
    const Failures all{CALL(nflogcap_dump_flush, dump.get()),
                       CALL(nflogcap_dump_packet, dump.get(), &short_one),
                       CALL_OPEN(nflogcap_dump_open, &made, "/dev/full", nullptr, 0)};
    dump.reset();
    std::signal(SIGPIPE, before);
    return all;
}

Failures dump_too_long()
{
    const support::Dump dump = support::dump_to("/dev/null");
    nflogcap_packet huge{};
    huge.message_length = 262145;
    return {CALL(nflogcap_dump_packet, dump.get(), &huge)};
}

Failures dump_close_refused()
{
    support::Dump dump = support::dump_to("/dev/null");
    int code = 0;
    refuse({{SYS_close}}, EIO, [&] { code = nflogcap_dump_close(dump.release()); });
    return {{"nflogcap_dump_close", code, ""}};
}

Failures dump_with_refused(support::RefusedCall call, int error)
{
    Failures all;
    refuse({call}, error, [&] {
        nflogcap_dump* made = nullptr;
        std::array<char, NFLOGCAP_ERROR_SIZE> words{};
        const int code =
            nflogcap_dump_open(&made, "/dev/null", nullptr, 0, words.data(), words.size());
        all.push_back({"nflogcap_dump_open", code, words.data()});
    });
    return all;
}

Failures dump_of_another_process()
{
    support::Dump dump = support::dump_to("/dev/null");
    const support::OtherProcess owner([&] { nflogcap_dump_take_over(dump.get()); });
    const nflogcap_packet empty{};
    return {CALL(nflogcap_dump_packet, dump.get(), &empty), CALL(nflogcap_dump_flush, dump.get())};
}

Failures dump_of_another_process_closed()
{
    support::Dump dump = support::dump_to("/dev/null");
    const support::OtherProcess owner([&] { nflogcap_dump_take_over(dump.get()); });
    return {{"nflogcap_dump_close", nflogcap_dump_close(dump.release()), ""}};
}

Failures dump_take_over_refused()
{
    const support::Dump dump = support::dump_to("/dev/null");
    const support::OtherProcess owner([&] { nflogcap_dump_take_over(dump.get()); });
    Failures all;
    refuse({lock_call}, ENOLCK, [&] { all = {CALL(nflogcap_dump_take_over, dump.get())}; });
    return all;
}

} // namespace

std::vector<Provocation> provocations_of_writing_savefiles()
{
    return {
        {"dump-none", kernel, no_dump},
        {"dump-link-type", kernel, dump_of_another_link_type},
        {"dump-format", kernel, dump_of_another_format},
        {"dump-compression", kernel, dump_of_another_compression},
        {"dump-library", kernel, dump_without_compression},
        {"dump-options", kernel, dump_with_other_options},
        {"dump-create", kernel, dump_to_nowhere},
        {"dump-write", kernel, dump_to_a_pipe_without_a_reader},
        {"dump-close", stand_in, dump_close_refused},
        {"dump-too-long", kernel, dump_too_long},
        {"dump-memory", stand_in, [] { return dump_with_refused({SYS_memfd_create}, EMFILE); }},
        {"dump-ownership", stand_in,
         [] {
             return dump_with_refused({SYS_fcntl, support::RefusedCall::Argument{1, F_SETLK}},
                                      ENOLCK);
         }},
        {"dump-owner", kernel, dump_of_another_process},
        {"dump-owner-close", kernel, dump_of_another_process_closed},
        {"dump-take-over", stand_in, dump_take_over_refused},
    };
}
