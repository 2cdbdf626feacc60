// SPDX-License-Identifier: GPL-2.0-or-later
//
// The Perl part of ../nflogcap.i. Only lib/Nflogcap.pm in this directory uses the functions that
// SWIG generates, and makes methods of them.

%module "Nflogcap::XS"

// The standard library's headers must come before Perl's headers, which define macros with names of
// the standard library.
%insert("begin") %{
#include "arguments.hpp"
#include "batch_methods.hpp"
#include "described.hpp"
#include "errors.hpp"
#include "new_values.hpp"
#include "objects.hpp"
#include "packet_methods.hpp"
#include "reading.hpp"
%}

%typemap(out) unsigned long long, uint64_t {
    $result = sv_2mortal(newSVuv($1));
    ++argvi;
}

%typemap(out) binding::Bytes {
    $result = $1.data == nullptr
                  ? &PL_sv_undef
                  : newSVpvn_flags(static_cast<const char*>($1.data), $1.length, SVs_TEMP);
    ++argvi;
}

%typemap(out) binding::Text {
    $result = $1.data == nullptr ? &PL_sv_undef : sv_2mortal(newSVpv($1.data, 0));
    ++argvi;
}

%typemap(out) binding::Optional {
    $result = $1.present ? sv_2mortal(newSVuv($1.value)) : &PL_sv_undef;
    ++argvi;
}

%typemap(out) binding::List {
    $result = sv_2mortal(binding::perl::NewValues{aTHX}.list($1));
    ++argvi;
}

%typemap(in) binding::Bytes {
    $1 = {};
    if (SvOK($input))
        $1.data = SvPV($input, $1.length);
}

%typemap(out) nflogcap_stats {
    $result = sv_2mortal(binding::perl::converted(aTHX_ $1));
    ++argvi;
}

%typemap(in) long long "$1 = binding::perl::to_integer(aTHX_ $input, \"$1_name\");"

%typemap(in, numinputs=0) binding::Failure& (binding::Failure failure) "$1 = &failure;"
%typemap(argout) binding::Failure& {
    if ($1->code != 0)
        binding::perl::raise(aTHX_ *$1);
}

%typemap(out) binding::Packet* parse_packet {
    $result = $1 == nullptr ? &PL_sv_undef : sv_2mortal(binding::perl::object_of(aTHX_ $1));
    ++argvi;
}

%typemap(in) binding::Handle* self "$1 = binding::perl::handle_of(aTHX_ $input);"
%typemap(in) binding::Packet* self "$1 = binding::perl::packet_of(aTHX_ $input);"
%typemap(in) binding::Dump* self {
    $1 = binding::perl::dump_of(aTHX_ $input);
    binding::perl::keep(aTHX_ $input);
}
%typemap(in) const binding::Packet& {
    $1 = binding::perl::packet_of(aTHX_ $input);
    binding::perl::keep(aTHX_ $input);
}

%exception binding::Handle::set_option "binding::perl::repeated(aTHX_ *arg4, [&] { $action });"
%exception binding::Handle::start "binding::perl::repeated(aTHX_ *arg2, [&] { $action });"
%exception binding::Handle::adopt "binding::perl::repeated(aTHX_ *arg2, [&] { $action });"
%exception binding::Dump::open "binding::perl::repeated(aTHX_ *arg6, [&] { $action });"
%exception binding::Dump::write "binding::perl::repeated(aTHX_ *arg3, [&] { $action });"
%exception binding::Dump::flush "binding::perl::repeated(aTHX_ *arg2, [&] { $action });"
%exception binding::Dump::take_over "binding::perl::repeated(aTHX_ *arg2, [&] { $action });"
%exception binding::Dump::close "binding::perl::repeated(aTHX_ *arg2, [&] { $action });"

%extend binding::Handle {
    void set_filter(binding::Bytes expression, binding::Failure& failure)
    {
        $self->set_filter(expression, failure, [](binding::Failure& /*why*/, auto call) { call(); });
    }
    void close() { $self->close(); }
}

%extend binding::Packet {
    bool equals(const binding::Packet& packet) { return binding::are_equal(*$self, packet); }
}

// Perl's magic destroys these objects, so SWIG must not.
%ignore binding::Handle::Handle;
%ignore binding::Handle::~Handle;
%ignore binding::Packet::~Packet;
%ignore binding::Dump::Dump;
%ignore binding::Dump::~Dump;

%typemap(in, numinputs=0) (PerlInterpreter* perl) "$1 = aTHX;"
%typemap(out) SV* {
    $result = sv_2mortal($1);
    ++argvi;
}
namespace binding::perl {
SV* new_handle(PerlInterpreter* perl);
SV* new_dump(PerlInterpreter* perl);
SV* constants(PerlInterpreter* perl);
void refuse(PerlInterpreter* perl, const char* words);
}
%include "nflogcap.i"

%init %{
    binding::perl::define_objects(aTHX);
    binding::perl::define_reading(aTHX);
    binding::perl::define_packet_methods(aTHX);
    binding::perl::define_batch_methods(aTHX);
%}
