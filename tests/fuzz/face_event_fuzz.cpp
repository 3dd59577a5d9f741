/* SPDX-License-Identifier: MIT */
/* Whatever names and numbers there are, an event is one line of JSON that can be read. */
#include "core/face_event.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <cstring>

using namespace hafaces;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    float numbers[6] = {};
    std::memcpy(numbers, data, std::min(size, sizeof numbers));
    const std::string text(reinterpret_cast<const char *>(data), size);
    FaceEvent event;
    event.camera = text;
    event.person = text;
    event.timeUnixUs =
        static_cast<std::int64_t>(numbers[0] > 0 && numbers[0] < 1e15F ? numbers[0] : 0);
    event.inferenceMs = static_cast<double>(numbers[1]);
    event.faces = {Face{{numbers[2], numbers[3], numbers[4], numbers[5]},
                        numbers[1],
                        Identity{IdentityStatus::Known, text, numbers[0], text}}};
    const std::string line = toJson(event);
    if (line.find('\n') != std::string::npos || !nlohmann::json::accept(line))
        std::abort();
    return 0;
}
