/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/mjpeg_parser.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace hafaces {

enum class CameraAuth { Auto, None, Basic, Digest, MotionEye };

/* Why no pictures came. */
enum class CameraFault {
    Unreachable,  /* no connection */
    Tls,          /* a certificate that is not trusted, or a failed handshake */
    NoAnswer,     /* connected, and nothing said */
    Status,       /* an answer other than 200 */
    Unauthorized, /* 401 or 403, also with user and password, or these can't be read */
    Redirected,   /* to another host, or without end */
    NotAPicture,  /* an answer without a JPEG in it */
    Closed,       /* in the middle of a stream or picture */
    Stalled,      /* no whole picture for the stall timeout */
    TooLarge      /* a picture of more than the limit */
};
constexpr std::size_t kCameraFaults = 10;

/* As in statistics and messages: "no-answer". */
const char *toString(CameraFault fault);

struct CameraSettings {
    std::string location; /* http or https; may hold user and password */
    CameraAuth auth = CameraAuth::Auto;
    std::string userId;       /* goes before the location's; may be empty */
    std::string passwordFile; /* the same; read at each log-in, a newline at its end is left out */
    std::chrono::milliseconds interval{0}; /* between pictures of a snapshot address; 0: no pause */
    bool onRequest = false; /* ask a snapshot address once, and then only after request() */
    std::chrono::milliseconds connectTimeout{5000};
    std::chrono::milliseconds stallTimeout{10000};
    std::chrono::milliseconds maxBackoff{10000};
    std::size_t maxPictureBytes = std::size_t{16} << 20;
    bool verify = true; /* TLS certificates */
    std::string caFile; /* PEM; empty: the system's */
};

/*
 * Fetches pictures from an HTTP camera, for ever: a snapshot again and again, or a multipart stream,
 * told apart by the answer. Whatever the camera does ends in a new connection, after a wait that
 * grows with failures in a row. Follows redirects on the same host only and asks no proxy, so no
 * byte goes elsewhere than to the address given.
 *
 * Works on a thread of its own, which calls the listener.
 */
class CameraClient {
public:
    class Listener {
    public:
        virtual ~Listener() = default;

        virtual void onPicture(MjpegParser::Picture &&picture) = 0;

        /* Before the first picture, and before the first after onLost(). */
        virtual void onConnected() = 0;

        /* `reason`: a sentence for the user, without secrets. Once more for each failed try. */
        virtual void onLost(CameraFault fault, const std::string &reason) = 0;
    };

    struct Stats {
        std::uint64_t pictures = 0;
        std::uint64_t damagedPictures = 0; /* cut short or garbled, and passed over */
        std::uint64_t bytes = 0;           /* of bodies */
        std::uint64_t connections = 0;     /* that gave pictures, after the first: reconnects */
        std::array<std::uint64_t, kCameraFaults> faults{};
        std::string lastFault; /* empty: none since the start */
    };

    /*
     * Throws std::runtime_error if the location is no address, or the password or CA file can't be
     * read. The listener has to outlive the client.
     */
    CameraClient(CameraSettings settings, Listener &listener);

    /* Ends within milliseconds, whatever the camera does. */
    ~CameraClient();
    CameraClient(const CameraClient &) = delete;
    CameraClient &operator=(const CameraClient &) = delete;

    Stats stats() const;

    /*
     * With onRequest: so many pictures of a snapshot address, so far apart; instead of what is left
     * of an earlier request. Forgotten when they did not come within their time and another stall
     * timeout. Any thread.
     */
    void request(unsigned pictures, std::chrono::milliseconds interval);

private:
    class Worker;

    std::unique_ptr<Worker> worker_;
};

} // namespace hafaces
