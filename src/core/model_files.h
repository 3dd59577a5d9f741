/* SPDX-License-Identifier: MIT */
#pragma once

#include <string>

namespace hafaces {

/*
 * Where a network that comes with hafaces lies: beside the build folder of the running library if
 * that was not installed, else in the folder where `meson install` puts models.
 */
std::string shippedModel(const std::string &fileName);

} // namespace hafaces
