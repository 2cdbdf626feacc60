// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <fields.hpp>

#include "perl_headers.hpp"

namespace binding::perl {

// The language's functions for convert(). The caller owns the values that they return.
struct NewValues {
    PerlInterpreter* my_perl; // Perl's macros require this name

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
    template <typename Fields>
    [[nodiscard]] SV* record(const Record& record, const Fields& fields) const
    {
        HV* const values = newHV();
        for (const Field& field : record.fields)
            static_cast<void>(hv_store(values, field.name.data(),
                                       static_cast<I32>(field.name.size()), fields(field, *this),
                                       0));
        return newRV_noinc(reinterpret_cast<SV*>(values));
    }
};

} // namespace binding::perl
