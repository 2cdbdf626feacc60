/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ring FILE.o: an eBPF program at lo's ingress puts packets into a ring buffer, which this reader
 * reads with libbpf. */
#include "ring.h"

#include "reader.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static volatile sig_atomic_t ended;
static uint64_t received;
static uint64_t sum; /* used so that the compiler does not skip fields */

static void end(int signal_number)
{
    (void)signal_number;
    ended = 1;
}

static int take(void* context, void* data, size_t size)
{
    const struct ring_packet* packet = data;
    (void)context;
    (void)size;
    sum += packet->timestamp_ns + packet->mark + packet->wire_length + packet->payload[0];
    ++received;
    return 0;
}

static int attach(const struct bpf_object* object)
{
    struct bpf_tc_hook hook;
    struct bpf_tc_opts options;
    memset(&hook, 0, sizeof hook);
    hook.sz = sizeof hook;
    hook.ifindex = (int)if_nametoindex("lo");
    hook.attach_point = BPF_TC_INGRESS;
    memset(&options, 0, sizeof options);
    options.sz = sizeof options;
    options.handle = 1;
    options.priority = 1;
    options.prog_fd = bpf_program__fd(bpf_object__find_program_by_name(object, "capture"));
    options.flags = BPF_TC_F_REPLACE;
    const int created = bpf_tc_hook_create(&hook);
    return created < 0 && created != -EEXIST ? created : bpf_tc_attach(&hook, &options);
}

/* Detaches the program and removes its hook, so that it does not affect other readers. */
static void detach(void)
{
    struct bpf_tc_hook hook;
    memset(&hook, 0, sizeof hook);
    hook.sz = sizeof hook;
    hook.ifindex = (int)if_nametoindex("lo");
    hook.attach_point = (enum bpf_tc_attach_point)(BPF_TC_INGRESS | BPF_TC_EGRESS);
    bpf_tc_hook_destroy(&hook);
}

int main(int argc, char** argv)
{
    if (argc != 2)
        return fprintf(stderr, "usage: ring FILE.o\n"), 2;
    libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
    struct bpf_object* object = bpf_object__open_file(argv[1], NULL);
    const int loaded = object == NULL ? -errno : bpf_object__load(object);
    if (loaded < 0) {
        fprintf(stderr, "cannot load %s: %s\n", argv[1], strerror(-loaded));
        return loaded == -EPERM ? reader_unsupported
                                : 1; /* root of a user namespace may not load it */
    }
    const int attached = attach(object);
    struct ring_buffer* ring =
        ring_buffer__new(bpf_object__find_map_fd_by_name(object, "packets"), take, NULL, NULL);
    if (attached < 0 || ring == NULL)
        return fprintf(stderr, "cannot attach the program to lo\n"), 1;
    reader_ready(end);
    while (!ended) {
        const int error = ring_buffer__poll(ring, -1);
        if (error < 0 && error != -EINTR)
            return fprintf(stderr, "poll: %s\n", strerror(-error)), 1;
    }
    detach();
    reader_report(received, -1);
    ring_buffer__free(ring);
    bpf_object__close(object);
    return sum == 1; /* always false */
}
