// SPDX-License-Identifier: GPL-2.0-or-later
#include "errors.hpp"

#include <cstring>

namespace binding::perl {

namespace {

// Returns whether the line is in this module. If the line's package was deleted, its name is
// missing.
bool is_of_this_module(pTHX_ const COP* line)
{
    const char* const package = CopSTASHPV(line);
    return package != nullptr && std::strcmp(package, "Nflogcap") == 0;
}

// Returns the line at which the program called this module.
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

} // namespace

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

void fail(pTHX_ int error, const char* words)
{
    Failure failure;
    failure.set(-error, words);
    raise(aTHX_ failure);
}

void fail_for_memory(pTHX)
{
    fail(aTHX_ ENOMEM, nflogcap_strerror(ENOMEM));
}

void refuse(PerlInterpreter* perl, const char* words)
{
    dTHXa(perl);
    fail(aTHX_ EINVAL, words);
}

} // namespace binding::perl
