/* SPDX-License-Identifier: MIT */
/* Whatever a request says, in any place for a token: only the token itself opens. */
#include "net/trigger_request.h"

#include <array>
#include <cstdlib>

using namespace hafaces;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string text(reinterpret_cast<const char *>(data + 1), size - 1);
    const std::string plain = text.substr(0, text.find('\0'));
    const std::array types{"application/json", "application/x-www-form-urlencoded", "text/plain"};
    TriggerRequestParts request{"/hook" + plain, plain, plain, types[data[0] % types.size()], text};
    /* No text holds this token, so long as it is longer than any. */
    if (holdsToken(request, "/hook", std::string(8192, 'x')))
        std::abort();
    restBehind(plain, "/hook/" + plain);
    request.path = "/hook/" + plain;
    if (!plain.empty() && plain.back() != '/' && !holdsToken(request, "/hook", plain))
        std::abort();
    return 0;
}
