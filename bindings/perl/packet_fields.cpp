// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_fields.hpp"

#include <algorithm>
#include <fields.hpp>
#include <string>

#include "arguments.hpp"
#include "errors.hpp"
#include "objects.hpp"

namespace binding::perl {

namespace {

// Values that the caller owns, for convert().
struct NewValues {
    PerlInterpreter* my_perl; // under the name that Perl's macros take

    [[nodiscard]] SV* absent() const { return newSV(0); }
    [[nodiscard]] SV* integer(std::uint64_t value) const { return newSVuv(value); }
    [[nodiscard]] SV* seconds(double value) const { return newSVnv(value); }
    [[nodiscard]] SV* bytes(const char* data, std::size_t length) const
    {
        return newSVpvn(data, length);
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
        return newRV_noinc(reinterpret_cast<SV*>(values));
    }
};

// Values for the caller's expression, in the SV that Perl keeps for it: neither the SV nor its
// buffer is allocated for each packet.
struct InTarget {
    PerlInterpreter* my_perl;
    SV* target;

    [[nodiscard]] SV* absent() const { return &PL_sv_undef; }
    [[nodiscard]] SV* integer(std::uint64_t value) const { return sv_setuv(target, value), target; }
    [[nodiscard]] SV* seconds(double value) const { return sv_setnv(target, value), target; }
    [[nodiscard]] SV* bytes(const char* data, std::size_t length) const
    {
        sv_setpvn(target, data, length);
        SvUTF8_off(target);
        return target;
    }
    [[nodiscard]] SV* text(const char* data, std::size_t length) const
    {
        return bytes(data, length);
    }
    [[nodiscard]] SV* list(const List& list) const
    {
        return sv_2mortal(NewValues{aTHX}.list(list));
    }
};

// The XSUB of all fields: its own data says which.
void field_of_packet(pTHX_ CV* self)
{
    dXSARGS;
    dXSTARG;
    const auto* field = static_cast<const Field*>(CvXSUBANY(self).any_ptr);
    if (items != 1)
        refuse_count(aTHX_ Perl_form(aTHX_ "$packet->%s", field->name.c_str()));
    ST(0) = convert(*packet_of(aTHX_ ST(0)), *field, InTarget{aTHX, TARG});
    XSRETURN(1);
}

// An XSUB.
void to_hash(pTHX_ CV* /*self*/)
{
    dXSARGS;
    if (items != 1)
        refuse_count(aTHX_ "$packet->to_hash");
    Packet& packet = *packet_of(aTHX_ ST(0));
    HV* const values = newHV();
    ST(0) = sv_2mortal(newRV_noinc(reinterpret_cast<SV*>(values)));
    for (const Field& field : fields())
        static_cast<void>(hv_store(values, field.name.data(), static_cast<I32>(field.name.size()),
                                   convert(packet, field, NewValues{aTHX}), 0));
    XSRETURN(1);
}

// Puts a value of each packet on the stack, in place of the XSUB's arguments, or a reference to an
// array of them in scalar context. Returns how many were put there.
template <typename Value>
SSize_t put_list(pTHX_ SSize_t ax, Batch& batch, Value value)
{
    const auto size = static_cast<SSize_t>(batch.size());
    if (GIMME_V != G_ARRAY) {
        AV* const values = newAV();
        SV* const reference = sv_2mortal(newRV_noinc(reinterpret_cast<SV*>(values)));
        av_extend(values, size - 1);
        for (Packet& packet : batch.packets())
            av_push(values, value(packet));
        ST(0) = reference;
        return 1;
    }
    dSP;
    SP = PL_stack_base + ax - 1;
    EXTEND(SP, size);
    for (Packet& packet : batch.packets())
        mPUSHs(value(packet));
    return size;
}

SSize_t put_column(pTHX_ SSize_t ax, Batch& batch, const Field& field)
{
    return put_list(aTHX_ ax, batch,
                    [&](Packet& packet) { return convert(packet, field, NewValues{aTHX}); });
}

SV* copy_of(pTHX_ const Packet& packet)
{
    Packet* const copied = copy(packet.view, *packet.interfaces);
    if (copied == nullptr)
        fail_for_memory(aTHX);
    return object_of(aTHX_ copied);
}

void size_of_batch(pTHX_ CV* /*self*/)
{
    dXSARGS;
    if (items != 1)
        refuse_count(aTHX_ "$batch->size");
    ST(0) = sv_2mortal(newSVuv(batch_of(aTHX_ ST(0))->size()));
    XSRETURN(1);
}

void packet_of_batch(pTHX_ CV* /*self*/)
{
    dXSARGS;
    if (items != 2)
        refuse_count(aTHX_ "$batch->packet($index)");
    Batch* const batch = batch_of(aTHX_ ST(0));
    const auto size = static_cast<long long>(batch->size());
    const long long index = to_integer(aTHX_ ST(1), "index");
    if (index < -size || index >= size) {
        Failure failure;
        failure.set_out_of_range("index", index, {-size, size - 1});
        raise(aTHX_ failure);
    }
    const auto from_start = static_cast<std::size_t>(index < 0 ? index + size : index);
    ST(0) = sv_2mortal(copy_of(aTHX_ batch->packets()[from_start]));
    XSRETURN(1);
}

void packets_of_batch(pTHX_ CV* /*self*/)
{
    dXSARGS;
    if (items != 1)
        refuse_count(aTHX_ "$batch->packets");
    Batch* const batch = batch_of(aTHX_ ST(0));
    XSRETURN(put_list(aTHX_ ax, *batch, [&](Packet& packet) { return copy_of(aTHX_ packet); }));
}

void payloads_of_batch(pTHX_ CV* /*self*/)
{
    dXSARGS;
    if (items != 1)
        refuse_count(aTHX_ "$batch->payloads");
    Batch* const batch = batch_of(aTHX_ ST(0));
    const auto payload = std::ranges::find(fields(), Field::Form::payload, &Field::form);
    XSRETURN(put_column(aTHX_ ax, *batch, *payload));
}

void column_of_batch(pTHX_ CV* /*self*/)
{
    dXSARGS;
    if (items != 2)
        refuse_count(aTHX_ "$batch->column('mark')");
    Batch* const batch = batch_of(aTHX_ ST(0));
    const Bytes name = to_text(aTHX_ ST(1), "field");
    Failure failure;
    const Field* const field = find_field(name, failure);
    if (field == nullptr)
        raise(aTHX_ failure);
    XSRETURN(put_column(aTHX_ ax, *batch, *field));
}

} // namespace

void define_fields(pTHX)
{
    AV* const names = get_av("Nflogcap::Packet::FIELDS", GV_ADD);
    for (const Field& field : fields()) {
        const std::string method = "Nflogcap::Packet::" + field.name;
        CV* const made = newXS(method.c_str(), field_of_packet, __FILE__);
        CvXSUBANY(made).any_ptr = const_cast<Field*>(&field);
        av_push(names, newSVpvn(field.name.data(), field.name.size()));
    }
    newXS("Nflogcap::Packet::to_hash", to_hash, __FILE__);
    newXS("Nflogcap::Batch::size", size_of_batch, __FILE__);
    newXS("Nflogcap::Batch::packet", packet_of_batch, __FILE__);
    newXS("Nflogcap::Batch::packets", packets_of_batch, __FILE__);
    newXS("Nflogcap::Batch::payloads", payloads_of_batch, __FILE__);
    newXS("Nflogcap::Batch::column", column_of_batch, __FILE__);
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

} // namespace binding::perl
