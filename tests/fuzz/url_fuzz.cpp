/* SPDX-License-Identifier: MIT */
/* Addresses of users, and what a camera says in Location and Server. */
#include "net/motioneye.h"
#include "net/url.h"

#include <cstdlib>
#include <stdexcept>

using namespace hafaces;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data), size);
    motionEyeFrom(text);
    const std::string plain = text.substr(0, text.find('\0'));
    const Url camera("https://user:password@pi.local:8081/picture/1/?x=1");
    const std::string target = camera.resolved(plain);
    if (camera.mayRedirectTo(target) && Url(target).display().find("https://") != 0)
        std::abort();
    signedForMotionEye(plain, plain, plain);
    try {
        const Url url(plain);
        const Url again(url.address());
        if (!again.user().empty() || !again.password().empty() || again.display() != url.display())
            std::abort();
    } catch (const std::runtime_error &) {
    }
    return 0;
}
