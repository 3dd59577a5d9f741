/* SPDX-License-Identifier: MIT */
#include "camera_client.h"

#include "core/backoff.h"
#include "core/secret_file.h"
#include "http_session.h"
#include "motioneye.h"
#include "url.h"
#include "watchdog.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace hafaces {

namespace {

using Clock = Watchdog::Clock;
using std::chrono::milliseconds;

constexpr milliseconds kFirstBackoff{250};
constexpr milliseconds kShortestInterval{
    40}; /* a camera has no more than 25 new pictures a second */
constexpr milliseconds kEmptyAnswerPause{250};
constexpr int kMostRedirects = 5;
constexpr std::size_t kReadBytes = 64 * 1024;

constexpr unsigned kOk = 200;
constexpr unsigned kUnauthorized = 401;
constexpr unsigned kForbidden = 403;

struct CameraError : std::runtime_error {
    CameraError(CameraFault why, const std::string &what)
        : std::runtime_error{what}
        , fault{why}
    {
    }
    CameraFault fault;
};

CameraFault
faultOf(HttpFault fault)
{
    switch (fault) {
    case HttpFault::Unreachable:
        return CameraFault::Unreachable;
    case HttpFault::Tls:
        return CameraFault::Tls;
    case HttpFault::NoAnswer:
        return CameraFault::NoAnswer;
    case HttpFault::Stalled:
        return CameraFault::Stalled;
    case HttpFault::Closed:
        break;
    }
    return CameraFault::Closed;
}

std::string
seconds(milliseconds duration)
{
    std::string text = std::to_string(static_cast<double>(duration.count()) / 1000);
    text.erase(text.find_last_not_of('0') + 1);
    return (text.back() == '.' ? text.substr(0, text.size() - 1) : text) + " s";
}

std::string
statusLine(const HttpAnswer &answer)
{
    return "answer " + std::to_string(answer.status) + " " + answer.reason;
}

} // namespace

const char *
toString(CameraFault fault)
{
    constexpr std::array<const char *, kCameraFaults> kNames{
        "unreachable", "tls",           "no-answer", "status",  "unauthorized",
        "redirected",  "not-a-picture", "closed",    "stalled", "too-large"};
    return kNames[static_cast<std::size_t>(fault)];
}

/* The thread, and all it needs. */
class CameraClient::Worker {
public:
    Worker(CameraSettings settings, Listener &listener)
        : settings_{std::move(settings)}
        , url_{settings_.location}
        , listener_{listener}
        , backoff_{std::min(kFirstBackoff, settings_.maxBackoff), settings_.maxBackoff}
    {
        const HttpSession tried(httpSettings(), watchdog_); /* throws if a file can't be read */
        thread_ = std::thread([this] { run(); });
    }

    ~Worker()
    {
        watchdog_.stop();
        {
            const std::lock_guard lock(mutex_); /* not between looking and waiting */
        }
        requested_.notify_all();
        thread_.join();
    }

    Worker(const Worker &) = delete;
    Worker &operator=(const Worker &) = delete;

    Stats stats() const
    {
        const std::lock_guard lock(mutex_);
        return stats_;
    }

    void request(unsigned pictures, milliseconds interval)
    {
        {
            const std::lock_guard lock(mutex_);
            wanted_ = {pictures, std::max(interval, kShortestInterval),
                       Clock::now() + pictures * interval + settings_.stallTimeout};
        }
        requested_.notify_all();
    }

private:
    struct Wanted {
        unsigned pictures = 0;
        milliseconds interval{};
        Clock::time_point until;
    };

    /* How one request for pictures ended well. */
    enum class End { Picture, Empty, Refused };

    void run();
    void watch();
    void awaitNext(Clock::time_point begin);
    End fetch(HttpSession &session);
    HttpAnswer ask(HttpSession &session);
    End readPictures(HttpSession &session, const HttpAnswer &answer);
    void logIn(HttpSession &session, const HttpAnswer &refusal);
    void onPicture(MjpegParser::Picture &&picture);
    void lost(const CameraError &error);
    void count(const MjpegParser::Stats &before, const MjpegParser::Stats &after);
    HttpSettings httpSettings();
    CameraError explained(const HttpError &error) const;

    const CameraSettings settings_;
    const Url url_;
    Listener &listener_;
    Watchdog watchdog_;

    /* Of the thread only. */
    Backoff backoff_;
    HttpLogin login_;        /* read anew for each session */
    std::string address_;    /* what is asked for now */
    bool loggedIn_ = false;  /* to motionEye, in this session */
    bool connected_ = false; /* as the listener knows */
    Clock::time_point waitingSince_;
    std::vector<std::uint8_t> bytes_ = std::vector<std::uint8_t>(kReadBytes);

    mutable std::mutex mutex_;
    Stats stats_;   /* protected by mutex_ */
    Wanted wanted_; /* protected by mutex_ */
    std::condition_variable requested_;
    std::thread thread_;
};

void
CameraClient::Worker::run()
{
    while (!watchdog_.isStopped()) {
        const auto begin = Clock::now();
        try {
            watch();
        } catch (const HttpError &error) {
            lost(explained(error));
        } catch (const CameraError &error) {
            lost(error);
        } catch (const std::exception &error) { /* a file of the settings went away */
            lost({CameraFault::Unauthorized, error.what()});
        }
        watchdog_.sleepUntil(begin +
                             std::chrono::duration_cast<Clock::duration>(backoff_.failed()));
    }
}

/* One session, until something goes wrong. */
void
CameraClient::Worker::watch()
{
    HttpSession session(httpSettings(), watchdog_);
    address_ = url_.address();
    loggedIn_ = false;
    waitingSince_ = Clock::now();
    while (!watchdog_.isStopped()) {
        const auto begin = Clock::now();
        switch (fetch(session)) {
        case End::Picture:
            awaitNext(begin);
            waitingSince_ = Clock::now();
            break;
        case End::Empty: /* motionEye is about to start its viewer */
            if (Clock::now() + kEmptyAnswerPause >= waitingSince_ + settings_.stallTimeout)
                throw CameraError(CameraFault::NotAPicture, "nothing but empty answers");
            watchdog_.sleepUntil(begin + kEmptyAnswerPause);
            break;
        case End::Refused:
            break;
        }
    }
}

/* Until the next picture of a snapshot address is due. Those that are asked for are spaced from
 * arrival to arrival, as who wants them sees it: one that came too early would not be looked at. */
void
CameraClient::Worker::awaitNext(Clock::time_point begin)
{
    if (!settings_.onRequest) {
        watchdog_.sleepUntil(begin + std::max(settings_.interval, kShortestInterval));
        return;
    }
    const auto arrived = Clock::now();
    milliseconds interval;
    {
        std::unique_lock lock(mutex_);
        const bool isBusy = wanted_.pictures > 0;
        requested_.wait(lock, [this] {
            return watchdog_.isStopped() || (wanted_.pictures > 0 && Clock::now() < wanted_.until);
        });
        if (wanted_.pictures > 0)
            --wanted_.pictures;
        interval = isBusy ? wanted_.interval : milliseconds(0);
    }
    watchdog_.sleepUntil(arrived + interval);
}

CameraClient::Worker::End
CameraClient::Worker::fetch(HttpSession &session)
{
    const HttpAnswer answer = ask(session);
    if (answer.status == kUnauthorized || answer.status == kForbidden) {
        logIn(session, answer);
        return End::Refused;
    }
    if (answer.status != kOk)
        throw CameraError(CameraFault::Status, statusLine(answer));
    return readPictures(session, answer);
}

/* Follows redirections. */
HttpAnswer
CameraClient::Worker::ask(HttpSession &session)
{
    std::string address = address_;
    for (int redirects = 0; redirects <= kMostRedirects; ++redirects) {
        watchdog_.restart();
        watchdog_.setDeadline(Clock::now() + settings_.connectTimeout);
        HttpAnswer answer = session.get(address);
        if (answer.redirection.empty())
            return answer;
        address = Url(address).resolved(answer.redirection);
        if (!url_.mayRedirectTo(address))
            throw CameraError(CameraFault::Redirected,
                              "redirected to another host, or from https to http: if that is "
                              "right, set it as location");
    }
    throw CameraError(CameraFault::Redirected, "redirected without end");
}

CameraClient::Worker::End
CameraClient::Worker::readPictures(HttpSession &session, const HttpAnswer &answer)
{
    const bool isStream = answer.contentType.starts_with("multipart/");
    MjpegParser parser(settings_.maxPictureBytes);
    bool isEmpty = true;
    while (const std::size_t count = session.read(bytes_)) {
        isEmpty = false;
        const MjpegParser::Stats before = parser.stats();
        parser.push(std::span(bytes_).first(count),
                    [this](MjpegParser::Picture &&picture) { onPicture(std::move(picture)); });
        this->count(before, parser.stats());
        if (parser.stats().tooLarge > 0 && !isStream)
            throw CameraError(CameraFault::TooLarge,
                              "a picture of more than " +
                                  std::to_string(settings_.maxPictureBytes) +
                                  " bytes: raise max-picture-bytes if that is right");
        const std::lock_guard lock(mutex_);
        stats_.bytes += count;
    }
    if (isEmpty && !isStream)
        return End::Empty;
    if (parser.isInPicture() || isStream)
        throw CameraError(CameraFault::Closed, "connection closed");
    if (parser.stats().pictures == 0)
        throw CameraError(CameraFault::NotAPicture,
                          "the answer is no picture but " +
                              (answer.contentType.empty() ? "of no type" : answer.contentType));
    return End::Picture;
}

/* Basic and Digest were tried by the session already. */
void
CameraClient::Worker::logIn(HttpSession &session, const HttpAnswer &refusal)
{
    const bool allowed =
        settings_.auth == CameraAuth::Auto || settings_.auth == CameraAuth::MotionEye;
    const MotionEye kind = motionEyeFrom(refusal.server);
    if (!allowed || kind == MotionEye::None || loggedIn_ || login_.user.empty())
        throw CameraError(CameraFault::Unauthorized,
                          statusLine(refusal) + (login_.user.empty()
                                                     ? ": set user-id and password-file"
                                                     : ": are user-id and password right?"));
    loggedIn_ = true;
    if (kind == MotionEye::SignedAddress) {
        const auto path = url_.address().find('/', url_.address().find("//") + 2);
        address_ = url_.address().substr(0, path) +
                   signedForMotionEye(url_.address().substr(path), login_.user, login_.password);
        return;
    }
    const nlohmann::json body{{"username", login_.user}, {"password", login_.password}};
    watchdog_.restart();
    watchdog_.setDeadline(Clock::now() + settings_.connectTimeout);
    const HttpAnswer answer =
        session.post(url_.resolved("/login"), "application/json",
                     body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    if (answer.status != kOk)
        throw CameraError(CameraFault::Unauthorized, "log-in to motionEye: " + statusLine(answer) +
                                                         ": are user-id and password right?");
}

void
CameraClient::Worker::onPicture(MjpegParser::Picture &&picture)
{
    waitingSince_ = Clock::now();
    watchdog_.setDeadline(waitingSince_ + settings_.stallTimeout);
    backoff_.succeeded();
    loggedIn_ = false; /* a session that ends later is worth a new log-in */
    if (!std::exchange(connected_, true)) {
        listener_.onConnected();
        const std::lock_guard lock(mutex_);
        ++stats_.connections;
    }
    listener_.onPicture(std::move(picture));
}

void
CameraClient::Worker::count(const MjpegParser::Stats &before, const MjpegParser::Stats &after)
{
    const std::lock_guard lock(mutex_);
    stats_.pictures += after.pictures - before.pictures;
    stats_.damagedPictures += after.damaged - before.damaged;
    stats_.faults[static_cast<std::size_t>(CameraFault::TooLarge)] +=
        after.tooLarge - before.tooLarge;
}

/* The watchdog knows which wait was too long. */
CameraError
CameraClient::Worker::explained(const HttpError &error) const
{
    std::string text = error.what();
    if (watchdog_.isExpired())
        text = error.fault() == HttpFault::Unreachable
                   ? "no connection within " + seconds(settings_.connectTimeout)
                   : text + ", no picture for " + seconds(settings_.stallTimeout);
    return {faultOf(error.fault()), text};
}

void
CameraClient::Worker::lost(const CameraError &error)
{
    if (watchdog_.isStopped())
        return;
    const std::string reason = url_.display() + ": " + error.what();
    {
        const std::lock_guard lock(mutex_);
        if (error.fault != CameraFault::TooLarge) /* counted where it was seen */
            ++stats_.faults[static_cast<std::size_t>(error.fault)];
        stats_.lastFault = reason;
    }
    connected_ = false;
    listener_.onLost(error.fault, reason);
}

HttpSettings
CameraClient::Worker::httpSettings()
{
    HttpSettings http;
    http.verify = settings_.verify;
    http.caFile = settings_.caFile;
    http.onSent = [this] { watchdog_.setDeadline(waitingSince_ + settings_.stallTimeout); };
    http.wantsLogin = [this](const std::string &scheme) {
        const bool wanted = settings_.auth == CameraAuth::Auto ||
                            (settings_.auth == CameraAuth::Basic && scheme == "Basic") ||
                            (settings_.auth == CameraAuth::Digest && scheme == "Digest");
        return wanted && !login_.user.empty();
    };
    login_.user = settings_.userId.empty() ? url_.user() : settings_.userId;
    login_.password = settings_.passwordFile.empty()
                          ? url_.password()
                          : readSecretFile("password-file", settings_.passwordFile);
    http.login = login_;
    return http;
}

CameraClient::CameraClient(CameraSettings settings, Listener &listener)
    : worker_{std::make_unique<Worker>(std::move(settings), listener)}
{
}

CameraClient::~CameraClient() = default;

void
CameraClient::request(unsigned pictures, std::chrono::milliseconds interval)
{
    worker_->request(pictures, interval);
}

CameraClient::Stats
CameraClient::stats() const
{
    return worker_->stats();
}

} // namespace hafaces
