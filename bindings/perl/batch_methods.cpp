// SPDX-License-Identifier: GPL-2.0-or-later
#include "batch_methods.hpp"

#include <algorithm>
#include <cstddef>
#include <fields.hpp>

#include "arguments.hpp"
#include "errors.hpp"
#include "new_values.hpp"
#include "objects.hpp"

namespace binding::perl {

namespace {

// Pushes one value for each packet onto the stack, in place of the method's arguments. In scalar
// context it pushes a reference to an array of the values. Returns how many values it pushed.
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

void size(pTHX_ CV* /*self*/)
{
    dXSARGS;
    if (items != 1)
        refuse_count(aTHX_ "$batch->size");
    ST(0) = sv_2mortal(newSVuv(batch_of(aTHX_ ST(0))->size()));
    XSRETURN(1);
}

void packet(pTHX_ CV* /*self*/)
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

void packets(pTHX_ CV* /*self*/)
{
    dXSARGS;
    if (items != 1)
        refuse_count(aTHX_ "$batch->packets");
    Batch* const batch = batch_of(aTHX_ ST(0));
    XSRETURN(put_list(aTHX_ ax, *batch, [&](Packet& packet) { return copy_of(aTHX_ packet); }));
}

void payloads(pTHX_ CV* /*self*/)
{
    dXSARGS;
    if (items != 1)
        refuse_count(aTHX_ "$batch->payloads");
    Batch* const batch = batch_of(aTHX_ ST(0));
    const auto payload = std::ranges::find(fields(), Field::Form::payload, &Field::form);
    XSRETURN(put_column(aTHX_ ax, *batch, *payload));
}

void column(pTHX_ CV* /*self*/)
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

void define_batch_methods(pTHX)
{
    newXS("Nflogcap::Batch::size", size, __FILE__);
    newXS("Nflogcap::Batch::packet", packet, __FILE__);
    newXS("Nflogcap::Batch::packets", packets, __FILE__);
    newXS("Nflogcap::Batch::payloads", payloads, __FILE__);
    newXS("Nflogcap::Batch::column", column, __FILE__);
}

} // namespace binding::perl
