/* SPDX-License-Identifier: MIT */
#include "motioneye.h"

#include "glibutil/glib_ptr.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

namespace hafaces {

namespace {

constexpr int kFirstWithSessions = 44; /* of 0.x */
constexpr std::string_view kServerName = "motionEye/";

std::string
sha1(const std::string &text)
{
    const GMemPtr<gchar> sum(g_compute_checksum_for_string(G_CHECKSUM_SHA1, text.data(),
                                                           static_cast<gssize>(text.size())));
    return sum.get();
}

/* Every character that may differ by encoding becomes a dash. */
std::string
dashed(std::string text)
{
    constexpr std::string_view kKept = "/?_.=&{}[]\":, -";
    for (char &each : text)
        if (g_ascii_isalnum(each) == FALSE && kKept.find(each) == std::string_view::npos)
            each = '-';
    return text;
}

/* As encodeURIComponent(), which leaves these and letters and digits alone. */
std::string
encoded(const std::string &text)
{
    return GMemPtr<gchar>(g_uri_escape_string(text.c_str(), "!'()*", FALSE)).get();
}

} // namespace

MotionEye
motionEyeFrom(const std::string &server)
{
    if (!server.starts_with(kServerName))
        return MotionEye::None;
    const std::string_view version = std::string_view(server).substr(kServerName.size());
    int minor = kFirstWithSessions;
    if (version.starts_with("0."))
        std::from_chars(version.data() + 2, version.data() + version.size(), minor);
    return minor < kFirstWithSessions ? MotionEye::SignedAddress : MotionEye::Session;
}

std::string
signedForMotionEye(const std::string &pathAndQuery, const std::string &user,
                   const std::string &password)
{
    const auto question = pathAndQuery.find('?');
    const std::string path = pathAndQuery.substr(0, question);
    std::vector<std::string> pairs{"_username=" + encoded(user)};
    for (auto at = question; at != std::string::npos;) {
        const auto next = pathAndQuery.find('&', at + 1);
        const std::string pair = pathAndQuery.substr(at + 1, next - at - 1);
        if (!pair.empty() && !pair.starts_with("_username=") && !pair.starts_with("_signature="))
            pairs.push_back(pair);
        at = next;
    }
    std::sort(pairs.begin(), pairs.end(), [](const std::string &left, const std::string &right) {
        return left.substr(0, left.find('=')) < right.substr(0, right.find('='));
    });
    std::string target = path;
    for (const std::string &pair : pairs)
        target += (target.size() == path.size() ? '?' : '&') + pair;
    return target + "&_signature=" + sha1("GET:" + dashed(target) + "::" + sha1(password));
}

} // namespace hafaces
