/* SPDX-License-Identifier: MIT */
#include "secret_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace hafaces {

std::string
readSecretFile(const std::string &what, const std::string &path)
{
    std::ifstream stream(path);
    std::string line;
    if (!stream || (!std::getline(stream, line) && !stream.eof()))
        throw std::runtime_error(what + " " + path + ": " + std::strerror(errno));
    if (!line.empty() && line.back() == '\r')
        line.pop_back();
    return line;
}

} // namespace hafaces
