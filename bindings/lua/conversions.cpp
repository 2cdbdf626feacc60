// SPDX-License-Identifier: GPL-2.0-or-later
#include "conversions.hpp"

#include <cstring>
#include <vector>

namespace binding::lua {

namespace {

// The language's functions for convert().
struct Converter {
    lua_State* L;

    void absent() const { lua_pushnil(L); }
    void integer(std::uint64_t value) const { push_integer(L, value); }
    void seconds(double value) const { lua_pushnumber(L, value); }
    void bytes(const char* data, std::size_t length) const { lua_pushlstring(L, data, length); }
    void text(const char* data, std::size_t length) const { lua_pushlstring(L, data, length); }
    void list(const List& list) const { push_list(L, list); }
    template <typename Fields>
    void record(const Record& record, const Fields& fields) const
    {
        lua_newtable(L);
        for (const Field& field : record.fields) {
            fields(field, *this);
            lua_setfield(L, -2, field.name.c_str());
        }
    }
};

} // namespace

void push_integer(lua_State* L, unsigned long long value)
{
#if LUA_VERSION_NUM >= 503
    lua_pushinteger(L, static_cast<lua_Integer>(value));
#else
    lua_pushnumber(L, static_cast<lua_Number>(value));
#endif
}

void push_list(lua_State* L, const List& list)
{
    lua_newtable(L);
    for (std::size_t i = 0; i < list.length; ++i) {
        push_integer(L, list[i]);
        lua_rawseti(L, -2, static_cast<int>(i + 1));
    }
}

void push_field(lua_State* L, Packet& packet, const Field& field)
{
    convert(packet, field, Converter{L});
}

void push_stats(lua_State* L, const nflogcap_stats& stats)
{
    lua_newtable(L);
    for (std::size_t i = 0; const nflogcap_counter* counter = nflogcap_counter_at(i); ++i) {
        push_integer(L, value_of(stats, *counter));
        lua_setfield(L, -2, counter->name);
    }
}

void push_constants(lua_State* L)
{
    static const std::vector<Constant> all = constants();
    lua_newtable(L);
    for (const Constant& constant : all) {
        push_integer(L, constant.value);
        lua_setfield(L, -2, constant.name.c_str());
    }
}

void push_bytes(lua_State* L, const Bytes& bytes)
{
    if (bytes.data == nullptr)
        lua_pushnil(L);
    else
        lua_pushlstring(L, static_cast<const char*>(bytes.data), bytes.length);
}

Bytes text_of(lua_State* L, int index)
{
    Bytes text{};
    if (lua_type(L, index) == LUA_TSTRING) {
        text.data = lua_tolstring(L, index, &text.length);
    } else {
        const char* const type = luaL_typename(L, index);
        text = {type, std::strlen(type)};
    }
    return text;
}

} // namespace binding::lua
