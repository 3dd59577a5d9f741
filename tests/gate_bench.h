/* SPDX-License-Identifier: MIT */
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace hafaces::test {

/*
 * What a gate saves: CPU time of lines from a camera of 640x480 at ten frames a second, all running
 * at once for so long, each in a process of its own. `program` is this one, which is started anew
 * with kCameraRole or kLineRole as its first argument.
 */
nlohmann::ordered_json measureGate(const std::string &program, int seconds);

constexpr const char *kCameraRole = "--be-camera";
constexpr const char *kLineRole = "--be-line";

/* In those processes: writes its address and serves until its input ends. */
int beCamera();

/* Runs a line for so many seconds and writes the CPU time that it took. */
int beLine(const std::string &line, int seconds);

} // namespace hafaces::test
