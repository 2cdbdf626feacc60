// SPDX-License-Identifier: GPL-2.0-or-later
#include "arguments.hpp"

#include <cmath>
#include <cstdio>
#include <limits>

#include "errors.hpp"

namespace binding::perl {

namespace {

[[noreturn]] void refuse_kind(pTHX_ SV* value, const char* name, const char* wanted)
{
    const char* const kind = !SvOK(value)               ? "undef"
                             : SvROK(value)             ? "a reference"
                             : looks_like_number(value) ? "a fraction"
                                                        : "a string";
    Failure failure;
    failure.code = -EINVAL;
    static_cast<void>(std::snprintf(failure.words, sizeof failure.words, "%s must be %s, not %s",
                                    name, wanted, kind));
    raise(aTHX_ failure);
}

} // namespace

void refuse_count(pTHX_ const char* usage)
{
    Failure failure;
    failure.code = -EINVAL;
    static_cast<void>(std::snprintf(failure.words, sizeof failure.words,
                                    "wrong number of arguments: call %s", usage));
    raise(aTHX_ failure);
}

long long to_integer(pTHX_ SV* value, const char* name)
{
    using Limits = std::numeric_limits<long long>;
    SvGETMAGIC(value);
    if (SvIOK(value) && !SvIsUV(value))
        return SvIVX(value);
    if (SvIOK(value)) // the integer is unsigned, and above the signed range
        return Limits::max();
    if (!SvROK(value) && looks_like_number(value)) {
        const NV number = SvNV_nomg(value);
        if (number == std::floor(number)) {
            constexpr NV beyond = 9223372036854775808.0; // 2^63
            return number >= beyond    ? Limits::max()
                   : number <= -beyond ? Limits::min()
                                       : static_cast<long long>(number);
        }
    }
    refuse_kind(aTHX_ value, name, "an integer");
}

Bytes to_text(pTHX_ SV* value, const char* name)
{
    SvGETMAGIC(value);
    if (!SvOK(value) || SvROK(value))
        refuse_kind(aTHX_ value, name, "a string");
    Bytes bytes;
    bytes.data = SvPV_nomg(value, bytes.length);
    return bytes;
}

double to_timeout(pTHX_ SV* value)
{
    SvGETMAGIC(value);
    if (!SvOK(value))
        return -1;
    if (SvROK(value) || !looks_like_number(value))
        refuse_kind(aTHX_ value, "timeout", "a number of seconds or undef");
    const double seconds = SvNV_nomg(value);
    if (seconds >= 0)
        return seconds;
    Failure failure;
    failure.code = -EINVAL;
    static_cast<void>(std::snprintf(failure.words, sizeof failure.words,
                                    "timeout %g is out of range: 0 seconds or more, or undef",
                                    seconds));
    raise(aTHX_ failure);
}

} // namespace binding::perl
