// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the interface of ../nflogcap.i is in Lua. The module that SWIG makes of it is private to
// nflogcap.lua beside this file.

%module nflogcap_core

%{
#include "conversions.hpp"
#include "errors.hpp"
#include "packets.hpp"

#include <cstring>

// SWIG takes any userdata for one of its own. Only those with the metatable of the type's class are;
// remember_classes() keeps these in the registry. NULL, which SWIG makes of nil, is no object of ours.
static int convert_pointer(lua_State* L, int index, void** pointer, swig_type_info* type)
{
    if (lua_type(L, index) != LUA_TUSERDATA || lua_getmetatable(L, index) == 0)
        return SWIG_ERROR;
    lua_pushlightuserdata(L, type);
    lua_rawget(L, LUA_REGISTRYINDEX);
    const bool is_ours = lua_rawequal(L, -1, -2) != 0;
    lua_pop(L, 2);
    return is_ours ? SWIG_Lua_ConvertPtr(L, index, pointer, type, 0) : SWIG_ERROR;
}
#undef SWIG_ConvertPtr
#define SWIG_ConvertPtr(L, index, pointer, type, flags) convert_pointer(L, index, pointer, type)
%}

%typemap(out) int %{
    lua_pushinteger(L, $1);
    SWIG_arg++;
%}

%typemap(out) unsigned long long, uint64_t, uint32_t %{
    binding::lua::push_integer(L, $1);
    SWIG_arg++;
%}

%typemap(out) binding::Bytes {
    if ($1.data != nullptr)
        lua_pushlstring(L, static_cast<const char*>($1.data), $1.length);
    else
        lua_pushnil(L);
    SWIG_arg++;
}

%typemap(out) binding::Text %{
    lua_pushstring(L, $1.data); // nil for NULL
    SWIG_arg++;
%}

%typemap(out) binding::Optional %{
    if ($1.present)
        binding::lua::push_integer(L, $1.value);
    else
        lua_pushnil(L);
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
        binding::lua::raise(L, *$1);
}

%typemap(in) const binding::Packet& {
    void* packet = nullptr;
    if (!SWIG_IsOK(SWIG_ConvertPtr(L, $input, &packet, $descriptor(binding::Packet*), 0)))
        binding::lua::refuse(L, "$1_name is a packet, as a capture gives it");
    $1 = static_cast<binding::Packet*>(packet);
}
%typemap(typecheck) const binding::Packet& "$1 = 1;"

%exception binding::Handle::set_option "binding::lua::repeated(L, *arg4, [&] { $action });"
%exception binding::Handle::start "binding::lua::repeated(L, *arg2, [&] { $action });"
%exception binding::Dump::open "binding::lua::repeated(L, *arg3, [&] { $action });"
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
}

%native(next) int native_next(lua_State* L);
%native(packets) int native_packets(lua_State* L);
%native(refuse) int native_refuse(lua_State* L);

%include "nflogcap.i"

%wrapper %{
static binding::Handle& handle_argument(lua_State* L)
{
    void* handle = nullptr;
    if (!SWIG_IsOK(SWIG_ConvertPtr(L, 1, &handle, SWIGTYPE_p_binding__Handle, 0)))
        binding::lua::refuse(L, "a handle is expected");
    return *static_cast<binding::Handle*>(handle);
}

static int push_packet(lua_State* L, binding::Packet* packet)
{
    if (packet == nullptr) {
        lua_pushnil(L);
    } else {
        SWIG_NewPointerObj(L, packet, SWIGTYPE_p_binding__Packet, 1);
        binding::lua::account(L, sizeof *packet + packet->view.message_length);
    }
    return 1;
}

// (handle, seconds): the next packet or nil
static int native_next(lua_State* L)
{
    return push_packet(L, binding::lua::await_packet(L, handle_argument(L), lua_tonumber(L, 2)));
}

// Upvalue: the handle, which the loop keeps.
static int next_of_loop(lua_State* L)
{
    auto* const object = static_cast<swig_lua_userdata*>(lua_touserdata(L, lua_upvalueindex(1)));
    auto& handle = *static_cast<binding::Handle*>(object->ptr);
    return push_packet(L, binding::lua::await_packet_of_loop(L, handle));
}

// (handle): the function that a `for` calls for each packet
static int native_packets(lua_State* L)
{
    handle_argument(L);
    lua_settop(L, 1);
    lua_pushcclosure(L, next_of_loop, 1);
    return 1;
}

// (words): raises them
static int native_refuse(lua_State* L)
{
    binding::lua::refuse(L, luaL_checkstring(L, 1));
}

// Upvalues: the fields and the methods, by their names.
static int packet_index(lua_State* L)
{
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    if (const void* field = lua_touserdata(L, -1)) {
        auto* packet = static_cast<binding::Packet*>(
            static_cast<swig_lua_userdata*>(lua_touserdata(L, 1))->ptr);
        binding::lua::push_field(L, *packet, *static_cast<const binding::Field*>(field));
        return 1;
    }
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(2));
    if (lua_isnil(L, -1))
        binding::lua::refuse_field(L, 2);
    return 1;
}

static binding::Packet* packet_argument(lua_State* L)
{
    void* packet = nullptr;
    if (SWIG_IsOK(SWIG_ConvertPtr(L, 1, &packet, SWIGTYPE_p_binding__Packet, 0)))
        return static_cast<binding::Packet*>(packet);
    binding::lua::refuse(L, "a method of a packet is called with a colon: packet:frame()");
}

static int push_allocated(lua_State* L, const binding::Failure& failure, const void* data,
                          std::size_t length)
{
    if (failure.code != 0)
        binding::lua::raise(L, failure);
    lua_pushlstring(L, static_cast<const char*>(data), length);
    std::free(const_cast<void*>(data));
    return 1;
}

static int packet_frame(lua_State* L)
{
    binding::Failure failure;
    const binding::Bytes bytes = binding::frame(packet_argument(L)->view, failure);
    return push_allocated(L, failure, bytes.data, bytes.length);
}

static int format_packet(lua_State* L, int form)
{
    binding::Failure failure;
    const binding::Text text = binding::format(*packet_argument(L), form, failure);
    return push_allocated(L, failure, text.data, text.data == nullptr ? 0 : strlen(text.data));
}

static int packet_to_json(lua_State* L)
{
    return format_packet(L, NFLOGCAP_JSON);
}

static int packet_tostring(lua_State* L)
{
    return format_packet(L, NFLOGCAP_LINE);
}

// For pairs(): a table of all fields that the packet has.
static int packet_pairs(lua_State* L)
{
    binding::Packet* packet = packet_argument(L);
    lua_getglobal(L, "next");
    lua_newtable(L);
    for (const binding::Field& field : binding::fields()) {
        binding::lua::push_field(L, *packet, field);
        lua_setfield(L, -2, field.name.c_str());
    }
    return 2;
}

static int packet_attribute(lua_State* L)
{
    const binding::Packet* packet = packet_argument(L);
    lua_settop(L, 2);
    const long long type = binding::lua::to_integer(L, 2, "type");
    binding::Failure failure;
    const binding::Bytes bytes = binding::attribute(packet->view, type, failure);
    if (failure.code != 0)
        binding::lua::raise(L, failure);
    if (bytes.data != nullptr)
        lua_pushlstring(L, static_cast<const char*>(bytes.data), bytes.length);
    else
        lua_pushnil(L);
    return 1;
}

static int packet_eq(lua_State* L)
{
    void* packets[2] = {};
    for (int i = 0; i < 2; ++i) {
        if (!SWIG_IsOK(SWIG_ConvertPtr(L, i + 1, &packets[i], SWIGTYPE_p_binding__Packet, 0)))
            return lua_pushboolean(L, 0), 1;
    }
    lua_pushboolean(L, binding::are_equal(*static_cast<binding::Packet*>(packets[0]),
                                          *static_cast<binding::Packet*>(packets[1])));
    return 1;
}

static int packet_newindex(lua_State* L)
{
    binding::Failure failure;
    failure.set(-EPERM, "a packet cannot be changed");
    binding::lua::raise(L, failure);
}

static void set_function(lua_State* L, int table, const char* name, lua_CFunction function)
{
    lua_pushstring(L, name);
    lua_pushcfunction(L, function);
    lua_rawset(L, table);
}

static void remember_classes(lua_State* L)
{
    for (std::size_t i = 0; i < swig_module.size; ++i) {
        swig_type_info* const type = swig_module.types[i];
        if (type->clientdata == nullptr)
            continue;
        lua_pushlightuserdata(L, type);
        SWIG_Lua_get_class_metatable(L, static_cast<const swig_lua_class*>(type->clientdata)->fqname);
        lua_rawset(L, LUA_REGISTRYINDEX);
    }
}

static void finish_packet_type(lua_State* L)
{
    SWIG_Lua_get_class_metatable(L, "Packet");
    const int metatable = lua_gettop(L);
    lua_pushstring(L, "__index");
    lua_newtable(L);
    for (const binding::Field& field : binding::fields()) {
        lua_pushstring(L, field.name.c_str());
        lua_pushlightuserdata(L, const_cast<binding::Field*>(&field));
        lua_rawset(L, -3);
    }
    lua_newtable(L);
    set_function(L, lua_gettop(L), "frame", packet_frame);
    set_function(L, lua_gettop(L), "attribute", packet_attribute);
    set_function(L, lua_gettop(L), "to_json", packet_to_json);
    lua_pushcclosure(L, packet_index, 2);
    lua_rawset(L, metatable);
    set_function(L, metatable, "__pairs", packet_pairs);
    set_function(L, metatable, "__eq", packet_eq);
    set_function(L, metatable, "__newindex", packet_newindex);
    set_function(L, metatable, "__tostring", packet_tostring);
    lua_pushstring(L, "__metatable"); // nobody is to call its __gc
    lua_pushstring(L, "nflogcap.Packet");
    lua_rawset(L, metatable);
    lua_pop(L, 1);
}
%}

%init %{
    remember_classes(L);
    finish_packet_type(L);
    binding::lua::push_constants(L);
    lua_setfield(L, -2, "constants");
%}
