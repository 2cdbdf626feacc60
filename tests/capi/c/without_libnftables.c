/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program on a system without libnftables: it captures, but cannot tap. */
#include <errno.h>
#include <nflogcap.h>
#include <stdio.h>
#include <string.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "line %d: %s; %s\n", __LINE__, #condition, nflogcap_error(capture));   \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

int main(void)
{
    nflogcap *capture = NULL;
    CHECK(nflogcap_new(&capture) == 0);
    CHECK(nflogcap_add_tap(capture, "input", "tcp dport 443") == -EOPNOTSUPP);
    CHECK(strstr(nflogcap_error(capture), "libnftables cannot be loaded") != NULL);
    CHECK(strstr(nflogcap_error(capture), "install it") != NULL);
    CHECK(nflogcap_tap_group(capture) == -ENOENT);
    CHECK(nflogcap_add_group(capture, 5) == 0);
    CHECK(nflogcap_start(capture) == 0);
    nflogcap_close(capture);
    return 0;
}
