/* SPDX-License-Identifier: MIT */
#include "url.h"

#include "glibutil/glib_ptr.h"

#include <glib.h>

#include <algorithm>
#include <stdexcept>

namespace hafaces {

namespace {

/* As libsoup parses addresses, its SOUP_HTTP_URI_FLAGS. */
constexpr auto kHttpFlags = static_cast<GUriFlags>(
    G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY |
    G_URI_FLAGS_ENCODED_FRAGMENT | G_URI_FLAGS_SCHEME_NORMALIZE);

std::string
join(GUri *uri, const char *query)
{
    const GMemPtr<gchar> text(g_uri_join(G_URI_FLAGS_ENCODED, g_uri_get_scheme(uri), nullptr,
                                         g_uri_get_host(uri), g_uri_get_port(uri),
                                         g_uri_get_path(uri), query, nullptr));
    return text.get();
}

} // namespace

Url::Url(const std::string &text)
{
    const GUriPtr uri(g_uri_parse(text.c_str(), kHttpFlags, nullptr));
    const std::string scheme = uri ? toStdString(g_uri_get_scheme(uri.get())) : "";
    const std::string host = uri ? toStdString(g_uri_get_host(uri.get())) : "";
    /* The host is without its percent-encoding: what it hid must not become another part. */
    const bool isPlain = host.find_first_of("@/?#[]\\ ") == std::string::npos;
    if ((scheme != "http" && scheme != "https") || host.empty() || !isPlain)
        throw std::runtime_error("the address is not http or https: give one such as "
                                 "http://HOST:PORT/");
    const char *query = g_uri_get_query(uri.get());
    address_ = join(uri.get(), query);
    display_ = join(uri.get(), nullptr) + (query != nullptr ? "?…" : "");
    user_ = toStdString(g_uri_get_user(uri.get()));
    password_ = toStdString(g_uri_get_password(uri.get()));
}

std::string
Url::resolved(const std::string &reference) const
{
    const GMemPtr<gchar> address(
        g_uri_resolve_relative(address_.c_str(), reference.c_str(), kHttpFlags, nullptr));
    return toStdString(address.get());
}

bool
Url::mayRedirectTo(const std::string &address) const
{
    const GUriPtr mine(g_uri_parse(address_.c_str(), kHttpFlags, nullptr));
    const GUriPtr other(g_uri_parse(address.c_str(), kHttpFlags, nullptr));
    if (!other || g_uri_get_host(other.get()) == nullptr)
        return false;
    const auto isSecure = [](GUri *uri) { return g_strcmp0(g_uri_get_scheme(uri), "https") == 0; };
    return g_ascii_strcasecmp(g_uri_get_host(mine.get()), g_uri_get_host(other.get())) == 0 &&
           (!isSecure(mine.get()) || isSecure(other.get()));
}

std::string
shownOrigin(const std::string &address)
{
    const auto schemeEnd = address.find("://");
    if (schemeEnd == std::string::npos)
        return address;
    const GUriPtr uri(g_uri_parse(address.c_str(), kHttpFlags, nullptr));
    const std::string host = uri ? toStdString(g_uri_get_host(uri.get())) : "";
    const auto isPlain = [](char letter) { return letter > ' ' && letter <= '~'; };
    if (!uri || !std::ranges::all_of(host, isPlain))
        return "…";
    const GMemPtr<gchar> origin(g_uri_join(G_URI_FLAGS_NONE, g_uri_get_scheme(uri.get()), nullptr,
                                           g_uri_get_host(uri.get()), g_uri_get_port(uri.get()), "",
                                           nullptr, nullptr));
    const std::string path = toStdString(g_uri_get_path(uri.get()));
    return toStdString(origin.get()) + (path.size() > 1 ? "/…" : path);
}

} // namespace hafaces
