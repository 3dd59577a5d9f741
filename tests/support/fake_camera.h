/* SPDX-License-Identifier: MIT */
#pragma once

#include "glibutil/glib_ptr.h"

#include <gio/gio.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace hafaces::test {

/* One connection to a FakeCamera, seen from the camera. Everything ends when the camera does. */
class CameraPeer {
public:
    CameraPeer(GIOStream *stream, GSocket *socket, GCancellable *cancellable)
        : stream_{stream}
        , socket_{socket}
        , cancellable_{cancellable}
    {
    }

    /* Its header; empty if the peer is gone. */
    std::string readRequest();

    /* False: the peer is gone. */
    bool send(std::string_view bytes);

    /* Until the peer goes, or the camera ends. */
    void holdOpen();

    /* False: the camera ends. */
    bool sleep(std::chrono::milliseconds time);

    /* Closes with a TCP reset. */
    void reset();

private:
    GIOStream *stream_;
    GSocket *socket_;
    GCancellable *cancellable_;
};

/*
 * A server on loopback that does to each connection what the handler says: for faults that a real
 * camera does not have on demand. The handler runs on a thread for each connection.
 */
class FakeCamera {
public:
    using Handler = std::function<void(CameraPeer &)>;

    explicit FakeCamera(Handler handler, const std::string &certificateFile = {});
    ~FakeCamera();
    FakeCamera(const FakeCamera &) = delete;
    FakeCamera &operator=(const FakeCamera &) = delete;

    void setHandler(Handler handler);

    /* Closes all connections. */
    void dropAll();

    std::string url(const std::string &path = "/") const;
    int connections() const { return connections_; }

private:
    void accept();
    void serve(GSocketConnection *connection);

    std::mutex mutex_;
    Handler handler_; /* protected by mutex_ */
    int serving_ = 0; /* threads; protected by mutex_ */
    std::condition_variable served_;
    std::atomic<int> connections_ = 0;
    GObjectPtr<GTlsCertificate> certificate_;
    GObjectPtr<GCancellable> ending_{g_cancellable_new()};
    GObjectPtr<GCancellable> dropping_{g_cancellable_new()}; /* protected by mutex_ */
    GObjectPtr<GSocketListener> listener_{g_socket_listener_new()};
    int port_;
    std::thread acceptor_;
};

} // namespace hafaces::test
