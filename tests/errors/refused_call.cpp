// SPDX-License-Identifier: GPL-2.0-or-later
#include "refused_call.hpp"

#include <bit>
#include <cerrno>
#include <cstddef>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <system_error>
#include <thread>
#include <vector>

namespace support {

namespace {

sock_filter load(std::size_t offset)
{
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}

// Continues with the next instruction if the accumulator has this value. Otherwise skips this many
// instructions.
sock_filter unless_equal_skip(std::uint32_t value, std::uint8_t instructions)
{
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, instructions);
}

sock_filter answer(std::uint32_t action)
{
    return BPF_STMT(BPF_RET | BPF_K, action);
}

// Returns the offset of the lower 32 bits of a 64-bit argument.
std::size_t offset_of_argument(unsigned index)
{
    const std::size_t low_half = std::endian::native == std::endian::little ? 0 : 4;
    return offsetof(seccomp_data, args) + index * sizeof(std::uint64_t) + low_half;
}

std::vector<sock_filter> program(std::initializer_list<RefusedCall> calls, int error)
{
    const std::uint32_t fail = SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error);
    std::vector<sock_filter> filter;
    for (const RefusedCall& call : calls) {
        const auto number = static_cast<std::uint32_t>(call.number);
        filter.push_back(load(offsetof(seccomp_data, nr)));
        filter.push_back(unless_equal_skip(number, call.only_with ? 3 : 1));
        if (call.only_with) {
            filter.push_back(load(offset_of_argument(call.only_with->index)));
            filter.push_back(unless_equal_skip(call.only_with->value, 1));
        }
        filter.push_back(answer(fail));
    }
    filter.push_back(answer(SECCOMP_RET_ALLOW));
    return filter;
}

} // namespace

void refuse(std::initializer_list<RefusedCall> calls, int error, const std::function<void()>& body)
{
    std::vector<sock_filter> filter = program(calls, error);
    const sock_fprog installed{static_cast<unsigned short>(filter.size()), filter.data()};
    int failure = 0;
    std::thread thread([&] {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
            prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &installed) < 0)
            failure = errno;
        else
            body();
    });
    thread.join();
    if (failure != 0)
        throw std::system_error(failure, std::generic_category(), "seccomp");
}

} // namespace support
