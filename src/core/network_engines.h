/* SPDX-License-Identifier: MIT */
#pragma once

#include "network.h"

namespace hafaces {

/* One loader for each inference library, in a file of its own. They throw as sharedNetwork(). */
std::shared_ptr<Network> loadOpenCvNetwork(const NetworkSpec &spec);

} // namespace hafaces
