// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_type.hpp"

#include "conversions.hpp"
#include "errors.hpp"
#include "types.hpp"
#include "versions.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace binding::lua {

namespace {

constexpr auto packet_type = "nflogcap.Packet";

// The type of a userdata that owns a reference to an Interfaces. A weak table in its metatable
// finds this userdata for a given Interfaces.
constexpr auto interfaces_type = "nflogcap.Interfaces";
constexpr auto all_kept = "kept";

int release_interfaces(lua_State* L)
{
    auto** const kept = static_cast<Interfaces**>(lua_touserdata(L, 1));
    (*kept)->release();
    *kept = nullptr;
    return 0;
}

// Sets the interfaces of the packet at the index, so that their names can be read. When a program
// ends, Lua may free the capture's names before another object's finalizer reads the packet. Then
// the packet has no names.
Packet& with_interfaces(lua_State* L, int index, Packet& packet)
{
    static Interfaces* const nameless = Interfaces::make();
    push_kept_of(L, index);
    lua_rawgeti(L, -1, 1);
    Interfaces* const interfaces = *static_cast<Interfaces**>(lua_touserdata(L, -1));
    packet.interfaces = interfaces == nullptr ? nameless : interfaces;
    lua_pop(L, 2);
    return packet;
}

void define_interfaces(lua_State* L)
{
    push_new_type(L, interfaces_type);
    set_function(L, "__gc", release_interfaces);
    lua_newtable(L);
    lua_newtable(L);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, all_kept);
    lua_pop(L, 1);
}

// Arguments: table, name.
int refuse_field(lua_State* L)
{
    Failure failure;
    find_field(text_of(L, 2), failure);
    raise(L, failure);
}

// The __index of packets. Its upvalue contains the fields (light userdata) and the methods, by
// name.
int index(lua_State* L)
{
    lua_gettable(L, lua_upvalueindex(1)); // or calls refuse_field()
    if (const auto* field = static_cast<const Field*>(lua_touserdata(L, -1))) {
        auto& packet = *static_cast<Packet*>(lua_touserdata(L, 1));
        if (field->form == Field::Form::interface_name)
            with_interfaces(L, 1, packet);
        push_field(L, packet, *field);
    }
    return 1;
}

Packet& self(lua_State* L)
{
    if (Packet* const packet = packet_at(L, 1))
        return *packet;
    refuse(L, "a method of a packet is called with a colon: packet:frame()");
}

int push_allocated(lua_State* L, const Failure& failure, const void* data, std::size_t length)
{
    if (failure.code != 0)
        raise(L, failure);
    lua_pushlstring(L, static_cast<const char*>(data), length);
    std::free(const_cast<void*>(data));
    return 1;
}

int frame(lua_State* L)
{
    Failure failure;
    const Bytes bytes = binding::frame(self(L).view, failure);
    return push_allocated(L, failure, bytes.data, bytes.length);
}

int format(lua_State* L, int form)
{
    Failure failure;
    const Text text = binding::format(with_interfaces(L, 1, self(L)), form, failure);
    return push_allocated(L, failure, text.data, text.data == nullptr ? 0 : std::strlen(text.data));
}

// Arguments: packet, and a table of options or nil.
int to_json(lua_State* L)
{
    bool has_payload = true;
    if (!lua_isnoneornil(L, 2)) {
        const auto require = [L](bool holds) {
            if (!holds)
                refuse(L,
                       "to_json takes a table of one option: packet:to_json { payload = false }");
        };
        require(lua_istable(L, 2));
        for (lua_pushnil(L); lua_next(L, 2) != 0; lua_pop(L, 1)) {
            require(lua_type(L, -2) == LUA_TSTRING &&
                    std::strcmp(lua_tostring(L, -2), "payload") == 0 && lua_isboolean(L, -1));
            has_payload = lua_toboolean(L, -1) != 0;
        }
    }
    return format(L, has_payload ? NFLOGCAP_JSON : NFLOGCAP_JSON | NFLOGCAP_NO_PAYLOAD);
}

int tostring(lua_State* L)
{
    return format(L, NFLOGCAP_LINE);
}

int to_table(lua_State* L)
{
    Packet& packet = with_interfaces(L, 1, self(L));
    lua_newtable(L);
    for (const Field& field : fields()) {
        push_field(L, packet, field);
        lua_setfield(L, -2, field.name.c_str());
    }
    return 1;
}

// Its upvalue is the function next.
int pairs(lua_State* L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    to_table(L);
    return 2;
}

int attribute(lua_State* L)
{
    const Packet& packet = self(L);
    Failure failure;
    const Bytes bytes = binding::attribute(packet.view, to_integer(L, 2, "type"), failure);
    if (failure.code != 0)
        raise(L, failure);
    push_bytes(L, bytes);
    return 1;
}

int is_equal(lua_State* L)
{
    const Packet* const one = packet_at(L, 1);
    const Packet* const other = packet_at(L, 2);
    lua_pushboolean(L, one != nullptr && other != nullptr && are_equal(*one, *other) ? 1 : 0);
    return 1;
}

int push_memory(lua_State* L)
{
    push_userdata(L, static_cast<std::size_t>(lua_tonumber(L, 1)));
    return 1;
}

// Copies and pushes a packet with a long message. If Lua has no memory, push_memory() does not
// return, and Lua frees the copy.
void push_long_packet(lua_State* L, const nflogcap_packet& view, Interfaces& interfaces)
{
    auto* const message = static_cast<std::uint8_t*>(std::malloc(view.message_length));
    if (message == nullptr) {
        Failure failure;
        failure.set(-ENOMEM, nflogcap_strerror(ENOMEM));
        raise(L, failure);
    }
    std::memcpy(message, view.message, view.message_length);
    lua_pushcfunction(L, push_memory);
    lua_pushnumber(L, static_cast<lua_Number>(size_of_copy(view)));
    const int status = lua_pcall(L, 1, 1, 0);
    if (status == 0)
        copy_into(lua_touserdata(L, -1), view, message, interfaces);
    std::free(message);
    if (status != 0)
        lua_error(L);
}

int set(lua_State* L)
{
    Failure failure;
    failure.set(-EPERM, "a packet cannot be changed");
    raise(L, failure);
}

} // namespace

void define_packet(lua_State* L)
{
    define_interfaces(L);
    push_new_type(L, packet_type);
    lua_newtable(L);
    for (const Field& field : fields()) {
        lua_pushlightuserdata(L, const_cast<Field*>(&field));
        lua_setfield(L, -2, field.name.c_str());
    }
    set_function(L, "frame", frame);
    set_function(L, "attribute", attribute);
    set_function(L, "to_json", to_json);
    set_function(L, "to_table", to_table);
    lua_newtable(L);
    set_function(L, "__index", refuse_field);
    lua_setmetatable(L, -2);
    lua_pushcclosure(L, index, 1);
    lua_setfield(L, -2, "__index");
    lua_getglobal(L, "next");
    lua_pushcclosure(L, pairs, 1);
    lua_setfield(L, -2, "__pairs");
    set_function(L, "__eq", is_equal);
    set_function(L, "__newindex", set);
    set_function(L, "__tostring", tostring);
    lua_pop(L, 1);
}

void push_packet_type(lua_State* L)
{
    luaL_getmetatable(L, packet_type);
}

void push_kept(lua_State* L, Interfaces& interfaces)
{
    luaL_getmetatable(L, interfaces_type);
    lua_getfield(L, -1, all_kept);
    lua_pushlightuserdata(L, &interfaces);
    lua_rawget(L, -2);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_createtable(L, 1, 0);
        auto** const kept = static_cast<Interfaces**>(push_userdata(L, sizeof(void*)));
        *kept = interfaces.share();
        lua_pushvalue(L, -4);
        lua_setmetatable(L, -2);
        lua_rawseti(L, -2, 1);
        lua_pushlightuserdata(L, &interfaces);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4);
    }
    lua_replace(L, -3);
    lua_pop(L, 1);
}

void push_packet(lua_State* L, const nflogcap_packet& packet, Interfaces& interfaces, int type,
                 int kept)
{
    // Copies the message before it allocates: an allocation may run finalizers, which may use the
    // capture and invalidate the message.
    const nflogcap_packet view = packet;
    constexpr std::size_t usual_size = 2048;
    if (std::array<std::uint8_t, usual_size> usual; view.message_length <= usual.size()) {
        std::memcpy(usual.data(), packet.message, view.message_length);
        copy_into(push_userdata(L, size_of_copy(view)), view, usual.data(), interfaces);
    } else {
        push_long_packet(L, view, interfaces);
    }
    lua_pushvalue(L, kept);
    set_kept(L, -2);
    lua_pushvalue(L, type);
    lua_setmetatable(L, -2);
}

void push_packet(lua_State* L, const nflogcap_packet& packet, Interfaces& interfaces)
{
    push_packet_type(L);
    push_kept(L, interfaces);
    const int kept = lua_gettop(L);
    push_packet(L, packet, interfaces, kept - 1, kept);
}

Packet* packet_at(lua_State* L, int index)
{
    return static_cast<Packet*>(userdata_of(L, index, packet_type));
}

} // namespace binding::lua
