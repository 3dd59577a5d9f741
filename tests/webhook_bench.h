/* SPDX-License-Identifier: MIT */
#pragma once

#include <nlohmann/json.hpp>

namespace hafaces::test {

/*
 * How long hatrigger's listener takes to answer 50 requests a second while a detector behind the
 * gate infers all the time on one thread, and what became of the requests.
 */
nlohmann::ordered_json measureWebHook(int seconds);

} // namespace hafaces::test
