/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program of somebody who has installed the library: sends one datagram over lo, past a rule that
 * logs it to group 5 with the prefix "installed", and captures it. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <nflogcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char text[] = "from an installed program";

static int send_datagram(uint16_t port)
{
    struct sockaddr_in to;
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    const ssize_t sent = sendto(fd, text, sizeof text, 0, (struct sockaddr *)&to, sizeof to);
    close(fd);
    return sent == (ssize_t)sizeof text ? 0 : -1;
}

static int is_ours(const nflogcap_packet *packet)
{
    const uint32_t headers = 20 + 8;
    return packet->group == 5 && packet->prefix != NULL &&
           strcmp(packet->prefix, "installed") == 0 &&
           packet->payload_length == headers + sizeof text &&
           memcmp(packet->payload + headers, text, sizeof text) == 0;
}

int main(void)
{
    const uint16_t group = 5;
    nflogcap *capture;
    const nflogcap_packet *packet;

    char error[NFLOGCAP_ERROR_SIZE];
    if (nflogcap_open(&capture, &group, 1, error, sizeof error) < 0) {
        fprintf(stderr, "open: %s\n", error);
        return 1;
    }
    if (send_datagram(7005) < 0) {
        perror("send");
        return 1;
    }
    int code = nflogcap_next(capture, &packet, 2000);
    if (code != 1 || !is_ours(packet)) {
        fprintf(stderr, "next: %d %s\n", code, nflogcap_error(capture));
        return 1;
    }
    printf("%s: %" PRIu32 " bytes\n", packet->prefix, packet->wire_length);
    nflogcap_stop(capture);
    if ((code = nflogcap_next(capture, &packet, -1)) != -ENODATA) {
        fprintf(stderr, "next after stop: %d\n", code);
        return 1;
    }
    nflogcap_close(capture);
    return 0;
}
