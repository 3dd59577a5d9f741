/* SPDX-License-Identifier: MIT */
#pragma once

#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <string>

namespace hafaces::test {

inline std::string
fileText(const std::string &path)
{
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        throw std::runtime_error(path + " can't be read");
    return {std::istreambuf_iterator<char>(stream), {}};
}

/* Memory of this process. */
inline std::size_t
residentBytes()
{
    std::ifstream stream("/proc/self/statm");
    std::size_t pages = 0;
    stream >> pages >> pages;
    return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

} // namespace hafaces::test
