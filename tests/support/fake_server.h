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

/* One connection to a FakeServer, seen from the server. Everything ends when the server does. */
class FakePeer {
public:
    FakePeer(GIOStream *stream, GSocket *socket, GCancellable *cancellable)
        : stream_{stream}
        , socket_{socket}
        , cancellable_{cancellable}
    {
    }

    /* Its header; empty if the peer is gone. */
    std::string readRequest();

    /* So many bytes more; fewer if the peer is gone. */
    std::string read(std::size_t count);

    /* False: the peer is gone. */
    bool send(std::string_view bytes);

    /* That TLS agreed on, of HTTP/2 and HTTP/1.1; known after reading. */
    std::string protocol() const;

    /* Until the peer goes, or the server ends. */
    void holdOpen();

    /* False: the server ends. */
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
 * one does not have on demand. The handler runs on a thread for each connection.
 */
class FakeServer {
public:
    using Handler = std::function<void(FakePeer &)>;

    /* `port` 0: a free one. */
    explicit FakeServer(Handler handler, const std::string &certificateFile = {}, int port = 0);
    ~FakeServer();
    FakeServer(const FakeServer &) = delete;
    FakeServer &operator=(const FakeServer &) = delete;

    void setHandler(Handler handler);

    /* Closes all connections. */
    void dropAll();

    std::string url(const std::string &path = "/") const;
    int port() const { return port_; }
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
