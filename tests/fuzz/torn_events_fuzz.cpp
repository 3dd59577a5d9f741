/* SPDX-License-Identifier: MIT */
/* Whatever a crash left in events.jsonl: after opening, it ends with a line, and one can be added. */
#include "net/file_publisher.h"

#include "support/temporary_folder.h"

#include <cstdlib>
#include <fstream>

using namespace hafaces;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const test::TemporaryFolder folder;
    const std::string file = folder.path() + "/events.jsonl";
    const std::string before(reinterpret_cast<const char *>(data), size);
    std::ofstream(file, std::ios::binary) << before;
    FilePublisher publisher(folder.path());
    publisher.open();
    publisher.publishEvent({});
    std::ifstream stream(file, std::ios::binary);
    const std::string after{std::istreambuf_iterator<char>(stream), {}};
    const std::size_t kept = before.rfind('\n') == std::string::npos ? 0 : before.rfind('\n') + 1;
    if (after != before.substr(0, kept) + toJson({}) + "\n")
        std::abort();
    return 0;
}
