/* SPDX-License-Identifier: MIT */
#pragma once

#include "http_session.h"
#include "url.h"
#include "watchdog.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

namespace hafaces {

struct HttpDeliverySettings {
    HttpSettings http;
    std::chrono::milliseconds connectPatience{10000};
    std::chrono::milliseconds answerPatience{10000};
};

/*
 * Posts that must not be made twice. Every function blocks, for the two patiences at most, and ends
 * in one of these ways:
 *
 * - it returns: the server answered 2xx
 * - Unconfirmed: it was sent, and nobody knows what became of it: no answer, half an answer, or what
 *   a proxy answers that has sent it on (504 and above)
 * - Refused: the server will not take this one: any other 4xx, and redirections
 * - RetryLater: the server wants to be left alone (429, or Retry-After), or does not let us in
 *   (401, 403: asking on and on looks like an attack)
 * - std::runtime_error: it was not delivered (no connection, 404, 408, 425, 500 to 503)
 *
 * No text shows more of an address than shownOrigin(). Used by one thread, but for interrupt().
 */
class HttpDelivery {
public:
    /* Throws std::runtime_error if a file of the settings can't be read. */
    explicit HttpDelivery(HttpDeliverySettings settings);

    /* A new session, without the old one's connection. */
    void open();
    void close();

    /* Whether the server can be reached. Sends nothing. */
    void connect(const Url &url);

    /* The first 64 KiB of the body. */
    std::string get(const Url &url);

    void post(const Url &url, const std::string &type, const std::string &body);
    void post(const Url &url, const HttpFormFile &file);

    /* For any thread. What blocks now or later gives up. */
    void interrupt();

    /* Whether the last request failed because nobody was there: no connection, or a proxy's 502 to
     * 504. */
    bool isGone() const { return isGone_; }

private:
    void begin();
    template<typename Request>
    std::string ask(const Url &url, Request request);
    std::string readBody();

    HttpDeliverySettings settings_;
    Watchdog watchdog_;
    std::unique_ptr<HttpSession> session_;
    Watchdog::Clock::time_point lastUsed_;
    bool isGone_ = false;
};

} // namespace hafaces
