// SPDX-License-Identifier: GPL-2.0-or-later
// fork(), _exit(), waitpid(), dup() and close() for the tests. Lua has none of these functions, and
// lua-posix in Debian 12 does not support Lua 5.4.
#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int process_fork(lua_State* lua)
{
    const pid_t child = fork();
    if (child < 0)
        return luaL_error(lua, "fork: %s", strerror(errno));
    lua_pushinteger(lua, child);
    return 1;
}

static int process_exit(lua_State* lua)
{
    _exit((int)luaL_checkinteger(lua, 1));
}

// Waits for the child with this process ID, and returns its wait status.
static int process_wait(lua_State* lua)
{
    int status = -1;
    if (waitpid((pid_t)luaL_checkinteger(lua, 1), &status, 0) < 0)
        return luaL_error(lua, "waitpid: %s", strerror(errno));
    lua_pushinteger(lua, status);
    return 1;
}

// Returns a copy of the descriptor. Programs that this process starts inherit the copy.
static int process_dup(lua_State* lua)
{
    const int copy = dup((int)luaL_checkinteger(lua, 1));
    if (copy < 0)
        return luaL_error(lua, "dup: %s", strerror(errno));
    lua_pushinteger(lua, copy);
    return 1;
}

static int process_close(lua_State* lua)
{
    if (close((int)luaL_checkinteger(lua, 1)) < 0)
        return luaL_error(lua, "close: %s", strerror(errno));
    return 0;
}

int luaopen_process(lua_State* lua);

int luaopen_process(lua_State* lua)
{
    lua_newtable(lua);
    lua_pushcfunction(lua, process_fork);
    lua_setfield(lua, -2, "fork");
    lua_pushcfunction(lua, process_exit);
    lua_setfield(lua, -2, "exit");
    lua_pushcfunction(lua, process_wait);
    lua_setfield(lua, -2, "wait");
    lua_pushcfunction(lua, process_dup);
    lua_setfield(lua, -2, "dup");
    lua_pushcfunction(lua, process_close);
    lua_setfield(lua, -2, "close");
    return 1;
}
