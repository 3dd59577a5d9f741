/* SPDX-License-Identifier: MIT */
#include "fake_server.h"

#include <sys/socket.h>

#include <array>
#include <stdexcept>

namespace hafaces::test {

std::string
FakePeer::readRequest()
{
    std::string request;
    char byte = 0;
    while (!request.ends_with("\r\n\r\n") &&
           g_input_stream_read(g_io_stream_get_input_stream(stream_), &byte, 1, cancellable_,
                               nullptr) == 1)
        request += byte;
    return request.ends_with("\r\n\r\n") ? request : "";
}

std::string
FakePeer::read(std::size_t count)
{
    std::string bytes(count, '\0');
    gsize got = 0;
    g_input_stream_read_all(g_io_stream_get_input_stream(stream_), bytes.data(), count, &got,
                            cancellable_, nullptr);
    bytes.resize(got);
    return bytes;
}

bool
FakePeer::send(std::string_view bytes)
{
    return g_output_stream_write_all(g_io_stream_get_output_stream(stream_), bytes.data(),
                                     bytes.size(), nullptr, cancellable_, nullptr) != FALSE;
}

std::string
FakePeer::protocol() const
{
    return toStdString(G_IS_TLS_CONNECTION(stream_)
                           ? g_tls_connection_get_negotiated_protocol(G_TLS_CONNECTION(stream_))
                           : nullptr);
}

void
FakePeer::holdOpen()
{
    char byte = 0;
    while (g_input_stream_read(g_io_stream_get_input_stream(stream_), &byte, 1, cancellable_,
                               nullptr) == 1)
        ;
}

bool
FakePeer::sleep(std::chrono::milliseconds time)
{
    GPollFD cancelled{};
    if (g_cancellable_make_pollfd(cancellable_, &cancelled) == FALSE)
        return false;
    const bool goesOn = g_poll(&cancelled, 1, static_cast<gint>(time.count())) == 0;
    g_cancellable_release_fd(cancellable_);
    return goesOn;
}

void
FakePeer::reset()
{
    const struct linger none {
        1, 0
    };
    setsockopt(g_socket_get_fd(socket_), SOL_SOCKET, SO_LINGER, &none, sizeof none);
    g_socket_close(socket_, nullptr);
}

FakeServer::FakeServer(Handler handler, const std::string &certificateFile, int port)
    : handler_{std::move(handler)}
{
    if (!certificateFile.empty()) {
        certificate_.reset(g_tls_certificate_new_from_file(certificateFile.c_str(), nullptr));
        if (!certificate_)
            throw std::runtime_error(certificateFile + " can't be read");
    }
    const GObjectPtr<GInetAddress> loopback(g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4));
    const GObjectPtr<GSocketAddress> address(
        g_inet_socket_address_new(loopback.get(), static_cast<guint16>(port)));
    GSocketAddress *bound = nullptr;
    if (g_socket_listener_add_address(listener_.get(), address.get(), G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, nullptr, &bound, nullptr) == FALSE)
        throw std::runtime_error("the port can't be had on loopback");
    const GObjectPtr<GSocketAddress> owned(bound);
    port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    acceptor_ = std::thread([this] { accept(); });
}

FakeServer::~FakeServer()
{
    g_cancellable_cancel(ending_.get());
    acceptor_.join();
    g_cancellable_cancel(dropping_.get());
    std::unique_lock lock(mutex_);
    served_.wait(lock, [this] { return serving_ == 0; });
}

void
FakeServer::setHandler(Handler handler)
{
    const std::lock_guard lock(mutex_);
    handler_ = std::move(handler);
}

void
FakeServer::dropAll()
{
    GObjectPtr<GCancellable> next(g_cancellable_new());
    const std::lock_guard lock(mutex_);
    g_cancellable_cancel(dropping_.get());
    dropping_.swap(next);
}

std::string
FakeServer::url(const std::string &path) const
{
    return std::string(certificate_ ? "https" : "http") + "://127.0.0.1:" + std::to_string(port_) +
           path;
}

void
FakeServer::accept()
{
    for (;;) {
        GSocketConnection *connection =
            g_socket_listener_accept(listener_.get(), nullptr, ending_.get(), nullptr);
        if (connection == nullptr)
            return;
        ++connections_;
        const std::lock_guard lock(mutex_);
        ++serving_;
        std::thread([this, connection] { serve(connection); }).detach();
    }
}

void
FakeServer::serve(GSocketConnection *connection)
{
    const GObjectPtr<GSocketConnection> owned(connection);
    GObjectPtr<GIOStream> stream(G_IO_STREAM(g_object_ref(connection)));
    if (certificate_) {
        stream.reset(g_tls_server_connection_new(stream.get(), certificate_.get(), nullptr));
        constexpr std::array<const gchar *, 3> kProtocols{"h2", "http/1.1", nullptr};
        g_tls_connection_set_advertised_protocols(G_TLS_CONNECTION(stream.get()),
                                                  kProtocols.data());
    }
    Handler handler;
    GObjectPtr<GCancellable> dropping;
    {
        const std::lock_guard lock(mutex_);
        handler = handler_;
        dropping.reset(G_CANCELLABLE(g_object_ref(dropping_.get())));
    }
    FakePeer peer(stream.get(), g_socket_connection_get_socket(connection), dropping.get());
    handler(peer);
    g_io_stream_close(stream.get(), nullptr, nullptr);
    const std::lock_guard lock(mutex_);
    --serving_;
    served_.notify_all();
}

} // namespace hafaces::test
