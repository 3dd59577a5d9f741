/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/backoff.h"
#include "publisher.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace hafaces {

/* A picture that becomes JPEG when it is sent, on the outbox's thread. */
class PendingPicture {
public:
    virtual ~PendingPicture() = default;

    /* Throws std::runtime_error if it can't be encoded. */
    virtual std::vector<std::uint8_t> jpeg() = 0;

    virtual std::size_t heldBytes() const = 0;
};

/* One thing to tell: an event with its picture, an event alone, or a better picture of a visit. */
struct Notice {
    std::optional<FaceEvent> event;
    std::unique_ptr<PendingPicture> picture;
    std::string visit;                           /* that a picture alone belongs to */
    std::chrono::steady_clock::time_point since; /* the latency counts from here */
    std::chrono::steady_clock::time_point taken; /* and the age from here */
};

struct OutboxSettings {
    std::size_t queueSize = 64;                       /* notices */
    std::size_t pictureBytes = std::size_t{64} << 20; /* of all waiting pictures together */
    std::chrono::milliseconds maxAge{60000};          /* an older event is not sent any more */
    std::chrono::milliseconds minBackoff{1000};
    std::chrono::milliseconds maxBackoff{60000};
    std::chrono::milliseconds drain{1000}; /* to send what is left when it ends */
};

/*
 * A bounded queue before a transport, and the thread that empties it. send() never waits for the
 * transport. When it is full the oldest notice is dropped; when pictures take too much memory the
 * oldest pictures are, and their events stay. A failed delivery is tried again after a growing,
 * jittered pause; meanwhile the order is kept. Of the camera's state only the newest is sent.
 */
class Outbox {
public:
    struct Stats {
        std::uint64_t events = 0; /* delivered */
        std::uint64_t images = 0; /* delivered */
        std::uint64_t dropped =
            0; /* events pushed out by newer ones, refused, or left at the end */
        std::uint64_t droppedImages = 0; /* likewise, and those that could not be encoded */
        std::uint64_t expired = 0;       /* events that became older than maxAge */
        std::uint64_t unconfirmed = 0;   /* events sent when the connection broke; never again */
        std::uint64_t failures = 0;      /* of deliveries, each try counted */
        std::size_t queued = 0;
        std::string lastError; /* empty once all is well again */
    };

    /* What the owner should say to people. Called on the outbox's thread, without a lock held. */
    struct Reports {
        std::function<void(const std::string &error)> failed; /* first, then ever more seldom */
        std::function<void()> recovered;
        std::function<void(const std::string &what)> lost; /* dropped or expired, once a minute */
    };

    Outbox(std::unique_ptr<Publisher> publisher, const OutboxSettings &settings, Reports reports);

    /* Sends what is left for at most `drain`, drops the rest. */
    ~Outbox();

    Outbox(const Outbox &) = delete;
    Outbox &operator=(const Outbox &) = delete;

    void send(Notice notice);
    void show(const CameraState &changes);
    Stats stats() const;

    /* The final counts are known only then. Ends the thread, as the destructor does. */
    Stats finish();

private:
    using Clock = std::chrono::steady_clock;

    void run();
    void work();
    std::optional<Notice> next();
    std::optional<Clock::time_point> wakeTime() const;
    bool mayGo() const;
    bool needsConnection() const;
    bool deliver(Notice &notice);
    void open();
    void sendState();
    void dropPicture(Notice &notice, const std::string &error);
    void sendPicture(Notice &notice);
    void sendEvent(Notice &notice);
    void failed(const std::string &error);
    void succeeded();
    void pause();
    void coalesce(const Notice &newer);
    void makeRoom();
    void discard(Notice &notice, std::uint64_t Stats::*count);
    void reportLosses(bool evenIfRecent);
    template<typename Change>
    void update(Change change);

    const std::unique_ptr<Publisher> publisher_;
    const OutboxSettings settings_;
    const Reports reports_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Notice> queue_;                /* protected by mutex_ */
    Stats stats_;                             /* protected by mutex_ */
    CameraState state_;                       /* protected by mutex_; all that is known */
    CameraState changes_;                     /* protected by mutex_; of it, since it was sent */
    bool hasChanges_ = false;                 /* protected by mutex_ */
    bool isFinished_ = false;                 /* protected by mutex_; the thread is over */
    std::optional<Clock::time_point> stopAt_; /* protected by mutex_; set: no more waiting */

    /* The outbox's thread only */
    bool open_ = false;
    unsigned failuresInARow_ = 0;
    unsigned reportAtFailure_ = 1;
    std::string lastPictureError_;
    std::chrono::duration<double> wantedPause_{}; /* by the other side */
    std::uint64_t reportedLosses_ = 0;
    Clock::time_point lossesReported_{};
    Backoff backoff_;

    std::thread thread_; /* last: it uses all of the above */
};

} // namespace hafaces
