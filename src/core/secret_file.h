/* SPDX-License-Identifier: MIT */
#pragma once

#include <string>

namespace hafaces {

/*
 * The first line of a file that holds a password, token or secret address. `what`: the setting that
 * names it, for the error. Throws std::runtime_error if it can't be read.
 */
std::string readSecretFile(const std::string &what, const std::string &path);

} // namespace hafaces
