/* SPDX-License-Identifier: MIT */
#pragma once

#include "glibutil/glib_ptr.h"

#include <gio/gio.h>

#include <string>

namespace hafaces::test {

/* A port of loopback that nobody listens on, as of now. */
inline int
freePort()
{
    const GObjectPtr<GSocketListener> listener(g_socket_listener_new());
    const int port = g_socket_listener_add_any_inet_port(listener.get(), nullptr, nullptr);
    g_socket_listener_close(listener.get());
    return port;
}

/* Sends that, word for word, and gives what comes until the other end closes; empty: nothing. */
inline std::string
httpExchange(int port, const std::string &request)
{
    const GObjectPtr<GSocketClient> client(g_socket_client_new());
    g_socket_client_set_timeout(client.get(), 10);
    const GObjectPtr<GSocketConnection> connection(g_socket_client_connect_to_host(
        client.get(), "127.0.0.1", static_cast<guint16>(port), nullptr, nullptr));
    if (!connection)
        return {};
    g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection.get())),
                              request.data(), request.size(), nullptr, nullptr, nullptr);
    std::string answer;
    char bytes[4096];
    gssize count = 0;
    while ((count = g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection.get())),
                                        bytes, sizeof bytes, nullptr, nullptr)) > 0)
        answer.append(bytes, static_cast<std::size_t>(count));
    return answer;
}

/* As curl does; the answer's body. */
inline std::string
httpGet(int port, const std::string &target)
{
    const std::string answer = httpExchange(
        port, "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const auto end = answer.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : answer.substr(end + 4);
}

} // namespace hafaces::test
