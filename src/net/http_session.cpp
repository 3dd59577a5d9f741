/* SPDX-License-Identifier: MIT */
#include "http_session.h"

#include "config.h"
#include "glibutil/glib_ptr.h"
#include "watchdog.h"

#include <libsoup/soup.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace hafaces {

struct HttpSession::Impl {
    Impl(HttpSettings wanted, Watchdog &dog)
        : settings{std::move(wanted)}
        , watchdog{dog}
    {
    }

    /* What is asked for, to be sent again with a login. */
    struct Request {
        const char *method = nullptr;
        std::string address;
        GBytesPtr content; /* null: none */
        std::string type;
    };

    const HttpSettings settings;
    Watchdog &watchdog;
    GMainContextPtr context{g_main_context_new()};
    GObjectPtr<GTlsCertificate> certificate;
    GObjectPtr<SoupSession> session;
    GObjectPtr<SoupAuth> login; /* that the server asked for */
    std::string loginAt;        /* its host and port */
    Request request;
    GObjectPtr<SoupMessage> message;
    GObjectPtr<GInputStream> body;
    bool isSent = false;

    HttpAnswer ask(Request wanted);
    HttpAnswer send();
    void prepare();
    void authorize();
    bool takeChallenge();
    [[noreturn]] void fail(const GError *error) const;
    void connectSignals();
};

namespace {

/* What is asynchronous runs in that context, and never in the application's. */
class ThreadDefault {
public:
    explicit ThreadDefault(GMainContext *context)
        : context_{context}
    {
        g_main_context_push_thread_default(context_);
    }
    ~ThreadDefault() { g_main_context_pop_thread_default(context_); }
    ThreadDefault(const ThreadDefault &) = delete;
    ThreadDefault &operator=(const ThreadDefault &) = delete;

private:
    GMainContext *context_;
};

std::string
header(SoupMessage *message, const char *name)
{
    return toStdString(
        soup_message_headers_get_one(soup_message_get_response_headers(message), name));
}

/* Of Retry-After: seconds, or a date. */
std::chrono::seconds
secondsUntil(const std::string &when)
{
    guint64 seconds = 0;
    if (g_ascii_string_to_unsigned(when.c_str(), 10, 0, G_MAXINT, &seconds, nullptr))
        return std::chrono::seconds(seconds);
    const std::unique_ptr<GDateTime, decltype(&g_date_time_unref)> date(
        soup_date_time_new_from_http_string(when.c_str()), g_date_time_unref);
    if (!date)
        return {};
    const std::int64_t left = g_date_time_to_unix(date.get()) - g_get_real_time() / G_USEC_PER_SEC;
    return std::chrono::seconds(std::clamp<std::int64_t>(left, 0, G_MAXINT));
}

std::string
hostAndPort(SoupMessage *message)
{
    GUri *uri = soup_message_get_uri(message);
    return toStdString(g_uri_get_host(uri)) + ":" + std::to_string(g_uri_get_port(uri));
}

std::vector<std::string>
challenges(SoupMessage *message)
{
    std::vector<std::string> found;
    soup_message_headers_foreach(
        soup_message_get_response_headers(message),
        [](const char *name, const char *value, gpointer into) {
            if (g_ascii_strcasecmp(name, "WWW-Authenticate") == 0)
                static_cast<std::vector<std::string> *>(into)->emplace_back(value);
        },
        &found);
    return found;
}

HttpAnswer
answerOf(SoupMessage *message)
{
    HttpAnswer answer;
    answer.status = soup_message_get_status(message);
    answer.reason = soup_status_get_phrase(answer.status);
    answer.contentType = toStdString(
        soup_message_headers_get_content_type(soup_message_get_response_headers(message), nullptr));
    answer.server = header(message, "Server");
    if (SOUP_STATUS_IS_REDIRECTION(answer.status))
        answer.redirection = header(message, "Location");
    answer.retryAfter = secondsUntil(header(message, "Retry-After"));
    return answer;
}

} // namespace

HttpSession::HttpSession(HttpSettings settings, Watchdog &watchdog)
    : impl_{std::make_unique<Impl>(std::move(settings), watchdog)}
{
    const HttpSettings &wanted = impl_->settings;
    const ThreadDefault scope(impl_->context.get());
    /* More connections than it needs, for libsoup waits without end for one that is taken. */
    impl_->session.reset(soup_session_new_with_options("user-agent", "hafaces/" HAFACES_VERSION,
                                                       "proxy-resolver", nullptr, "timeout", 0U,
                                                       "max-conns-per-host", 4, nullptr));
    soup_session_add_feature_by_type(impl_->session.get(), SOUP_TYPE_COOKIE_JAR);
    GError *error = nullptr;
    if (!wanted.caFile.empty()) {
        const GObjectPtr<GTlsDatabase> database(
            g_tls_file_database_new(wanted.caFile.c_str(), &error));
        const GErrorPtr owned(error);
        if (!database)
            throw std::runtime_error("CA file " + wanted.caFile + ": " + error->message);
        soup_session_set_tls_database(impl_->session.get(), database.get());
    }
    if (!wanted.clientCert.empty()) {
        const std::string &key = wanted.clientKey.empty() ? wanted.clientCert : wanted.clientKey;
        impl_->certificate.reset(
            g_tls_certificate_new_from_files(wanted.clientCert.c_str(), key.c_str(), &error));
        const GErrorPtr owned(error);
        if (!impl_->certificate)
            throw std::runtime_error("client certificate " + wanted.clientCert + ": " +
                                     error->message);
    }
}

HttpSession::~HttpSession()
{
    impl_->body.reset();
    const ThreadDefault scope(impl_->context.get());
    soup_session_abort(impl_->session.get());
    while (g_main_context_iteration(impl_->context.get(), FALSE)) /* what connect() left there */
        ;
}

void
HttpSession::Impl::connectSignals()
{
    const auto starting = +[](SoupMessage *, gpointer data) {
        auto *impl = static_cast<Impl *>(data);
        if (!std::exchange(impl->isSent, true))
            impl->settings.onSent();
    };
    /* libsoup would send it again, without its body, and first read the whole answer to it. */
    const auto misdirected = +[](SoupMessage *answered, gpointer data) {
        if (soup_message_get_status(answered) == SOUP_STATUS_MISDIRECTED_REQUEST)
            g_cancellable_cancel(static_cast<Impl *>(data)->watchdog.cancellable());
    };
    const auto accept =
        +[](SoupMessage *, GTlsCertificate *, GTlsCertificateFlags, gpointer data) -> gboolean {
        return !static_cast<Impl *>(data)->settings.verify;
    };
    /* With HTTP/2 libsoup sends a request again when the server closes, however often. */
    const auto network = +[](SoupMessage *, GSocketClientEvent event, GIOStream *stream, gpointer) {
        constexpr std::array<const gchar *, 2> kProtocols{"http/1.1", nullptr};
        if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING && G_IS_TLS_CONNECTION(stream))
            g_tls_connection_set_advertised_protocols(G_TLS_CONNECTION(stream), kProtocols.data());
    };
    g_signal_connect(message.get(), "starting", G_CALLBACK(starting), this);
    g_signal_connect(message.get(), "got-headers", G_CALLBACK(misdirected), this);
    g_signal_connect(message.get(), "accept-certificate", G_CALLBACK(accept), this);
    g_signal_connect(message.get(), "network-event", G_CALLBACK(network), this);
}

void
HttpSession::Impl::prepare()
{
    body.reset();
    message.reset(soup_message_new(request.method, request.address.c_str()));
    if (!message)
        throw std::runtime_error("not an http address");
    isSent = false;
    soup_message_add_flags(message.get(), SOUP_MESSAGE_NO_REDIRECT);
    /* Else each POST gets a new connection. It is not sent twice for that. */
    soup_message_add_flags(message.get(), SOUP_MESSAGE_IDEMPOTENT);
    /* It sends a POST again without its body, and first reads the whole refusal, however long. */
    soup_message_disable_feature(message.get(), SOUP_TYPE_AUTH_MANAGER);
    /* Else cookies marked SameSite=Strict stay behind. */
    soup_message_set_first_party(message.get(), soup_message_get_uri(message.get()));
    soup_message_set_site_for_cookies(message.get(), soup_message_get_uri(message.get()));
    if (certificate)
        soup_message_set_tls_client_certificate(message.get(), certificate.get());
    if (request.content)
        soup_message_set_request_body_from_bytes(message.get(), request.type.c_str(),
                                                 request.content.get());
    authorize();
    connectSignals();
}

void
HttpSession::Impl::authorize()
{
    SoupMessageHeaders *headers = soup_message_get_request_headers(message.get());
    if (!settings.bearerToken.empty())
        soup_message_headers_replace(headers, "Authorization",
                                     ("Bearer " + settings.bearerToken).c_str());
    if (login && loginAt == hostAndPort(message.get())) {
        const GMemPtr<char> text(soup_auth_get_authorization(login.get(), message.get()));
        if (text)
            soup_message_headers_replace(headers, "Authorization", text.get());
    }
}

/* Whether there is a login for what the server asks, Digest rather than Basic. */
bool
HttpSession::Impl::takeChallenge()
{
    login.reset();
    for (const std::string &challenge : challenges(message.get()))
        for (const GType type : {SOUP_TYPE_AUTH_BASIC, SOUP_TYPE_AUTH_DIGEST}) {
            GObjectPtr<SoupAuth> auth(soup_auth_new(type, message.get(), challenge.c_str()));
            if (!auth || !settings.wantsLogin(soup_auth_get_scheme_name(auth.get())))
                continue;
            const bool isBetter = !login || type == SOUP_TYPE_AUTH_DIGEST;
            if (isBetter)
                login = std::move(auth);
        }
    if (!login)
        return false;
    loginAt = hostAndPort(message.get());
    soup_auth_authenticate(login.get(), settings.login.user.c_str(),
                           settings.login.password.c_str());
    return true;
}

HttpAnswer
HttpSession::Impl::ask(Request wanted)
{
    request = std::move(wanted);
    prepare();
    HttpAnswer answer = send();
    if (answer.status != SOUP_STATUS_UNAUTHORIZED || !takeChallenge())
        return answer;
    prepare();
    answer = send();
    if (answer.status == SOUP_STATUS_UNAUTHORIZED)
        login.reset();
    return answer;
}

HttpAnswer
HttpSession::Impl::send()
{
    GError *error = nullptr;
    body.reset(soup_session_send(session.get(), message.get(), watchdog.cancellable(), &error));
    const GErrorPtr owned(error);
    if (!body)
        fail(error);
    return answerOf(message.get());
}

void
HttpSession::Impl::fail(const GError *error) const
{
    const bool isCancelled = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    if (error->domain == G_TLS_ERROR && !isSent)
        throw HttpError(HttpFault::Tls, std::string("TLS: ") + error->message);
    if (!isSent)
        throw HttpError(HttpFault::Unreachable, isCancelled ? "no connection" : error->message);
    if (soup_message_get_status(message.get()) == SOUP_STATUS_MISDIRECTED_REQUEST)
        throw HttpError(HttpFault::Closed, "answer 421 Misdirected Request");
    if (isCancelled)
        throw body ? HttpError(HttpFault::Stalled, "no more bytes")
                   : HttpError(HttpFault::NoAnswer, "no answer");
    throw HttpError(HttpFault::Closed, error->message);
}

void
HttpSession::connect(const std::string &address)
{
    impl_->request = {SOUP_METHOD_GET, address, {}, {}};
    impl_->prepare();
    const ThreadDefault scope(impl_->context.get());
    GObjectPtr<GAsyncResult> result;
    const auto done = +[](GObject *, GAsyncResult *outcome, gpointer data) {
        static_cast<GObjectPtr<GAsyncResult> *>(data)->reset(G_ASYNC_RESULT(g_object_ref(outcome)));
    };
    soup_session_preconnect_async(impl_->session.get(), impl_->message.get(), G_PRIORITY_DEFAULT,
                                  impl_->watchdog.cancellable(), done, &result);
    while (!result)
        g_main_context_iteration(impl_->context.get(), TRUE);
    GError *error = nullptr;
    const bool isConnected =
        soup_session_preconnect_finish(impl_->session.get(), result.get(), &error) != FALSE;
    const GErrorPtr owned(error);
    if (!isConnected)
        impl_->fail(error);
}

HttpAnswer
HttpSession::get(const std::string &address)
{
    return impl_->ask({SOUP_METHOD_GET, address, {}, {}});
}

HttpAnswer
HttpSession::post(const std::string &address, const std::string &type, const std::string &body)
{
    return impl_->ask(
        {SOUP_METHOD_POST, address, GBytesPtr(g_bytes_new(body.data(), body.size())), type});
}

HttpAnswer
HttpSession::post(const std::string &address, const HttpFormFile &file)
{
    const std::unique_ptr<SoupMultipart, decltype(&soup_multipart_free)> form(
        soup_multipart_new(SOUP_FORM_MIME_TYPE_MULTIPART), soup_multipart_free);
    const GBytesPtr bytes(g_bytes_new(file.bytes.data(), file.bytes.size()));
    soup_multipart_append_form_file(form.get(), file.field.c_str(), file.fileName.c_str(),
                                    file.type.c_str(), bytes.get());
    const std::unique_ptr<SoupMessageHeaders, decltype(&soup_message_headers_unref)> headers(
        soup_message_headers_new(SOUP_MESSAGE_HEADERS_REQUEST), soup_message_headers_unref);
    GBytes *content = nullptr;
    soup_multipart_to_message(form.get(), headers.get(), &content);
    return impl_->ask({SOUP_METHOD_POST, address, GBytesPtr(content),
                       toStdString(soup_message_headers_get_one(headers.get(), "Content-Type"))});
}

std::size_t
HttpSession::read(std::span<std::uint8_t> into)
{
    GError *error = nullptr;
    const gssize count = g_input_stream_read(impl_->body.get(), into.data(), into.size(),
                                             impl_->watchdog.cancellable(), &error);
    const GErrorPtr owned(error);
    if (count < 0)
        impl_->fail(error);
    return static_cast<std::size_t>(count);
}

} // namespace hafaces
