// SPDX-License-Identifier: GPL-2.0-or-later
#include "connection.hpp"

#include "error.hpp"
#include "server_address.hpp"
#include "signals_blocked.hpp"
#include "text_file.hpp"

#include <algorithm>
#include <cstdint>

namespace fleet {

namespace {

struct DestroyOptions {
    void operator()(natsOptions* options) const { natsOptions_Destroy(options); }
};
using OptionsHandle = std::unique_ptr<natsOptions, DestroyOptions>;

// Opens the file, because libnats reports only that it is invalid, without the reason.
void require_readable(const std::string& path, const std::string& kind)
{
    static_cast<void>(command::TextFile(path, kind).content());
}

std::string password_in(const std::string& path)
{
    std::string text = command::TextFile(path, "password").content();
    text.resize(std::min(text.find_first_of("\r\n"), text.size()));
    if (text.empty())
        throw ConnectionFailure("--password-file: the first line of " + path +
                                    " is empty; write "
                                    "the password there",
                                false);
    return text;
}

bool uses_tls(const ConnectionOptions& options, const ServerAddress& server)
{
    return server.is_tls || !options.ca.empty() || !options.certificate.empty();
}

void check(natsStatus status, const std::string& what)
{
    if (status == NATS_OK)
        return;
    const char* const words = nats_GetLastError(nullptr);
    throw ConnectionFailure(what + ": " +
                                nflog::foreign_reason(words != nullptr && *words != '\0'
                                                          ? words
                                                          : natsStatus_GetText(status)),
                            false);
}

// Sets the expected name in the broker's certificate. Without it, libnats accepts every certificate
// that the CA has signed.
void set_tls(natsOptions* made, const ConnectionOptions& options, const ServerAddress& server)
{
    check(natsOptions_SetSecure(made, true), "cannot use TLS");
    const std::string& name = options.tls_name.empty() ? server.host : options.tls_name;
    check(natsOptions_SetExpectedHostname(made, name.c_str()), "cannot use TLS");
    if (!options.ca.empty()) {
        require_readable(options.ca, "certificate");
        check(natsOptions_LoadCATrustedCertificates(made, options.ca.c_str()),
              "--ca: " + options.ca + " has no certificate in PEM form");
    }
    if (!options.certificate.empty()) {
        require_readable(options.certificate, "certificate");
        require_readable(options.key, "key");
        check(natsOptions_LoadCertificatesChain(made, options.certificate.c_str(),
                                                options.key.c_str()),
              "--cert and --key: " + options.certificate + " and " + options.key +
                  " are not a certificate and its key in PEM form");
    }
}

void set_user(natsOptions* made, const ConnectionOptions& options)
{
    if (!options.user.empty()) {
        const std::string password =
            options.password_file.empty() ? "" : password_in(options.password_file);
        check(natsOptions_SetUserInfo(made, options.user.c_str(), password.c_str()),
              "cannot use --user");
    }
    if (!options.credentials.empty()) {
        require_readable(options.credentials, "credentials");
        check(natsOptions_SetUserCredentialsFromFiles(made, options.credentials.c_str(), nullptr),
              "--credentials: " + options.credentials + " has no credentials");
    }
}

// Sets the servers to connect to: first `server`. If libnats is to reconnect by itself, the others
// follow.
void set_servers(natsOptions* made, const ConnectionOptions& options, const ServerAddress& server,
                 Reconnect reconnect)
{
    check(natsOptions_SetURL(made, server.url.c_str()), "--server: " + server.url);
    if (reconnect == Reconnect::never)
        return;
    std::vector<std::string> urls;
    urls.reserve(options.servers.size());
    for (const std::string& url : options.servers)
        urls.push_back(address_of_server(url).url);
    std::rotate(urls.begin(), std::ranges::find(urls, server.url), urls.end());
    std::vector<const char*> words;
    words.reserve(urls.size());
    for (const std::string& url : urls)
        words.push_back(url.c_str());
    check(natsOptions_SetServers(made, words.data(), static_cast<int>(words.size())), "--server");
    check(natsOptions_SetNoRandomize(made, true), "cannot use libnats");
}

// Newer versions of libnats print errors to stderr if there is no handler. The programs report
// errors in their own words.
void print_nothing(natsConnection* /*unused*/, natsSubscription* /*unused*/, natsStatus /*unused*/,
                   void* /*unused*/)
{
}

OptionsHandle options_for(const ConnectionOptions& options, const ServerAddress& server,
                          Reconnect reconnect, const ConnectionHandlers& handlers)
{
    constexpr std::int64_t timeout = 5'000;
    constexpr std::int64_t ping_interval = 2'000;
    constexpr int max_pings = 2;
    constexpr std::int64_t reconnect_wait = 250;
    // Milliseconds; a broker that has disappeared reads nothing.
    constexpr std::int64_t write_deadline = 5'000;
    natsOptions* made = nullptr;
    check(natsOptions_Create(&made), "cannot use libnats");
    OptionsHandle handle(made);
    const bool is_forever = reconnect == Reconnect::forever;
    set_servers(made, options, server, reconnect);
    check(natsOptions_SetName(made, options.client.c_str()), "cannot use libnats");
    check(natsOptions_SetTimeout(made, timeout), "cannot use libnats");
    check(natsOptions_SetPingInterval(made, ping_interval), "cannot use libnats");
    check(natsOptions_SetMaxPingsOut(made, max_pings), "cannot use libnats");
    check(natsOptions_SetWriteDeadline(made, write_deadline), "cannot use libnats");
    check(natsOptions_SetAllowReconnect(made, is_forever), "cannot use libnats");
    check(natsOptions_SetMaxReconnect(made, is_forever ? -1 : 0), "cannot use libnats");
    check(natsOptions_SetReconnectWait(made, reconnect_wait), "cannot use libnats");
    // A broker announces other servers of its cluster. They are ignored, because the names in their
    // certificates differ from the expected name.
    check(natsOptions_SetIgnoreDiscoveredServers(made, true), "cannot use libnats");
    // The calling thread sends a shipper's messages itself. They are long, and passing them to
    // another thread takes more time than sending them.
    check(natsOptions_SetSendAsap(made, !is_forever), "cannot use libnats");
    if (!options.inbox.empty())
        check(natsOptions_SetCustomInboxPrefix(made, options.inbox.c_str()), "cannot use libnats");
    if (handlers.closed != nullptr)
        check(natsOptions_SetClosedCB(made, handlers.closed, handlers.closure),
              "cannot use libnats");
    check(natsOptions_SetErrorHandler(
              made, handlers.error != nullptr ? handlers.error : print_nothing, handlers.closure),
          "cannot use libnats");
    if (uses_tls(options, server))
        set_tls(made, options, server);
    set_user(made, options);
    return handle;
}

bool contains(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

std::string own_identity(const ConnectionOptions& options)
{
    return options.credentials.empty() ? "the certificate in " + options.certificate
                                       : "the credentials in " + options.credentials;
}

ConnectionFailure failure_of(natsStatus status, const std::string& reason,
                             const ConnectionOptions& options, const ServerAddress& server)
{
    const std::string what = "cannot connect to the broker at " + server.url + ": ";
    const std::string& name = options.tls_name.empty() ? server.host : options.tls_name;
    // With TLS 1.3, only this shows a client that the broker refuses its certificate. The status
    // depends on the version of libnats.
    if (uses_tls(options, server) &&
        (status == NATS_CONNECTION_CLOSED ||
         (status == NATS_PROTOCOL_ERROR && contains(reason, "Expected 'PONG', got ''"))))
        return {what + (options.certificate.empty()
                            ? "it closed the connection; if it requires a certificate of this "
                              "client, give one with --cert and --key"
                            : "it closed the connection; check that " + options.certificate +
                                  " is signed by a CA that the broker trusts"),
                false};
    switch (status) {
    case NATS_NO_SERVER:
    case NATS_CONNECTION_CLOSED:
    case NATS_CONNECTION_DISCONNECTED:
        return {what + "nothing listens there; check that nats-server runs, and the address and "
                       "the port",
                true};
    case NATS_TIMEOUT:
    case NATS_STALE_CONNECTION:
        return {what + "it did not answer in time; check that the network and firewalls let port " +
                    server.port + " pass",
                true};
    case NATS_SSL_ERROR:
        if (contains(reason, "hostname mismatch") || contains(reason, "IP address mismatch"))
            return {what + "its certificate is not for the name '" + name +
                        "'; connect to a name that is in it, or give that name with --tls-name",
                    false};
        if (contains(reason, "certificate verify failed") || contains(reason, "local issuer") ||
            contains(reason, "self-signed") || contains(reason, "self signed"))
            return {what + "its certificate is not signed by " +
                        (options.ca.empty()
                             ? "a CA that this machine trusts; give its CA with --ca"
                             : "the CA in " + options.ca + "; give the right CA with --ca") +
                        " (" + reason + ")",
                    false};
        return {what + "TLS failed: " + reason +
                    "; check that --ca, --cert and --key are those that the broker expects",
                false};
    case NATS_SECURE_CONNECTION_WANTED:
        return {what + "it does not use TLS, but --ca, --cert or 'tls://' require it; enable it "
                       "in the broker, or leave these options out",
                false};
    case NATS_SECURE_CONNECTION_REQUIRED:
        return {what + "it requires TLS; use 'tls://' and give its CA with --ca", false};
    case NATS_CONNECTION_AUTH_FAILED:
    case NATS_NOT_PERMITTED:
        return {
            what +
                (options.user.empty() && options.credentials.empty() && options.certificate.empty()
                     ? std::string("it requires authentication; give --user and "
                                   "--password-file, --cert and --key, or --credentials")
                 : options.user.empty()
                     ? "it does not know " + own_identity(options) +
                           "; check that this is the right file, and that the broker has this user"
                     : "it refuses the user '" + options.user + "' or the password in " +
                           options.password_file +
                           "; check that the broker has this user and this password"),
            false};
    default:
        return {what + reason, status == NATS_IO_ERROR || status == NATS_SYS_ERROR};
    }
}

ConnectionHandle connect_to(const ServerAddress& server, const ConnectionOptions& options,
                            Reconnect reconnect, const ConnectionHandlers& handlers)
{
    const nflog::SignalsBlocked in_threads_of_libnats;
    const OptionsHandle made = options_for(options, server, reconnect, handlers);
    natsConnection* connection = nullptr;
    const natsStatus status = natsConnection_Connect(&connection, made.get());
    if (status == NATS_OK)
        return ConnectionHandle(connection);
    const char* const words = nats_GetLastError(nullptr);
    throw failure_of(status,
                     nflog::foreign_reason(
                         words != nullptr && *words != '\0' ? words : natsStatus_GetText(status)),
                     options, server);
}

} // namespace

ConnectionHandle connect(const ConnectionOptions& options, Reconnect reconnect,
                         const ConnectionHandlers& handlers)
{
    std::string words;
    bool is_temporary = false;
    for (const std::string& url : options.servers) {
        try {
            return connect_to(address_of_server(url), options, reconnect, handlers);
        } catch (const ConnectionFailure& failure) {
            words += (words.empty() ? "" : "; ") + std::string(failure.what());
            is_temporary = is_temporary || failure.is_temporary;
        }
    }
    throw ConnectionFailure(words, is_temporary);
}

std::string reason_of(natsConnection* connection, natsStatus status)
{
    const char* words = nullptr;
    if (connection != nullptr)
        natsConnection_GetLastError(connection, &words);
    return nflog::foreign_reason(words != nullptr && *words != '\0' ? words
                                                                    : natsStatus_GetText(status));
}

} // namespace fleet
