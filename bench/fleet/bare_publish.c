/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The minimum cost of shipping: bare_publish URL SUBJECT FILE. Reads a file, and publishes it in
 * messages of 128 KiB. Does not wait for the acknowledgement of each message before it sends the
 * next. */
#include <nats/nats.h>
#include <stdio.h>
#include <stdlib.h>

enum { message_bytes = 131072, at_once = 64, longest_ms = 60000 };

static void check(natsStatus status, const char* what)
{
    if (status == NATS_OK)
        return;
    fprintf(stderr, "bare_publish: %s: %s\n", what, natsStatus_GetText(status));
    exit(EXIT_FAILURE);
}

int main(int argc, char** argv)
{
    static char data[message_bytes];
    natsConnection* connection = NULL;
    jsOptions options;
    jsCtx* stream = NULL;
    size_t count = 0;
    FILE* file = NULL;

    if (argc != 4) {
        fputs("usage: bare_publish URL SUBJECT FILE\n", stderr);
        return EXIT_FAILURE;
    }
    file = fopen(argv[3], "rb");
    if (file == NULL) {
        perror(argv[3]);
        return EXIT_FAILURE;
    }
    check(natsConnection_ConnectTo(&connection, argv[1]), "connect");
    check(jsOptions_Init(&options), "options");
    options.PublishAsync.MaxPending = at_once; /* messages: 8 MiB in all */
    check(natsConnection_JetStream(&stream, connection, &options), "JetStream");
    while ((count = fread(data, 1, sizeof data, file)) > 0)
        check(js_PublishAsync(stream, argv[2], data, (int)count, NULL), "publish");
    check(js_PublishAsyncComplete(stream, NULL), "complete");
    check(natsConnection_FlushTimeout(connection, longest_ms), "flush");
    jsCtx_Destroy(stream);
    natsConnection_Destroy(connection);
    nats_Close();
    fclose(file);
    return EXIT_SUCCESS;
}
