#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that a fault can be injected into each function of libc that libnflogcap.so calls, or that it cannot fail.

Usage: calls_test.py libnflogcap.so faults_tests
"""
import re
import subprocess
import sys

# Functions of libc that make no system call, or a system call that always succeeds.
CANNOT_FAIL = """
    __cxa_finalize __errno_location __register_atfork __gmon_start__ __libc_single_threaded _ITM_deregisterTMCloneTable
    _ITM_registerTMCloneTable __memcpy_chk __stack_chk_fail __tls_get_addr
    abort clearerr clock_getres clock_gettime dlclose dlerror dlsym getauxval getenv gethostname geteuid getpid getrlimit getrlimit64 getuid htonl htons inet_ntop
    localtime_r memchr memcmp memcpy memmove memset munmap nanosleep newlocale ntohl ntohs pthread_mutex_lock pthread_mutex_unlock
    pthread_setcancelstate pthread_sigmask setbuf sigfillset strcasecmp strcmp strerror_l strlen strtoull __isoc23_strtoull uname
""".split()
# Functions of other libraries. Faults are also injected into the calls of these libraries to libc.
LIBRARIES = re.compile(
    r"_Z|__cxa_|__gxx_|_Unwind_|mnl_|nflog_|nft_|pcap_|__asan_|__ubsan_|__tsan_|__sanitizer_")


def symbols(path, which):
    table = subprocess.run(["nm", "-D", which, path], check=True, capture_output=True, text=True)
    return {line.split()[-1].split("@")[0] for line in table.stdout.splitlines()}


library, seam = sys.argv[1:]
asked = {name for name in symbols(library, "--undefined-only") if not LIBRARIES.match(name)}
unknown = asked - symbols(seam, "--defined-only") - set(CANNOT_FAIL)
if not asked or unknown:
    sys.exit(f"{library} calls functions into which no fault is injected: {' '.join(sorted(unknown))}")
print(f"{len(asked)} functions of libc, all accounted for")
