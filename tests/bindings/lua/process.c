// SPDX-License-Identifier: GPL-2.0-or-later
// fork(), _exit() and waitpid() for the tests: Lua has none of them, and the lua-posix of Debian 12
// does not support Lua 5.4.
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

// The wait status of a child.
static int process_wait(lua_State* lua)
{
    int status = -1;
    if (waitpid((pid_t)luaL_checkinteger(lua, 1), &status, 0) < 0)
        return luaL_error(lua, "waitpid: %s", strerror(errno));
    lua_pushinteger(lua, status);
    return 1;
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
    return 1;
}
