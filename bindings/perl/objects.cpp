// SPDX-License-Identifier: GPL-2.0-or-later
#define PERL_NO_GET_CONTEXT // each function is given its interpreter
#include "objects.hpp"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <new>
#include <string>

namespace binding::perl {

namespace {

constexpr const char* capture_class = "Nflogcap";
constexpr const char* dump_class = "Nflogcap::Dump";
constexpr const char* packet_class = "Nflogcap::Packet";

template <typename Object>
int free_object(pTHX_ SV* /*object*/, MAGIC* magic)
{
    delete reinterpret_cast<Object*>(magic->mg_ptr);
    return 0;
}

int free_packet(pTHX_ SV* /*object*/, MAGIC* magic)
{
    if (magic->mg_ptr != nullptr)
        release(reinterpret_cast<Packet*>(magic->mg_ptr));
    return 0;
}

// The copy that a new thread gets of an object holds nothing.
int leave_behind(pTHX_ MAGIC* magic, CLONE_PARAMS* /*parameters*/)
{
    magic->mg_ptr = nullptr;
    return 0;
}

constexpr MGVTBL magic_of(int (*free)(pTHX_ SV*, MAGIC*))
{
    MGVTBL table{};
    table.svt_free = free;
    table.svt_dup = leave_behind;
    return table;
}

constexpr MGVTBL handle_magic = magic_of(free_object<Handle>);
constexpr MGVTBL dump_magic = magic_of(free_object<Dump>);
constexpr MGVTBL packet_magic = magic_of(free_packet);

SV* object_of(pTHX_ void* pointer, const MGVTBL& table, const char* name)
{
    SV* const inner = newSV_type(SVt_PVMG);
    MAGIC* const magic =
        sv_magicext(inner, nullptr, PERL_MAGIC_ext, &table, static_cast<const char*>(pointer), 0);
    magic->mg_flags |= MGf_DUP;
    return sv_bless(newRV_noinc(inner), gv_stashpv(name, GV_ADD));
}

// A package that is deleted leaves its code without a name.
bool is_of_this_module(pTHX_ const COP* line)
{
    const char* const package = CopSTASHPV(line);
    return package != nullptr && std::strcmp(package, capture_class) == 0;
}

// Where the program called this module.
const COP* line_of_program(pTHX)
{
    const COP* line = PL_curcop;
    for (I32 level = 0; is_of_this_module(aTHX_ line); ++level) {
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

template <typename Object>
SV* make(pTHX_ const MGVTBL& table, const char* name)
{
    auto* made = new (std::nothrow) Object;
    if (made == nullptr)
        fail(aTHX_ ENOMEM, nflogcap_strerror(ENOMEM));
    return object_of(aTHX_ made, table, name);
}

// Fails with these words where it is another object, or belongs to another of Perl's threads.
void* pointer_of(pTHX_ SV* object, const MGVTBL& table, const char* words)
{
    const MAGIC* const magic = SvROK(object) && SvTYPE(SvRV(object)) >= SVt_PVMG
                                   ? mg_findext(SvRV(object), PERL_MAGIC_ext, &table)
                                   : nullptr;
    if (magic == nullptr || magic->mg_ptr == nullptr)
        fail(aTHX_ EINVAL, words);
    return magic->mg_ptr;
}

// For convert().
struct Converter {
    PerlInterpreter* my_perl; // under the name that Perl's macros take

    [[nodiscard]] SV* absent() const { return &PL_sv_undef; }
    [[nodiscard]] SV* integer(std::uint64_t value) const { return sv_2mortal(newSVuv(value)); }
    [[nodiscard]] SV* seconds(double value) const { return sv_2mortal(newSVnv(value)); }
    [[nodiscard]] SV* bytes(const char* data, std::size_t length) const
    {
        return newSVpvn_flags(data, length, SVs_TEMP);
    }
    [[nodiscard]] SV* text(const char* data, std::size_t length) const
    {
        return bytes(data, length);
    }
    [[nodiscard]] SV* list(const List& list) const
    {
        AV* const values = newAV();
        for (std::size_t i = 0; i < list.length; ++i)
            av_push(values, newSVuv(list[i]));
        return sv_2mortal(newRV_noinc(reinterpret_cast<SV*>(values)));
    }
};

// The XSUB of all fields: its own data says which.
void field_of_packet(pTHX_ CV* self)
{
    dXSARGS;
    if (items != 1)
        fail(aTHX_ EINVAL, "a field of a packet takes no arguments");
    const auto* field = static_cast<const Field*>(CvXSUBANY(self).any_ptr);
    ST(0) = convert(*packet_of(aTHX_ ST(0)), *field, Converter{aTHX});
    XSRETURN(1);
}

double seconds_in(pTHX_ SV* timeout)
{
    if (SvROK(timeout))
        fail(aTHX_ EINVAL, "timeout is a number of seconds or undef, not a reference");
    if (!looks_like_number(timeout))
        fail(aTHX_ EINVAL, "timeout is a number of seconds or undef, not a string");
    const double seconds = SvNV(timeout);
    if (!(seconds >= 0)) {
        Failure failure;
        failure.code = -EINVAL;
        static_cast<void>(std::snprintf(failure.words, sizeof failure.words,
                                        "timeout %g is out of range: 0 seconds or more, or undef",
                                        seconds));
        raise(aTHX_ failure);
    }
    return seconds;
}

} // namespace

SV* new_handle(PerlInterpreter* perl)
{
    dTHXa(perl);
    return make<Handle>(aTHX_ handle_magic, capture_class);
}

SV* new_dump(PerlInterpreter* perl)
{
    dTHXa(perl);
    return make<Dump>(aTHX_ dump_magic, dump_class);
}

Handle* handle_of(pTHX_ SV* object)
{
    return static_cast<Handle*>(pointer_of(
        aTHX_ object, handle_magic, "this is no capture of this thread: Nflogcap->open makes one"));
}

Dump* dump_of(pTHX_ SV* object)
{
    return static_cast<Dump*>(
        pointer_of(aTHX_ object, dump_magic,
                   "this is no savefile of this thread: Nflogcap->dump_open makes one"));
}

Packet* packet_of(pTHX_ SV* object)
{
    return static_cast<Packet*>(pointer_of(
        aTHX_ object, packet_magic, "this is no packet of this thread: a capture makes them"));
}

SV* keep(pTHX_ SV* object)
{
    return SvROK(object) ? sv_2mortal(SvREFCNT_inc_simple_NN(SvRV(object))) : nullptr;
}

SV* wrapped(pTHX_ Packet* packet)
{
    return packet == nullptr ? &PL_sv_undef
                             : sv_2mortal(object_of(aTHX_ packet, packet_magic, packet_class));
}

void next_packet(pTHX_ CV* /*self*/)
{
    dXSARGS;
    if (items < 1 || items > 2)
        fail(aTHX_ EINVAL, "next takes a timeout or nothing: $capture->next($timeout)");
    Handle* const handle = handle_of(aTHX_ ST(0));
    SV* const capture = keep(aTHX_ ST(0));
    const double seconds = items == 1 || !SvOK(ST(1)) ? -1 : seconds_in(aTHX_ ST(1));
    Packet* packet = nullptr;
    Failure failure;
    const Outcome outcome = await(
        *handle, seconds, failure, [&] { return of_loop(handle->take(packet)); },
        [&](int fd, const timespec* timeout, Failure& why) {
            const Polled polled = poll_readable(fd, timeout, why);
            // Runs the handlers in %SIG. Not only where a signal interrupted the wait: packets that
            // the filter rejects may end each at once.
            if (polled == Polled::look_again)
                PERL_ASYNC_CHECK();
            if (SvREFCNT(capture) == 1) // a handler dropped all references but this one
                handle->close();
            return polled;
        });
    if (outcome == Outcome::failed)
        raise(aTHX_ failure);
    ST(0) = wrapped(aTHX_ packet);
    XSRETURN(1);
}

void define_fields(pTHX)
{
    AV* const names = get_av("Nflogcap::Packet::FIELDS", GV_ADD);
    for (const Field& field : fields()) {
        const std::string method = std::string(packet_class) + "::" + field.name;
        CV* const made = newXS(method.c_str(), field_of_packet, __FILE__);
        CvXSUBANY(made).any_ptr = const_cast<Field*>(&field);
        av_push(names, newSVpvn(field.name.data(), field.name.size()));
    }
}

SV* converted(pTHX_ const nflogcap_stats& stats)
{
    HV* const values = newHV();
    for (std::size_t i = 0; const nflogcap_counter* counter = nflogcap_counter_at(i); ++i)
        static_cast<void>(hv_store(values, counter->name,
                                   static_cast<I32>(std::strlen(counter->name)),
                                   newSVuv(value_of(stats, *counter)), 0));
    return newRV_noinc(reinterpret_cast<SV*>(values));
}

SV* constants(PerlInterpreter* perl)
{
    dTHXa(perl);
    HV* const values = newHV();
    for (const Constant& constant : binding::constants())
        static_cast<void>(hv_store(values, constant.name.data(),
                                   static_cast<I32>(constant.name.size()), newSVuv(constant.value),
                                   0));
    return newRV_noinc(reinterpret_cast<SV*>(values));
}

void refuse(PerlInterpreter* perl, const char* words)
{
    dTHXa(perl);
    fail(aTHX_ EINVAL, words);
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
    const char* const kind = !SvOK(value)               ? "undef"
                             : SvROK(value)             ? "a reference"
                             : looks_like_number(value) ? "a fraction"
                                                        : "a string";
    Failure failure;
    failure.code = -EINVAL;
    static_cast<void>(std::snprintf(failure.words, sizeof failure.words,
                                    "%s must be an integer, not %s", name, kind));
    raise(aTHX_ failure);
}

} // namespace binding::perl
