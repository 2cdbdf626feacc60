/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Refers to every exported function: a missing one fails to link, and one with another type fails
 * to compile. */
#include <nflogcap.h>
#include <stdio.h>

#define EXPORTED(FUNCTION)                                                                         \
    FUNCTION(const nflogcap_field *, nflogcap_field_at, (size_t))                                  \
    FUNCTION(int, nflogcap_find_field, (const char *, char *, size_t))                             \
    FUNCTION(const char *, nflogcap_family_name, (uint8_t))                                        \
    FUNCTION(const char *, nflogcap_hook_name, (uint8_t, uint8_t))                                 \
    FUNCTION(const char *, nflogcap_version, (void))                                               \
    FUNCTION(uint32_t, nflogcap_version_number, (void))                                            \
    FUNCTION(const char *, nflogcap_strerror, (int))                                               \
    FUNCTION(const nflogcap_option *, nflogcap_option_at, (size_t))                                \
    FUNCTION(const nflogcap_counter *, nflogcap_counter_at, (size_t))                              \
    FUNCTION(const nflogcap_field *, nflogcap_conntrack_field_at, (size_t))                        \
    FUNCTION(const nflogcap_field *, nflogcap_tuple_field_at, (size_t))                            \
    FUNCTION(int, nflogcap_open, (nflogcap **, const uint16_t *, size_t, char *, size_t))          \
    FUNCTION(int, nflogcap_new, (nflogcap **))                                                     \
    FUNCTION(int, nflogcap_set_option, (nflogcap *, const char *, const char *))                   \
    FUNCTION(int, nflogcap_add_group, (nflogcap *, uint16_t))                                      \
    FUNCTION(int, nflogcap_remove_group, (nflogcap *, uint16_t))                                   \
    FUNCTION(int, nflogcap_set_snaplen, (nflogcap *, uint32_t))                                    \
    FUNCTION(int, nflogcap_set_delivery, (nflogcap *, int))                                        \
    FUNCTION(int, nflogcap_set_queue_threshold, (nflogcap *, uint32_t))                            \
    FUNCTION(int, nflogcap_set_flush_timeout, (nflogcap *, uint32_t))                              \
    FUNCTION(int, nflogcap_set_batch_size, (nflogcap *, uint32_t))                                 \
    FUNCTION(int, nflogcap_set_socket_buffer, (nflogcap *, uint32_t))                              \
    FUNCTION(int, nflogcap_set_conntrack, (nflogcap *, int))                                       \
    FUNCTION(int, nflogcap_set_netns, (nflogcap *, const char *))                                  \
    FUNCTION(int, nflogcap_set_filter, (nflogcap *, const char *))                                 \
    FUNCTION(int, nflogcap_filter_new, (nflogcap_filter **, const char *, char *, size_t))         \
    FUNCTION(int, nflogcap_use_filter, (nflogcap *, nflogcap_filter *))                            \
    FUNCTION(void, nflogcap_filter_free, (nflogcap_filter *))                                      \
    FUNCTION(int, nflogcap_set_savefile, (nflogcap *, const char *))                               \
    FUNCTION(int, nflogcap_add_tap, (nflogcap *, const char *, const char *))                      \
    FUNCTION(int, nflogcap_remove_tap, (nflogcap *, const char *, const char *))                   \
    FUNCTION(int, nflogcap_remove_taps, (nflogcap *))                                              \
    FUNCTION(int, nflogcap_groups, (nflogcap *, uint16_t *, size_t))                               \
    FUNCTION(int, nflogcap_start, (nflogcap *))                                                    \
    FUNCTION(int, nflogcap_tap_group, (nflogcap *))                                                \
    FUNCTION(int, nflogcap_fd, (nflogcap *))                                                       \
    FUNCTION(int, nflogcap_next, (nflogcap *, const nflogcap_packet **, int))                      \
    FUNCTION(int, nflogcap_next_batch, (nflogcap *, const nflogcap_packet **, size_t, int))        \
    FUNCTION(int, nflogcap_wakeup, (nflogcap *))                                                   \
    FUNCTION(int, nflogcap_stop, (nflogcap *))                                                     \
    FUNCTION(int, nflogcap_descriptors, (nflogcap *, int *, size_t))                               \
    FUNCTION(int, nflogcap_hand_over, (nflogcap *))                                                \
    FUNCTION(int, nflogcap_adopt, (nflogcap *, const int *, size_t))                               \
    FUNCTION(int, nflogcap_expect, (nflogcap *, uint16_t, uint32_t))                               \
    FUNCTION(int, nflogcap_expected, (nflogcap *, uint16_t, uint32_t *))                           \
    FUNCTION(int, nflogcap_take_over, (nflogcap *))                                                \
    FUNCTION(int, nflogcap_get_stats, (nflogcap *, nflogcap_stats *, size_t))                      \
    FUNCTION(int, nflogcap_get_group_stats, (nflogcap *, uint16_t, nflogcap_stats *, size_t))      \
    FUNCTION(const char *, nflogcap_interface_name, (nflogcap *, uint32_t))                        \
    FUNCTION(const char *, nflogcap_host_name, (nflogcap *))                                       \
    FUNCTION(const char *, nflogcap_error, (const nflogcap *))                                     \
    FUNCTION(void, nflogcap_close, (nflogcap *))                                                   \
    FUNCTION(nflogcap_packet *, nflogcap_packet_clone, (const nflogcap_packet *))                  \
    FUNCTION(void, nflogcap_packet_free, (nflogcap_packet *))                                      \
    FUNCTION(int, nflogcap_packet_parse, (nflogcap_packet **, const void *, size_t, uint64_t))     \
    FUNCTION(const void *, nflogcap_packet_attribute,                                              \
             (const nflogcap_packet *, uint16_t, size_t *))                                        \
    FUNCTION(int, nflogcap_packet_frame, (const nflogcap_packet *, uint8_t *, size_t))             \
    FUNCTION(int, nflogcap_find_link_type, (const char *, char *, size_t))                         \
    FUNCTION(                                                                                      \
        int, nflogcap_dump_open,                                                                   \
        (nflogcap_dump **, const char *, const nflogcap_dump_options *, size_t, char *, size_t))   \
    FUNCTION(int, nflogcap_dissect, (const nflogcap_packet *, nflogcap_dissection *, size_t))      \
    FUNCTION(int, nflogcap_packet_conntrack,                                                       \
             (const nflogcap_packet *, nflogcap_conntrack *, size_t))                              \
    FUNCTION(int, nflogcap_packet_format,                                                          \
             (const nflogcap_packet *, int, nflogcap_interface_namer, void *, const char *,        \
              char *, size_t))                                                                     \
    FUNCTION(int, nflogcap_dump_packet, (nflogcap_dump *, const nflogcap_packet *))                \
    FUNCTION(int, nflogcap_dump_flush, (nflogcap_dump *))                                          \
    FUNCTION(int64_t, nflogcap_dump_position, (const nflogcap_dump *))                             \
    FUNCTION(int64_t, nflogcap_dump_written, (const nflogcap_dump *))                              \
    FUNCTION(int64_t, nflogcap_dump_skipped, (const nflogcap_dump *))                              \
    FUNCTION(const char *, nflogcap_dump_error, (const nflogcap_dump *))                           \
    FUNCTION(int, nflogcap_dump_take_over, (nflogcap_dump *))                                      \
    FUNCTION(int, nflogcap_dump_close, (nflogcap_dump *))

#define MEMBER(result, name, arguments) result(*name) arguments;
#define ADDRESS(result, name, arguments) name,

static const volatile struct {
    EXPORTED(MEMBER)
} functions = {EXPORTED(ADDRESS)};

int main(void)
{
    puts(functions.nflogcap_version());
    return 0;
}
