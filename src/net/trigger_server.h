/* SPDX-License-Identifier: MIT */
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace hafaces {

/* What became of a trigger. */
struct TriggerAnswer {
    std::string outcome;                /* "started", "coalesced", "refused" */
    std::optional<std::string> trigger; /* its id */
    std::string reason;                 /* of a refusal, else empty */
    std::function<void()> afterwards; /* what is done once the answer is on its way; may be empty */
};

struct TriggerServerSettings {
    std::string address = "127.0.0.1"; /* an IP address, or localhost */
    int port = 0;                      /* 0: a free one */
    std::string path = "/motion-detected";
    std::string tokenFile;                     /* empty: no token, on loopback only */
    std::chrono::milliseconds patience{10000}; /* for a whole request */
};

/*
 * The listener for web hooks, on a thread of its own: GET and POST at a path, whatever query and
 * body there are. One request a connection, at most 64 connections, each for `patience` at most;
 * 16 KiB of body; 200 requests a second of one address.
 */
class TriggerServer {
public:
    /* Called on the server's thread; may neither wait nor throw. */
    using OnTrigger = std::function<TriggerAnswer()>;

    /*
     * Listens when it returns. Throws std::runtime_error if it can't, or if other machines could
     * trigger without a token.
     */
    TriggerServer(const TriggerServerSettings &settings, OnTrigger onTrigger);

    /* Ends at once, whatever is under way. `onTrigger` is not called any more then. */
    ~TriggerServer();
    TriggerServer(const TriggerServer &) = delete;
    TriggerServer &operator=(const TriggerServer &) = delete;

    int port() const;

    struct Stats {
        std::uint64_t accepted = 0; /* requests that were a trigger */
        std::uint64_t refused = 0;  /* those with a status of 400 and more */
    };
    Stats stats() const;

private:
    class Worker;

    std::unique_ptr<Worker> worker_;
};

} // namespace hafaces
