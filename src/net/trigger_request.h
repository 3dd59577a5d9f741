/* SPDX-License-Identifier: MIT */
#pragma once

#include <optional>
#include <string>

namespace hafaces {

/* What a web hook's request says, as it came but for the path. */
struct TriggerRequestParts {
    std::string path;  /* decoded, as libsoup does */
    std::string query; /* without the question mark; may be empty, like all below */
    std::string authorization;
    std::string contentType; /* without parameters, in lower case */
    std::string body;
};

/*
 * What follows the listener's path in that of a request, without the slashes around; slashes inside
 * may be a token's. None: another path.
 */
std::optional<std::string> restBehind(const std::string &listenerPath,
                                      const std::string &requestPath);

/*
 * Whether the token is in one of the places for it: behind the path, as `token` in the query, the
 * form or the JSON object that is the body, or as Authorization (Bearer, or the password of Basic).
 * Takes as long for a token that is nearly right as for one that is not at all.
 */
bool holdsToken(const TriggerRequestParts &request, const std::string &listenerPath,
                const std::string &token);

} // namespace hafaces
