/* SPDX-License-Identifier: MIT */
#include "http_delivery.h"

#include "publisher.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace hafaces {

namespace {

using namespace std::chrono_literals;
using Clock = Watchdog::Clock;

constexpr std::size_t kMostBodyBytes = 64 * 1024;
constexpr auto kBodyPatience = 2s;
constexpr auto kLockedOutPause = 30s;
constexpr std::chrono::seconds kLongestPause = 10min;

/* After that a new connection is made. Node.js closes after 5 s, Home Assistant and others later;
 * and a POST that meets a closing connection is one that nobody knows about. */
constexpr auto kIdleTimeout = 4s;

[[noreturn]] void
fail(const Url &url, const HttpAnswer &answer)
{
    constexpr std::array<unsigned, 3> kPassing{404, 408, 425};
    const unsigned status = answer.status;
    std::string text =
        shownOrigin(url.address()) + ": answer " + std::to_string(status) + " " + answer.reason;
    const auto pause = std::min(answer.retryAfter, kLongestPause);
    if (status == 401 || status == 403)
        throw RetryLater(std::max<std::chrono::seconds>(kLockedOutPause, pause),
                         text + ": is the token, or user and password, right?");
    if (status > 503) /* a proxy that sent it on */
        throw Unconfirmed(text);
    if (status == 429 || pause > 0s)
        throw RetryLater(pause, text);
    if (status >= 500 || std::ranges::find(kPassing, status) != kPassing.end())
        throw std::runtime_error(text);
    if (!answer.redirection.empty()) {
        const std::string target = url.resolved(answer.redirection);
        text += ", to " + shownOrigin(target) + ": set that address";
    }
    throw Refused(text);
}

} // namespace

HttpDelivery::HttpDelivery(HttpDeliverySettings settings)
    : settings_{std::move(settings)}
{
    settings_.http.onSent = [this] {
        watchdog_.setDeadline(Clock::now() + settings_.answerPatience);
    };
    const HttpSession tried(settings_.http, watchdog_); /* throws if a file can't be read */
}

void
HttpDelivery::open()
{
    session_.reset();
    session_ = std::make_unique<HttpSession>(settings_.http, watchdog_);
    lastUsed_ = Clock::now();
}

void
HttpDelivery::close()
{
    session_.reset();
}

void
HttpDelivery::begin()
{
    if (watchdog_.isStopped())
        throw std::runtime_error("it is time to end");
    if (!session_ || Clock::now() - lastUsed_ > kIdleTimeout)
        open();
    watchdog_.restart();
    watchdog_.setDeadline(Clock::now() + settings_.connectPatience);
    isGone_ = false;
}

/* `request` gets the session, and gives the answer. */
template<typename Request>
std::string
HttpDelivery::ask(const Url &url, Request request)
{
    begin();
    try {
        const HttpAnswer answer = request(*session_);
        isGone_ = answer.status == 502 || answer.status == 503 || answer.status == 504;
        if (!answer.isSuccess())
            fail(url, answer);
        std::string body = readBody();
        lastUsed_ = Clock::now();
        return body;
    } catch (const HttpError &error) {
        const std::string text = shownOrigin(url.address()) + ": " + error.what();
        isGone_ = error.fault() == HttpFault::Unreachable || error.fault() == HttpFault::Tls;
        session_.reset();
        if (isGone_)
            throw std::runtime_error(text);
        throw Unconfirmed(text);
    }
}

void
HttpDelivery::connect(const Url &url)
{
    begin();
    try {
        session_->connect(url.address());
        lastUsed_ = Clock::now();
    } catch (const HttpError &error) {
        isGone_ = true;
        throw std::runtime_error(shownOrigin(url.address()) + ": " + error.what());
    }
}

std::string
HttpDelivery::get(const Url &url)
{
    return ask(url, [&](HttpSession &session) { return session.get(url.address()); });
}

void
HttpDelivery::post(const Url &url, const std::string &type, const std::string &body)
{
    ask(url, [&](HttpSession &session) { return session.post(url.address(), type, body); });
}

void
HttpDelivery::post(const Url &url, const HttpFormFile &file)
{
    ask(url, [&](HttpSession &session) { return session.post(url.address(), file); });
}

/* So that the connection can be used again. What was answered stands, whatever comes of this. */
std::string
HttpDelivery::readBody()
{
    std::string body;
    std::vector<std::uint8_t> bytes(kMostBodyBytes);
    watchdog_.setDeadline(Clock::now() + kBodyPatience);
    try {
        while (const std::size_t count = session_->read(bytes)) {
            body.append(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
            if (body.size() >= kMostBodyBytes)
                throw HttpError(HttpFault::Stalled, "a long answer");
        }
    } catch (const HttpError &) {
        session_.reset();
    }
    return body;
}

void
HttpDelivery::interrupt()
{
    watchdog_.stop();
}

} // namespace hafaces
