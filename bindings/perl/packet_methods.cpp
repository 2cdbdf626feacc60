// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_methods.hpp"

#include <fields.hpp>
#include <string>

#include "arguments.hpp"
#include "new_values.hpp"
#include "objects.hpp"

namespace binding::perl {

namespace {

// Returns values in the SV that Perl reuses for the caller's expression. Then neither the SV nor
// its buffer is allocated for each packet.
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
    template <typename Fields>
    [[nodiscard]] SV* record(const Record& record, const Fields& fields) const
    {
        return sv_2mortal(NewValues{aTHX}.record(record, fields));
    }
};

// The method of all fields. The method's data says which field it returns.
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

} // namespace

void define_packet_methods(pTHX)
{
    AV* const names = get_av("Nflogcap::Packet::FIELDS", GV_ADD);
    for (const Field& field : fields()) {
        const std::string method = "Nflogcap::Packet::" + field.name;
        CV* const made = newXS(method.c_str(), field_of_packet, __FILE__);
        CvXSUBANY(made).any_ptr = const_cast<Field*>(&field);
        av_push(names, newSVpvn(field.name.data(), field.name.size()));
    }
    newXS("Nflogcap::Packet::to_hash", to_hash, __FILE__);
}

} // namespace binding::perl
