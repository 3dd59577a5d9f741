/* SPDX-License-Identifier: MIT */
#include "trigger_server.h"

#include "core/secret_file.h"
#include "glibutil/glib_ptr.h"
#include "rate_limit.h"
#include "trigger_request.h"

#include <libsoup/soup.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <list>
#include <stdexcept>
#include <thread>
#include <utility>

namespace hafaces {

namespace {

constexpr std::size_t kMostConnections = 64;
constexpr goffset kMostBodyBytes = 16 * 1024;
constexpr double kMostRequestsASecond = 200;
constexpr std::chrono::milliseconds kAcceptPause{200};
constexpr std::chrono::milliseconds kLinger{1000};
constexpr const char *kBodyKey = "hafaces-body";

struct MainLoopUnref {
    void operator()(GMainLoop *loop) const { g_main_loop_unref(loop); }
};
struct SourceDestroy {
    void operator()(GSource *source) const
    {
        g_source_destroy(source);
        g_source_unref(source);
    }
};
using SourcePtr = std::unique_ptr<GSource, SourceDestroy>;

struct Refusal {
    guint status;
    const char *reason;
};
constexpr Refusal kNoToken{SOUP_STATUS_UNAUTHORIZED,
                           "the token is missing or wrong: give it behind the path, as token in "
                           "query, form or JSON, or as Authorization: Bearer"};
constexpr Refusal kNotFound{SOUP_STATUS_NOT_FOUND, "there is nothing here: see the property path"};
constexpr Refusal kWrongMethod{SOUP_STATUS_METHOD_NOT_ALLOWED, "use GET or POST"};
constexpr Refusal kTooLarge{SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "the body is over 16 KiB"};
constexpr Refusal kTooMany{429, "over 200 requests a second"};

void
respond(SoupServerMessage *message, guint status, const nlohmann::ordered_json &body)
{
    const std::string text = body.dump() + "\n";
    soup_server_message_set_status(message, status, nullptr);
    soup_server_message_set_response(message, "application/json", SOUP_MEMORY_COPY, text.data(),
                                     text.size());
    /* One request each: a connection that stays would have to be watched for ever. */
    soup_message_headers_replace(soup_server_message_get_response_headers(message), "Connection",
                                 "close");
}

bool
isLoopback(const std::string &address)
{
    const GObjectPtr<GInetAddress> parsed(g_inet_address_new_from_string(address.c_str()));
    return parsed && g_inet_address_get_is_loopback(parsed.get());
}

std::string
tokenFor(const TriggerServerSettings &settings, const std::string &address)
{
    if (!settings.tokenFile.empty()) {
        std::string token = readSecretFile("token-file", settings.tokenFile);
        if (token.empty())
            throw std::runtime_error("token-file " + settings.tokenFile + " is empty");
        return token;
    }
    if (!isLoopback(address))
        throw std::runtime_error(
            "address " + address +
            " is open to other machines: set token-file, so that not everybody "
            "can trigger");
    return {};
}

std::string
pathFrom(std::string path)
{
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    if (path.empty() || path.front() != '/' || path.find_first_of("?#") != std::string::npos)
        throw std::runtime_error("path " + path +
                                 " is none: it begins with /, as /motion-detected");
    return path == "/" ? "" : path;
}

/* The remote address; of IPv6 the first half, which is one subscriber's. */
std::string
addressOf(SoupServerMessage *message)
{
    const char *host = soup_server_message_get_remote_host(message);
    const GObjectPtr<GInetAddress> address(host != nullptr ? g_inet_address_new_from_string(host)
                                                           : nullptr);
    if (!address)
        return toStdString(host);
    const gsize size = g_inet_address_get_native_size(address.get());
    return {reinterpret_cast<const char *>(g_inet_address_to_bytes(address.get())),
            std::min<gsize>(size, 8)};
}

} // namespace

class TriggerServer::Worker {
public:
    Worker(const TriggerServerSettings &settings, OnTrigger onTrigger)
        : settings_{settings}
        , address_{settings.address == "localhost" ? "127.0.0.1" : settings.address}
        , path_{pathFrom(settings.path)}
        , token_{tokenFor(settings, address_)}
        , onTrigger_{std::move(onTrigger)}
        , listener_{listen()}
    {
        std::promise<void> running;
        thread_ = std::thread([&] { run(running); });
        running.get_future().wait();
    }

    ~Worker()
    {
        g_main_loop_quit(loop_.get());
        thread_.join();
    }
    Worker(const Worker &) = delete;
    Worker &operator=(const Worker &) = delete;

    int port() const { return port_; }
    Stats stats() const { return {accepted_, refused_}; }

private:
    /* One that was accepted; libsoup has the reference. */
    struct Connection {
        GSocketConnection *stream;
        GObjectPtr<GSocketAddress> remote; /* the same object that its messages name */
        SourcePtr deadline;
    };

    GObjectPtr<GSocketListener> listen();
    void run(std::promise<void> &running);
    void accept();
    void onAccepted(GAsyncResult *result);
    void serve(GSocketConnection *stream);
    static void onStreamGone(gpointer self, GObject *stream);
    static void shutDown(const Connection &connection);
    SourcePtr later(std::chrono::milliseconds delay, std::function<void()> work);
    void soon(std::function<void()> work);

    void refuseTooLarge(SoupServerMessage *message);

    void onHeaders(SoupServerMessage *message);
    void onChunk(SoupServerMessage *message, GBytes *chunk);
    void onRequest(SoupServerMessage *message);
    std::optional<Refusal> refusalFor(SoupServerMessage *message);
    bool hasToken(SoupServerMessage *message) const;
    void refuse(SoupServerMessage *message, const Refusal &refusal);
    static std::string pathOf(SoupServerMessage *message);
    static std::string *bodyOf(SoupServerMessage *message);

    const TriggerServerSettings settings_;
    const std::string address_;
    const std::string path_;
    const std::string token_;
    const OnTrigger onTrigger_;
    int port_ = 0;
    GObjectPtr<GSocketListener> listener_;
    std::atomic<std::uint64_t> accepted_ = 0;
    std::atomic<std::uint64_t> refused_ = 0;

    GMainContextPtr context_{g_main_context_new()};
    std::unique_ptr<GMainLoop, MainLoopUnref> loop_{g_main_loop_new(context_.get(), FALSE)};

    /* The thread only. */
    GObjectPtr<SoupServer> server_;
    GObjectPtr<GCancellable> ending_{g_cancellable_new()};
    std::list<Connection> connections_; /* the oldest first */
    SourcePtr acceptPause_;
    RateLimit rate_{kMostRequestsASecond};

    std::thread thread_;
};

GObjectPtr<GSocketListener>
TriggerServer::Worker::listen()
{
    const GObjectPtr<GInetAddress> parsed(g_inet_address_new_from_string(address_.c_str()));
    if (!parsed)
        throw std::runtime_error("address " + address_ +
                                 " is no IP address: 127.0.0.1 is this machine only, 0.0.0.0 all "
                                 "its addresses");
    const GObjectPtr<GSocketAddress> wanted(
        g_inet_socket_address_new(parsed.get(), static_cast<guint16>(settings_.port)));
    GObjectPtr<GSocketListener> listener(g_socket_listener_new());
    GSocketAddress *effective = nullptr;
    GError *error = nullptr;
    if (!g_socket_listener_add_address(listener.get(), wanted.get(), G_SOCKET_TYPE_STREAM,
                                       G_SOCKET_PROTOCOL_TCP, nullptr, &effective, &error)) {
        const GErrorPtr owned(error);
        throw std::runtime_error("can't listen on " + address_ + " port " +
                                 std::to_string(settings_.port) + ": " + error->message +
                                 "; set another port or address");
    }
    const GObjectPtr<GSocketAddress> owned(effective);
    port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(effective));
    return listener;
}

void
TriggerServer::Worker::run(std::promise<void> &running)
{
    g_main_context_push_thread_default(context_.get());
    server_.reset(soup_server_new("server-header", "hafaces", nullptr));
    soup_server_add_early_handler(
        server_.get(), nullptr,
        [](SoupServer *, SoupServerMessage *message, const char *, GHashTable *, gpointer self) {
            static_cast<Worker *>(self)->onHeaders(message);
        },
        this, nullptr);
    soup_server_add_handler(
        server_.get(), nullptr,
        [](SoupServer *, SoupServerMessage *message, const char *, GHashTable *, gpointer self) {
            static_cast<Worker *>(self)->onRequest(message);
        },
        this, nullptr);
    accept();
    soon([&] { running.set_value(); });
    g_main_loop_run(loop_.get());

    g_cancellable_cancel(ending_.get());
    g_socket_listener_close(listener_.get());
    soup_server_disconnect(server_.get());
    server_.reset();
    acceptPause_.reset();
    while (g_main_context_iteration(context_.get(), FALSE))
        ;
    for (const Connection &connection : connections_)
        g_object_weak_unref(G_OBJECT(connection.stream), onStreamGone, this);
    connections_.clear();
    g_main_context_pop_thread_default(context_.get());
}

void
TriggerServer::Worker::accept()
{
    acceptPause_.reset();
    g_socket_listener_accept_async(
        listener_.get(), ending_.get(),
        [](GObject *, GAsyncResult *result, gpointer self) {
            static_cast<Worker *>(self)->onAccepted(result);
        },
        this);
}

void
TriggerServer::Worker::onAccepted(GAsyncResult *result)
{
    GError *error = nullptr;
    const GObjectPtr<GSocketConnection> stream(
        g_socket_listener_accept_finish(listener_.get(), result, nullptr, &error));
    const GErrorPtr owned(error);
    if (g_cancellable_is_cancelled(ending_.get()))
        return;
    if (!stream) { /* no more files, say: that may take a while */
        acceptPause_ = later(kAcceptPause, [this] { accept(); });
        return;
    }
    serve(stream.get());
    accept();
}

void
TriggerServer::Worker::serve(GSocketConnection *stream)
{
    if (connections_.size() >= kMostConnections)
        shutDown(connections_.front());
    const GObjectPtr<GSocketAddress> local(g_socket_connection_get_local_address(stream, nullptr));
    GObjectPtr<GSocketAddress> remote(g_socket_connection_get_remote_address(stream, nullptr));
    if (!remote)
        return;
    /* Known before libsoup has it, which reads at once what is there already. */
    g_object_weak_ref(G_OBJECT(stream), onStreamGone, this);
    connections_.push_back({stream, std::move(remote), {}});
    Connection &connection = connections_.back();
    connection.deadline = later(settings_.patience, [&connection] { shutDown(connection); });
    soup_server_accept_iostream(server_.get(), G_IO_STREAM(stream), local.get(),
                                connection.remote.get(), nullptr);
}

void
TriggerServer::Worker::onStreamGone(gpointer self, GObject *stream)
{
    static_cast<Worker *>(self)->connections_.remove_if(
        [stream](const Connection &each) { return G_OBJECT(each.stream) == stream; });
}

/* libsoup sees its end, and lets go of it. */
void
TriggerServer::Worker::shutDown(const Connection &connection)
{
    g_socket_shutdown(g_socket_connection_get_socket(connection.stream), TRUE, TRUE, nullptr);
}

SourcePtr
TriggerServer::Worker::later(std::chrono::milliseconds delay, std::function<void()> work)
{
    SourcePtr source(delay.count() > 0 ? g_timeout_source_new(static_cast<guint>(delay.count()))
                                       : g_idle_source_new());
    g_source_set_callback(
        source.get(),
        [](gpointer data) -> gboolean {
            /* The work may destroy its own source, and so itself. */
            const auto copy = *static_cast<std::function<void()> *>(data);
            copy();
            return G_SOURCE_REMOVE;
        },
        std::make_unique<std::function<void()>>(std::move(work)).release(),
        [](gpointer data) {
            const std::unique_ptr<std::function<void()>> owned(
                static_cast<std::function<void()> *>(data));
        });
    g_source_attach(source.get(), context_.get());
    return source;
}

/* When there is nothing else to do. */
void
TriggerServer::Worker::soon(std::function<void()> work)
{
    g_source_unref(later(std::chrono::milliseconds(0), std::move(work)).release());
}

std::string
TriggerServer::Worker::pathOf(SoupServerMessage *message)
{
    return toStdString(g_uri_get_path(soup_server_message_get_uri(message)));
}

/* What can be said before the body comes. */
std::optional<Refusal>
TriggerServer::Worker::refusalFor(SoupServerMessage *message)
{
    const auto rest = restBehind(path_, pathOf(message));
    if (!rest || (token_.empty() && !rest->empty()))
        return kNotFound;
    const char *method = soup_server_message_get_method(message);
    if (method != SOUP_METHOD_GET && method != SOUP_METHOD_POST)
        return kWrongMethod;
    if (!rate_.allows(addressOf(message), std::chrono::steady_clock::now()))
        return kTooMany;
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(message);
    const bool hasLength =
        soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CONTENT_LENGTH;
    if (hasLength && soup_message_headers_get_content_length(headers) > kMostBodyBytes)
        return kTooLarge;
    return std::nullopt;
}

void
TriggerServer::Worker::refuse(SoupServerMessage *message, const Refusal &refusal)
{
    ++refused_;
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);
    if (refusal.status == kNoToken.status)
        soup_message_headers_replace(headers, "WWW-Authenticate", "Bearer");
    else if (refusal.status == kWrongMethod.status)
        soup_message_headers_replace(headers, "Allow", "GET, POST");
    else if (refusal.status == kTooMany.status)
        soup_message_headers_replace(headers, "Retry-After", "1");
    respond(message, refusal.status, {{"error", refusal.reason}});
}

void
TriggerServer::Worker::onHeaders(SoupServerMessage *message)
{
    soup_message_body_set_accumulate(soup_server_message_get_request_body(message), FALSE);
    if (const auto refusal = refusalFor(message)) {
        if (refusal->status == kTooLarge.status)
            refuseTooLarge(message);
        else
            refuse(message, *refusal);
        return;
    }
    g_object_set_data_full(
        G_OBJECT(message), kBodyKey, std::make_unique<std::string>().release(), [](gpointer data) {
            const std::unique_ptr<std::string> owned(static_cast<std::string *>(data));
        });
    const auto onChunk = +[](SoupServerMessage *from, GBytes *chunk, gpointer self) {
        static_cast<Worker *>(self)->onChunk(from, chunk);
    };
    g_signal_connect(message, "got-chunk", G_CALLBACK(onChunk), this);
}

std::string *
TriggerServer::Worker::bodyOf(SoupServerMessage *message)
{
    return static_cast<std::string *>(g_object_get_data(G_OBJECT(message), kBodyKey));
}

void
TriggerServer::Worker::onChunk(SoupServerMessage *message, GBytes *chunk)
{
    std::string &body = *bodyOf(message);
    gsize size = 0;
    const auto *bytes = static_cast<const char *>(g_bytes_get_data(chunk, &size));
    if (static_cast<goffset>(body.size() + size) <= kMostBodyBytes) {
        body.append(bytes, size);
        return;
    }
    if (soup_server_message_get_status(message) == 0)
        refuseTooLarge(message);
}

/*
 * libsoup answers only behind the body, however long, so this answer goes past it. Who sends gets a
 * moment to read it: a connection closed with bytes unread would be reset.
 */
void
TriggerServer::Worker::refuseTooLarge(SoupServerMessage *message)
{
    refuse(message, kTooLarge);
    GSocketAddress *remote = soup_server_message_get_remote_address(message);
    const auto found = std::ranges::find(connections_, remote,
                                         [](const Connection &each) { return each.remote.get(); });
    if (found == connections_.end())
        return;
    const std::string answer = "HTTP/1.1 413 Request Entity Too Large\r\nConnection: close\r\n"
                               "Content-Type: application/json\r\n\r\n" +
                               nlohmann::json{{"error", kTooLarge.reason}}.dump() + "\n";
    GSocket *socket = g_socket_connection_get_socket(found->stream);
    g_socket_send(socket, answer.data(), answer.size(), nullptr, nullptr);
    g_socket_shutdown(socket, FALSE, TRUE, nullptr);
    found->deadline = later(std::min(kLinger, settings_.patience),
                            [&connection = *found] { shutDown(connection); });
}

bool
TriggerServer::Worker::hasToken(SoupServerMessage *message) const
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(message);
    TriggerRequestParts parts;
    parts.path = pathOf(message);
    parts.query = toStdString(g_uri_get_query(soup_server_message_get_uri(message)));
    parts.authorization = toStdString(soup_message_headers_get_one(headers, "Authorization"));
    parts.contentType = toStdString(soup_message_headers_get_content_type(headers, nullptr));
    parts.body = *bodyOf(message);
    return holdsToken(parts, path_, token_);
}

/* With its body. */
void
TriggerServer::Worker::onRequest(SoupServerMessage *message)
{
    if (soup_server_message_get_status(message) != 0)
        return;
    if (!token_.empty() && !hasToken(message)) {
        refuse(message, kNoToken);
        return;
    }
    ++accepted_;
    TriggerAnswer answer = onTrigger_();
    nlohmann::ordered_json body{{"trigger", nullptr}, {"outcome", answer.outcome}};
    if (answer.trigger)
        body["trigger"] = *answer.trigger;
    if (!answer.reason.empty())
        body["reason"] = answer.reason;
    respond(message, SOUP_STATUS_OK, body);
    if (answer.afterwards)
        soon(std::move(answer.afterwards));
}

TriggerServer::TriggerServer(const TriggerServerSettings &settings, OnTrigger onTrigger)
    : worker_{std::make_unique<Worker>(settings, std::move(onTrigger))}
{
}

TriggerServer::~TriggerServer() = default;

int
TriggerServer::port() const
{
    return worker_->port();
}

TriggerServer::Stats
TriggerServer::stats() const
{
    return worker_->stats();
}

} // namespace hafaces
