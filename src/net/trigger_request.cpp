/* SPDX-License-Identifier: MIT */
#include "trigger_request.h"

#include "glibutil/glib_ptr.h"

#include <gio/gio.h>
#include <libsoup/soup.h>
#include <nlohmann/json.hpp>

#include <array>
#include <memory>
#include <string_view>
#include <vector>

namespace hafaces {

namespace {

struct HashTableUnref {
    void operator()(GHashTable *table) const { g_hash_table_unref(table); }
};

using Digest = std::array<guint8, 32>;

Digest
digestOf(const std::string &text)
{
    Digest digest{};
    gsize size = digest.size();
    const std::unique_ptr<GChecksum, decltype(&g_checksum_free)> checksum(
        g_checksum_new(G_CHECKSUM_SHA256), g_checksum_free);
    g_checksum_update(checksum.get(), reinterpret_cast<const guchar *>(text.data()),
                      static_cast<gssize>(text.size()));
    g_checksum_get_digest(checksum.get(), digest.data(), &size);
    return digest;
}

/* Digests are of one length and say nothing of how much of the token was right. */
bool
isSame(const std::string &token, const std::string &offered)
{
    const Digest expected = digestOf(token);
    const Digest actual = digestOf(offered);
    unsigned difference = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
        difference |= static_cast<unsigned>(expected[i] ^ actual[i]);
    return difference == 0;
}

std::string
fromForm(const std::string &form)
{
    const std::unique_ptr<GHashTable, HashTableUnref> fields(soup_form_decode(form.c_str()));
    return toStdString(static_cast<const char *>(g_hash_table_lookup(fields.get(), "token")));
}

std::string
fromJson(const std::string &body)
{
    const auto json = nlohmann::json::parse(body, nullptr, false);
    if (!json.is_object())
        return {};
    const auto token = json.find("token");
    return token != json.end() && token->is_string() ? token->get<std::string>() : std::string();
}

bool
beginsWith(const std::string &text, const std::string &beginning)
{
    return g_ascii_strncasecmp(text.c_str(), beginning.c_str(), beginning.size()) == 0;
}

std::string
fromAuthorization(const std::string &value)
{
    const std::string bearer = "Bearer ";
    const std::string basic = "Basic ";
    if (beginsWith(value, bearer))
        return value.substr(bearer.size());
    if (!beginsWith(value, basic))
        return {};
    gsize size = 0;
    const GMemPtr<guchar> decoded(g_base64_decode(value.c_str() + basic.size(), &size));
    const std::string pair(reinterpret_cast<const char *>(decoded.get()), size);
    const auto colon = pair.find(':');
    return colon == std::string::npos ? std::string() : pair.substr(colon + 1);
}

} // namespace

std::optional<std::string>
restBehind(const std::string &listenerPath, const std::string &requestPath)
{
    if (!requestPath.starts_with(listenerPath))
        return std::nullopt;
    std::string rest = requestPath.substr(listenerPath.size());
    if (rest.empty())
        return rest;
    if (rest.front() != '/')
        return std::nullopt;
    rest.erase(0, 1);
    if (!rest.empty() && rest.back() == '/')
        rest.pop_back();
    return rest;
}

bool
holdsToken(const TriggerRequestParts &request, const std::string &listenerPath,
           const std::string &token)
{
    std::vector<std::string> offered{restBehind(listenerPath, request.path).value_or(""),
                                     fromForm(request.query),
                                     fromAuthorization(request.authorization)};
    if (request.contentType == "application/x-www-form-urlencoded")
        offered.push_back(fromForm(request.body));
    else if (request.contentType == "application/json")
        offered.push_back(fromJson(request.body));
    bool held = false;
    for (const std::string &each : offered)
        held |= isSame(token, each);
    return held;
}

} // namespace hafaces
