/* SPDX-License-Identifier: MIT */
#include "http_session.h"

#include "config.h"
#include "glibutil/glib_ptr.h"
#include "watchdog.h"

#include <libsoup/soup.h>

#include <utility>

namespace hafaces {

struct HttpSession::Impl {
    HttpSettings settings;
    Watchdog &watchdog;
    GObjectPtr<SoupSession> session;
    GObjectPtr<SoupMessage> message;
    GObjectPtr<GInputStream> body;
    bool isSent = false;

    HttpAnswer send(const char *method, const std::string &address, GBytes *content,
                    const char *contentType);
    [[noreturn]] void fail(const GError *error) const;
    void connectSignals();
};

namespace {

std::string
header(SoupMessage *message, const char *name)
{
    return toStdString(
        soup_message_headers_get_one(soup_message_get_response_headers(message), name));
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
    return answer;
}

} // namespace

HttpSession::HttpSession(HttpSettings settings, Watchdog &watchdog)
    : impl_{std::make_unique<Impl>(Impl{std::move(settings), watchdog, {}, {}, {}, false})}
{
    impl_->session.reset(soup_session_new_with_options("user-agent", "hafaces/" HAFACES_VERSION,
                                                       "proxy-resolver", nullptr, "timeout", 0U,
                                                       "max-conns-per-host", 1, nullptr));
    soup_session_add_feature_by_type(impl_->session.get(), SOUP_TYPE_COOKIE_JAR);
    const std::string &caFile = impl_->settings.caFile;
    if (caFile.empty())
        return;
    GError *error = nullptr;
    const GObjectPtr<GTlsDatabase> database(g_tls_file_database_new(caFile.c_str(), &error));
    const GErrorPtr owned(error);
    if (!database)
        throw std::runtime_error("CA file " + caFile + ": " + error->message);
    soup_session_set_tls_database(impl_->session.get(), database.get());
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

HttpAnswer
HttpSession::Impl::send(const char *method, const std::string &address, GBytes *content,
                        const char *contentType)
{
    body.reset();
    message.reset(soup_message_new(method, address.c_str()));
    if (!message)
        throw std::runtime_error("not an http address");
    isSent = false;
    soup_message_add_flags(message.get(), SOUP_MESSAGE_NO_REDIRECT);
    /* Else cookies marked SameSite=Strict stay behind. */
    soup_message_set_first_party(message.get(), soup_message_get_uri(message.get()));
    soup_message_set_site_for_cookies(message.get(), soup_message_get_uri(message.get()));
    if (content != nullptr)
        soup_message_set_request_body_from_bytes(message.get(), contentType, content);
    connectSignals();
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

HttpAnswer
HttpSession::get(const std::string &address)
{
    return impl_->send(SOUP_METHOD_GET, address, nullptr, nullptr);
}

HttpAnswer
HttpSession::post(const std::string &address, const std::string &type, const std::string &body)
{
    GBytes *content = g_bytes_new(body.data(), body.size());
    const std::unique_ptr<GBytes, decltype(&g_bytes_unref)> owned(content, g_bytes_unref);
    return impl_->send(SOUP_METHOD_POST, address, content, type.c_str());
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
