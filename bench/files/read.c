/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a savefile: bench_read walk|nflogcap FILE. "walk" visits each record and each attribute in
 * the file's mapped bytes: every reader must do at least this. The file must have this machine's
 * byte order. Prints the number of packets read. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <nflogcap.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t sum; /* printed sums force the compiler to read every field */

static void walk_attributes(const uint8_t* at, size_t size)
{
    while (size >= 4) {
        uint16_t length = 0;
        memcpy(&length, at, sizeof length);
        const size_t extent = (length + 3U) & ~3U;
        if (length < 4 || extent > size)
            return;
        sum += at[2];
        at += extent;
        size -= extent;
    }
}

/* Maps the file. Prints an error and returns NULL if that fails. */
static const uint8_t* map(const char* path, size_t* size)
{
    struct stat status;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    void* bytes = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &status) == 0) {
        *size = (size_t)status.st_size;
        bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    if (bytes == MAP_FAILED)
        perror(path);
    if (fd >= 0)
        close(fd);
    return bytes == MAP_FAILED ? NULL : bytes;
}

static int walk(const char* path, uint64_t* packets)
{
    enum { file_header = 24, record_header = 16, captured_at = 8, family = 4 };
    size_t size = 0;
    const uint8_t* bytes = map(path, &size);
    if (bytes == NULL)
        return 1;
    for (size_t at = file_header; at + record_header <= size;) {
        uint32_t captured = 0;
        memcpy(&captured, bytes + at + captured_at, sizeof captured);
        at += record_header;
        if (captured < family || captured > size - at)
            return fprintf(stderr, "%s: a record is cut off\n", path), 1;
        walk_attributes(bytes + at + family, captured - family);
        at += captured;
        ++*packets;
    }
    return 0;
}

static int read_by_nflogcap(const char* path, uint64_t* packets)
{
    enum { capacity = 256 };
    const nflogcap_packet* batch[capacity];
    nflogcap* capture = NULL;
    int got = nflogcap_new(&capture);
    if (got == 0)
        got = nflogcap_set_savefile(capture, path);
    if (got == 0)
        got = nflogcap_start(capture);
    while (got >= 0 && (got = nflogcap_next_batch(capture, batch, capacity, -1)) > 0) {
        for (int i = 0; i < got; ++i)
            sum += batch[i]->mark + batch[i]->payload_length;
        *packets += (uint64_t)got;
    }
    if (got != -ENODATA)
        return fprintf(stderr, "%s\n",
                       capture == NULL ? nflogcap_strerror(got) : nflogcap_error(capture)),
               1;
    nflogcap_close(capture);
    return 0;
}

int main(int argc, char** argv)
{
    if (argc != 3)
        return fprintf(stderr, "usage: bench_read walk|nflogcap FILE\n"), 2;
    uint64_t packets = 0;
    const int failed = strcmp(argv[1], "walk") == 0 ? walk(argv[2], &packets)
                                                    : read_by_nflogcap(argv[2], &packets);
    printf("%" PRIu64 "\n", packets);
    return failed != 0 || sum == 1; /* the sum is never 1 */
}
