/* SPDX-License-Identifier: MIT */
#pragma once

#include "support/temporary_folder.h"

#include <gio/gio.h>

#include "glibutil/glib_ptr.h"

#include <string>

namespace hafaces::test {

/* The broker Mosquitto itself, on loopback and a free port, as a process of its own. */
class Mosquitto {
public:
    /* `configuration`: lines beside the listener's; PORT_OPTIONS such as TLS belong there too. */
    explicit Mosquitto(const std::string &configuration = "allow_anonymous true");
    ~Mosquitto();
    Mosquitto(const Mosquitto &) = delete;
    Mosquitto &operator=(const Mosquitto &) = delete;

    int port() const { return port_; }
    std::string folder() const { return folder_.path(); }

    /* Waits until it listens. What was retained comes back only if persistence is configured. */
    void start();

    /* At once, as by a power cut. */
    void kill();

private:
    TemporaryFolder folder_;
    int port_;
    GObjectPtr<GSubprocess> process_;
};

} // namespace hafaces::test
