/* SPDX-License-Identifier: MIT */
#pragma once

#include "net/camera_client.h"
#include "support/fake_server.h"

#include <string>
#include <vector>

namespace hafaces::test {

/* What a camera may do wrong, and what a client has to make of it. */
struct NamedFault {
    const char *name;
    FakeServer::Handler handler;
    CameraFault expected;
};

/* `picture`: a JPEG. */
std::vector<NamedFault> cameraFaults(const std::string &picture);

/* A good stream, for ever. */
FakeServer::Handler goodStream(const std::string &picture,
                               std::chrono::milliseconds interval = std::chrono::milliseconds(10));

/* One good picture for each request on the connection. */
FakeServer::Handler goodSnapshot(const std::string &picture);

/* A part of a stream, with its boundary. */
std::string part(const std::string &picture);

constexpr const char *kStreamHeader =
    "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=B\r\n\r\n";

} // namespace hafaces::test
