// SPDX-License-Identifier: GPL-2.0-or-later
//
// The Ruby part of ../nflogcap.i. Only lib/ in this directory uses the module that SWIG generates,
// except its packets.

%module nflogcap

%{
#include "batch_type.hpp"
#include "converter.hpp"
#include "errors.hpp"
#include "packet_type.hpp"
#include "reading.hpp"
#include "without_gvl.hpp"
%}

%typemap(out) unsigned long long, uint64_t "$result = ULL2NUM($1);"

%typemap(out) binding::Bytes {
    $result = $1.data == nullptr
                  ? Qnil
                  : rb_str_new(static_cast<const char*>($1.data), static_cast<long>($1.length));
}

%typemap(out) binding::Text "$result = $1.data == nullptr ? Qnil : rb_utf8_str_new_cstr($1.data);"

%typemap(in) binding::Bytes {
    if (NIL_P($input)) {
        $1 = {};
    } else {
        StringValue($input);
        $1 = {RSTRING_PTR($input), static_cast<std::size_t>(RSTRING_LEN($input))};
    }
}

%typemap(out) nflogcap_stats "$result = binding::ruby::converted($1);"

%typemap(out) binding::Optional "$result = $1.present ? ULL2NUM($1.value) : Qnil;"

%typemap(out) binding::List "$result = binding::ruby::Converter().list($1);"

%typemap(in) long long "$1 = binding::ruby::to_integer($input, \"$1_name\");"

%typemap(in, numinputs=0) binding::Failure& (binding::Failure failure) "$1 = &failure;"
%typemap(argout) binding::Failure& {
    if ($1->code != 0)
        binding::ruby::raise(*$1);
}

// Replaces SWIG's check, which compares the names of types and takes longer.
%typemap(in) binding::Packet* self "$1 = binding::ruby::packet_of(self);"

%typemap(out) binding::Packet* parse_packet "$result = binding::ruby::wrapped($1);"

%typemap(in) const binding::Packet& "$1 = binding::ruby::packet_of($input);"

%exception binding::Handle::set_option "binding::ruby::without_gvl(*arg4, [&] { $action });"
%exception binding::Handle::start "binding::ruby::without_gvl(*arg2, [&] { $action });"
%exception binding::Handle::adopt "binding::ruby::without_gvl(*arg2, [&] { $action });"
%exception binding::Dump::open "binding::ruby::without_gvl(*arg6, [&] { $action });"
%exception binding::Dump::write "binding::ruby::without_gvl(*arg3, [&] { $action });"
%exception binding::Dump::flush "binding::ruby::without_gvl(*arg2, [&] { $action });"
%exception binding::Dump::take_over "binding::ruby::without_gvl(*arg2, [&] { $action });"
%exception binding::Dump::close "binding::ruby::without_gvl(*arg2, [&] { $action });"

// Ruby frees objects with the GVL held, and must not wait then. Therefore a finalizer calls this
// earlier.
%exception binding::Dump::drop {
    binding::Failure none;
    binding::ruby::without_gvl(none, [&] { $action });
}
%extend binding::Dump {
    void drop() { $self->drop(); }
}

%extend binding::Handle {
    void set_filter(binding::Bytes expression, binding::Failure& failure)
    {
        $self->set_filter(expression, failure, [](binding::Failure& why, auto call) {
            binding::ruby::without_gvl(why, call);
        });
    }
    VALUE take() { return binding::ruby::take(*$self); }
    VALUE take_batch() { return binding::ruby::take_batch(*$self); }
    VALUE each_ready() { return binding::ruby::each_ready(*$self); }
    VALUE each_ready_batch() { return binding::ruby::each_ready_batch(*$self); }
    nflogcap* detach() { return $self->detach(); }
    void free(nflogcap* detached) { $self->free(detached); }
}
void nflogcap_wakeup(nflogcap* handle);

%include "nflogcap.i"

%init %{
    binding::ruby::define_packet();
    binding::ruby::define_batch();
    binding::ruby::define_constants();
%}
