/* SPDX-License-Identifier: MIT */
#pragma once

#include <nlohmann/json.hpp>

namespace hafaces::test {

/*
 * How long hanotify's sink pad is busy with a picture of 60 KB and its event, with transport=mqtt and
 * Mosquitto up, and with nobody there; by turns, 100 a second each.
 */
nlohmann::ordered_json measureNotify(int seconds);

} // namespace hafaces::test
