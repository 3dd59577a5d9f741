/* SPDX-License-Identifier: MIT */
#include "http_session.h"

#include "config.h"
#include "glibutil/glib_ptr.h"
#include "watchdog.h"

#include <libsoup/soup.h>

#include <algorithm>
#include <utility>

namespace hafaces {

struct HttpSession::Impl {
    Impl(HttpSettings wanted, Watchdog &dog)
        : settings{std::move(wanted)}
        , watchdog{dog}
    {
    }

    const HttpSettings settings;
    Watchdog &watchdog;
    GMainContextPtr context{g_main_context_new()};
    GObjectPtr<GTlsCertificate> certificate;
    GObjectPtr<SoupSession> session;
    GObjectPtr<SoupMessage> message;
    GObjectPtr<GInputStream> body;
    bool isSent = false;

    void prepare(const char *method, const std::string &address);
    HttpAnswer send();
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
    return std::chrono::seconds(std::max<std::int64_t>(left, 0));
}

HttpAnswer
answerOf(SoupMessage *message)
{
    HttpAnswer answer;
    answer.status = soup_message_get_status(message);
    answer.reason = toStdString(soup_message_get_reason_phrase(message));
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
    impl_->session.reset(soup_session_new_with_options(
        "user-agent", "hafaces/" HAFACES_VERSION, "proxy-resolver", nullptr, "timeout", 0U,
        "max-conns-per-host", 1, "idle-timeout", static_cast<guint>(wanted.idleTimeout.count()),
        nullptr));
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
    soup_session_abort(impl_->session.get());
}

void
HttpSession::Impl::connectSignals()
{
    const auto starting = +[](SoupMessage *, gpointer data) {
        auto *impl = static_cast<Impl *>(data);
        impl->isSent = true;
        impl->settings.onSent();
    };
    const auto authenticate =
        +[](SoupMessage *, SoupAuth *auth, gboolean retrying, gpointer data) -> gboolean {
        auto *impl = static_cast<Impl *>(data);
        if (retrying || !impl->settings.wantsLogin(soup_auth_get_scheme_name(auth)))
            return FALSE;
        soup_auth_authenticate(auth, impl->settings.login.user.c_str(),
                               impl->settings.login.password.c_str());
        return TRUE;
    };
    const auto accept =
        +[](SoupMessage *, GTlsCertificate *, GTlsCertificateFlags, gpointer data) -> gboolean {
        return !static_cast<Impl *>(data)->settings.verify;
    };
    g_signal_connect(message.get(), "starting", G_CALLBACK(starting), this);
    g_signal_connect(message.get(), "authenticate", G_CALLBACK(authenticate), this);
    g_signal_connect(message.get(), "accept-certificate", G_CALLBACK(accept), this);
}

void
HttpSession::Impl::prepare(const char *method, const std::string &address)
{
    body.reset();
    message.reset(soup_message_new(method, address.c_str()));
    if (!message)
        throw std::runtime_error("not an http address");
    isSent = false;
    soup_message_add_flags(message.get(), SOUP_MESSAGE_NO_REDIRECT);
    /* Else each POST gets a new connection. It is not sent twice for that. */
    soup_message_add_flags(message.get(), SOUP_MESSAGE_IDEMPOTENT);
    /* Else cookies marked SameSite=Strict stay behind. */
    soup_message_set_first_party(message.get(), soup_message_get_uri(message.get()));
    soup_message_set_site_for_cookies(message.get(), soup_message_get_uri(message.get()));
    if (!settings.bearerToken.empty())
        soup_message_headers_replace(soup_message_get_request_headers(message.get()),
                                     "Authorization", ("Bearer " + settings.bearerToken).c_str());
    if (certificate)
        soup_message_set_tls_client_certificate(message.get(), certificate.get());
    connectSignals();
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
    if (isCancelled)
        throw body ? HttpError(HttpFault::Stalled, "no more bytes")
                   : HttpError(HttpFault::NoAnswer, "no answer");
    throw HttpError(HttpFault::Closed, error->message);
}

void
HttpSession::connect(const std::string &address)
{
    impl_->prepare(SOUP_METHOD_GET, address);
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
    impl_->prepare(SOUP_METHOD_GET, address);
    return impl_->send();
}

HttpAnswer
HttpSession::post(const std::string &address, const std::string &type, const std::string &body)
{
    impl_->prepare(SOUP_METHOD_POST, address);
    const GBytesPtr content(g_bytes_new(body.data(), body.size()));
    soup_message_set_request_body_from_bytes(impl_->message.get(), type.c_str(), content.get());
    return impl_->send();
}

HttpAnswer
HttpSession::post(const std::string &address, const HttpFormFile &file)
{
    impl_->prepare(SOUP_METHOD_POST, address);
    const std::unique_ptr<SoupMultipart, decltype(&soup_multipart_free)> form(
        soup_multipart_new(SOUP_FORM_MIME_TYPE_MULTIPART), soup_multipart_free);
    const GBytesPtr bytes(g_bytes_new(file.bytes.data(), file.bytes.size()));
    soup_multipart_append_form_file(form.get(), file.field.c_str(), file.fileName.c_str(),
                                    file.type.c_str(), bytes.get());
    SoupMessageHeaders *headers = soup_message_get_request_headers(impl_->message.get());
    GBytes *content = nullptr;
    soup_multipart_to_message(form.get(), headers, &content);
    const GBytesPtr owned(content);
    const std::string type = soup_message_headers_get_one(headers, "Content-Type");
    soup_message_set_request_body_from_bytes(impl_->message.get(), type.c_str(), content);
    return impl_->send();
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
