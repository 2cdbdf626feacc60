// SPDX-License-Identifier: GPL-2.0-or-later
#define PERL_NO_GET_CONTEXT // each function is given its interpreter
#include "objects.hpp"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <new>
#include <poll.h>

namespace binding::perl {

namespace {

constexpr const char* capture_class = "Nflogcap";
constexpr const char* packet_class = "Nflogcap::Packet";

SV* object_of(pTHX_ void* pointer, const char* name)
{
    SV* const inner = newSViv(PTR2IV(pointer));
    SV* const object = sv_bless(newRV_noinc(inner), gv_stashpv(name, GV_ADD));
    SvREADONLY_on(inner); // nobody makes another pointer of it
    return object;
}

bool is_a(pTHX_ SV* object, const char* name)
{
    if (!SvROK(object) || !SvOBJECT(SvRV(object)))
        return false;
    const char* const own = HvNAME_get(SvSTASH(SvRV(object)));
    return (own != nullptr && std::strcmp(own, name) == 0) || sv_derived_from(object, name);
}

// NULL where it is another object, was destroyed, or belongs to another of Perl's threads.
void* pointer_of(pTHX_ SV* object, const char* name)
{
    if (!is_a(aTHX_ object, name) || !SvIOK(SvRV(object)))
        return nullptr;
    return INT2PTR(void*, SvIVX(SvRV(object)));
}

// What the object held, which it holds no more.
void* take_pointer(pTHX_ SV* object, const char* name)
{
    void* const pointer = pointer_of(aTHX_ object, name);
    if (pointer == nullptr)
        return nullptr;
    SvREADONLY_off(SvRV(object));
    sv_setiv(SvRV(object), 0);
    SvREADONLY_on(SvRV(object));
    return pointer;
}

// Where the program called this module.
const COP* line_of_program(pTHX)
{
    const COP* line = PL_curcop;
    for (I32 level = 0; std::strcmp(CopSTASHPV(line), capture_class) == 0; ++level) {
        const PERL_CONTEXT* const caller = caller_cx(level, nullptr);
        if (caller == nullptr)
            break;
        line = caller->blk_oldcop;
    }
    return line;
}

[[noreturn]] void fail(pTHX_ int error, const char* words)
{
    Failure failure;
    failure.set(-error, words);
    raise(aTHX_ failure);
}

} // namespace

SV* new_handle(PerlInterpreter* perl)
{
    dTHXa(perl);
    auto* handle = new (std::nothrow) Handle;
    if (handle == nullptr)
        fail(aTHX_ ENOMEM, nflogcap_strerror(ENOMEM));
    return object_of(aTHX_ handle, capture_class);
}

void destroy_handle(PerlInterpreter* perl, SV* handle)
{
    dTHXa(perl);
    delete static_cast<Handle*>(take_pointer(aTHX_ handle, capture_class));
}

void destroy_packet(PerlInterpreter* perl, SV* packet)
{
    dTHXa(perl);
    if (void* const pointer = take_pointer(aTHX_ packet, packet_class))
        release(static_cast<Packet*>(pointer));
}

Handle* handle_of(pTHX_ SV* object)
{
    void* const pointer = pointer_of(aTHX_ object, capture_class);
    if (pointer == nullptr)
        fail(aTHX_ EINVAL, "this is no capture: Nflogcap->open makes one");
    return static_cast<Handle*>(pointer);
}

Packet* packet_of(pTHX_ SV* object)
{
    void* const pointer = pointer_of(aTHX_ object, packet_class);
    if (pointer == nullptr)
        fail(aTHX_ EINVAL, "this is no packet: a capture makes them");
    return static_cast<Packet*>(pointer);
}

SV* next_packet(PerlInterpreter* perl, SV* object, double seconds)
{
    dTHXa(perl);
    Handle* const handle = handle_of(aTHX_ object);
    Packet* packet = nullptr;
    Failure failure;
    const Outcome outcome = await(
        *handle, seconds, failure, [&] { return handle->take(packet); },
        [&](int fd, const timespec* timeout, Failure& why) {
            pollfd descriptor{fd, POLLIN, 0};
            if (ppoll(&descriptor, 1, timeout, nullptr) >= 0)
                return Polled::look_again;
            if (errno == EINTR) {
                PERL_ASYNC_CHECK(); // runs the handlers in %SIG
                return Polled::look_again;
            }
            why.set(-errno, std::strerror(errno));
            return Polled::failed;
        });
    if (outcome == Outcome::failed)
        raise(aTHX_ failure);
    return packet == nullptr ? newSV(0) : object_of(aTHX_ packet, packet_class);
}

void refuse(PerlInterpreter* perl, const char* words)
{
    dTHXa(perl);
    fail(aTHX_ EINVAL, words);
}

void close(Handle& handle)
{
    if (nflogcap* const detached = handle.detach())
        handle.free(detached);
}

void raise(pTHX_ const Failure& failure)
{
    const COP* const line = line_of_program(aTHX);
    HV* const fields = newHV();
    static_cast<void>(hv_stores(fields, "message", newSVpv(failure.words, 0)));
    static_cast<void>(hv_stores(fields, "errno", newSViv(-failure.code)));
    static_cast<void>(hv_stores(fields, "file", newSVpv(CopFILE(line), 0)));
    static_cast<void>(hv_stores(fields, "line", newSVuv(CopLINE(line))));
    SV* const error = newRV_noinc(reinterpret_cast<SV*>(fields));
    croak_sv(sv_2mortal(sv_bless(error, gv_stashpv("Nflogcap::Error", GV_ADD))));
}

long long to_integer(pTHX_ SV* value, const char* name)
{
    using Limits = std::numeric_limits<long long>;
    SvGETMAGIC(value);
    if (SvIOK(value) && !SvIsUV(value))
        return SvIVX(value);
    if (SvIOK(value)) // beyond what is signed
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
    Failure failure;
    failure.code = -EINVAL;
    static_cast<void>(
        std::snprintf(failure.words, sizeof failure.words, "%s is an integer, not %.200s", name,
                      SvOK(value) ? (SvROK(value) ? "a reference" : SvPV_nolen(value)) : "undef"));
    raise(aTHX_ failure);
}

} // namespace binding::perl
