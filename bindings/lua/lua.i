// SPDX-License-Identifier: GPL-2.0-or-later
//
// The Lua part of ../nflogcap.i. Only nflogcap.lua in this directory uses the module that SWIG
// generates. Packets and batches are types of this project, which SWIG does not know.

%module nflogcap_core

#define name_of_class(name) nflogcap_ ## name

%{
#include "batch_type.hpp"
#include "conversions.hpp"
#include "errors.hpp"
#include "hooks.hpp"
#include "packet_type.hpp"
#include "reading.hpp"
%}

%typemap(in, numinputs=0) lua_State* "$1 = L;"

// Functions without a result return true, as file:close() does in Lua.
%typemap(out) void %{
    lua_pushboolean(L, 1);
    SWIG_arg++;
%}

// Functions that return this type push their results themselves, and return the number of results.
%typemap(out) binding::lua::Pushed "SWIG_arg += $1;"

%typemap(out) int %{
    lua_pushinteger(L, $1);
    SWIG_arg++;
%}

%typemap(out) unsigned long long, uint64_t, uint32_t %{
    binding::lua::push_integer(L, $1);
    SWIG_arg++;
%}

%typemap(out) binding::Bytes %{
    binding::lua::push_bytes(L, $1);
    SWIG_arg++;
%}

%typemap(out) binding::Text %{
    lua_pushstring(L, $1.data); // pushes nil if the data is NULL
    SWIG_arg++;
%}

%typemap(out) binding::Optional %{
    if ($1.present)
        binding::lua::push_integer(L, $1.value);
    else
        lua_pushnil(L);
    SWIG_arg++;
%}

%typemap(out) binding::List %{
    binding::lua::push_list(L, $1);
    SWIG_arg++;
%}

%typemap(in) binding::Bytes {
    $1 = {};
    if (!lua_isnil(L, $input))
        $1.data = lua_tolstring(L, $input, &$1.length);
}
%typemap(typecheck) binding::Bytes "$1 = lua_isnil(L, $input) || lua_isstring(L, $input);"

%typemap(out) nflogcap_stats %{
    binding::lua::push_stats(L, $1);
    SWIG_arg++;
%}

%typemap(in) long long "$1 = binding::lua::to_integer(L, $input, \"$1_name\");"
%typemap(typecheck) long long "$1 = 1;"

%typemap(in, numinputs=0) binding::Failure& (binding::Failure failure) "$1 = &failure;"
%typemap(argout) binding::Failure& {
    if ($1->code != 0)
        return binding::lua::fail(L, *$1);
}

%typemap(in) const binding::Packet& {
    $1 = binding::lua::packet_at(L, $input);
    if ($1 == nullptr)
        binding::lua::refuse(L, "$1_name must be a packet");
}
%typemap(typecheck) const binding::Packet& "$1 = 1;"

%exception binding::Handle::set_option "binding::lua::repeated(L, *arg4, [&] { $action });"
%exception binding::Handle::start "binding::lua::repeated(L, *arg2, [&] { $action });"
%exception binding::Handle::adopt "binding::lua::repeated(L, *arg2, [&] { $action });"
%exception binding::Dump::open "binding::lua::repeated(L, *arg6, [&] { $action });"
%exception binding::Dump::write "binding::lua::repeated(L, *arg3, [&] { $action });"
%exception binding::Dump::flush "binding::lua::repeated(L, *arg2, [&] { $action });"
%exception binding::Dump::take_over "binding::lua::repeated(L, *arg2, [&] { $action });"
%exception binding::Dump::close "binding::lua::repeated(L, *arg2, [&] { $action });"

%extend binding::Handle {
    void set_filter(binding::Bytes expression, binding::Failure& failure)
    {
        $self->set_filter(expression, failure, [](binding::Failure& /*why*/, auto call) { call(); });
    }
    void close() { $self->close(); }
    binding::lua::Pushed next(lua_State* L, double seconds)
    {
        return binding::lua::push_next(L, *$self, seconds);
    }
    binding::lua::Pushed next_batch(lua_State* L, double seconds)
    {
        return binding::lua::push_next_batch(L, *$self, seconds);
    }
    binding::lua::Pushed packets(lua_State* L, double seconds)
    {
        return binding::lua::push_loop(L, *$self, seconds);
    }
    binding::lua::Pushed batches(lua_State* L, double seconds)
    {
        return binding::lua::push_batch_loop(L, *$self, seconds);
    }
}

// Raises an error with this text.
%inline %{
static void refuse(lua_State* L, const char* words)
{
    binding::lua::refuse(L, words);
}
%}

%typemap(out) binding::Packet* parse_packet {
    if ($1 != nullptr) {
        binding::lua::push_packet(L, $1->view, *$1->interfaces);
        binding::release($1);
        SWIG_arg++;
    }
}

%include "nflogcap.i"

%init %{
    binding::lua::define_packet(L);
    binding::lua::define_batch(L);
    binding::lua::push_constants(L);
    lua_setfield(L, -2, "constants");
%}
