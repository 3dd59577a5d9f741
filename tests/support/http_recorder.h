/* SPDX-License-Identifier: MIT */
#pragma once

#include "support/fake_server.h"

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace hafaces::test {

constexpr const char *kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
struct Request {
    std::string header;
    std::string body;
};

/* None: the peer is gone. */
inline std::optional<Request>
readRequest(FakePeer &peer)
{
    Request request{peer.readRequest(), ""};
    if (request.header.empty())
        return std::nullopt;
    const std::string length = "Content-Length: ";
    const auto at = request.header.find(length);
    if (at != std::string::npos)
        request.body = peer.read(std::stoul(request.header.substr(at + length.size())));
    return request;
}

/* A server that notes what it is asked, and answers all that comes on a connection. */
class Recorder {
public:
    explicit Recorder(std::string answer = kOk, int port = 0)
        : answer_{std::move(answer)}
        , server_{[this](FakePeer &peer) { serve(peer); }, {}, port}
    {
    }

    std::string url(const std::string &path) const { return server_.url(path); }
    int connections() const { return server_.connections(); }
    int port() const { return server_.port(); }

    void setAnswer(const std::string &answer)
    {
        const std::lock_guard lock(mutex_);
        answer_ = answer;
    }

    std::vector<Request> requests()
    {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    void serve(FakePeer &peer)
    {
        while (const auto request = readRequest(peer)) {
            std::string answer;
            {
                const std::lock_guard lock(mutex_);
                requests_.push_back(*request);
                answer = answer_;
            }
            if (!peer.send(answer))
                return;
        }
    }

    std::mutex mutex_;
    std::string answer_;            /* protected by mutex_ */
    std::vector<Request> requests_; /* protected by mutex_ */
    FakeServer server_;
};

} // namespace hafaces::test
