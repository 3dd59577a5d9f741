/* SPDX-License-Identifier: MIT */
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

namespace hafaces {

class Watchdog;

/* Stalled: in the middle of a body. */
enum class HttpFault { Unreachable, Tls, NoAnswer, Closed, Stalled };

class HttpError : public std::runtime_error {
public:
    HttpError(HttpFault fault, const std::string &what)
        : std::runtime_error{what}
        , fault_{fault}
    {
    }

    HttpFault fault() const { return fault_; }

private:
    HttpFault fault_;
};

struct HttpLogin {
    std::string user;
    std::string password;
};

struct HttpSettings {
    bool verify = true;      /* TLS certificates */
    std::string caFile;      /* PEM; empty: the system's */
    std::string clientCert;  /* PEM; empty: none */
    std::string clientKey;   /* PEM; empty: in clientCert */
    std::string bearerToken; /* goes with each request, if any */

    /* Whether to answer to a challenge of "Basic" or "Digest" with the login. */
    std::function<bool(const std::string &scheme)> wantsLogin = [](const auto &) { return false; };
    HttpLogin login;

    /* The connection stands, and the request goes out. */
    std::function<void()> onSent = [] {};
    /* Neither may throw. */
};

struct HttpAnswer {
    bool isSuccess() const { return status / 100 == 2; }

    unsigned status = 0;
    std::string reason;      /* "Not Found", in our words */
    std::string contentType; /* without parameters, in lower case; may be empty */
    std::string server;
    std::string redirection;           /* where to, perhaps relative; empty: nowhere */
    std::chrono::seconds retryAfter{}; /* as the server asks for; 0: it does not */
};

/* A field of a form that is a file. */
struct HttpFormFile {
    std::string field;
    std::string fileName;
    std::string type;
    std::span<const std::uint8_t> bytes;
};

/*
 * Requests to one server, one after another, with cookies and a connection that is kept. Blocks,
 * until the watchdog's deadline at most. Used by the thread that made it. Asks no proxy, follows no
 * redirection, and speaks HTTP/1.1, where it is known what was sent. A challenge is answered once
 * for each request. Every function throws HttpError, or std::runtime_error for a wrong setting.
 */
class HttpSession {
public:
    HttpSession(HttpSettings settings, Watchdog &watchdog);
    ~HttpSession();
    HttpSession(const HttpSession &) = delete;
    HttpSession &operator=(const HttpSession &) = delete;

    /* Opens a connection for the next request, and sends nothing. */
    void connect(const std::string &address);

    HttpAnswer get(const std::string &address);
    HttpAnswer post(const std::string &address, const std::string &type, const std::string &body);
    HttpAnswer post(const std::string &address, const HttpFormFile &file);

    /* Of the last answer's body; 0 at its end. */
    std::size_t read(std::span<std::uint8_t> into);

private:
    struct Impl;

    std::unique_ptr<Impl> impl_;
};

} // namespace hafaces
