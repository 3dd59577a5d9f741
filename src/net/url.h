/* SPDX-License-Identifier: MIT */
#pragma once

#include <string>

namespace hafaces {

/* An http or https address, taken apart so that what is secret in it can be kept out of sight. */
class Url {
public:
    /* Throws std::runtime_error, whose text shows no secret. */
    explicit Url(const std::string &text);

    /* For requests: all of it but user and password. */
    const std::string &address() const { return address_; }

    /* For people and logs: no user, no password, and no query, in which signatures and tokens are. */
    const std::string &display() const { return display_; }

    /* Where a reference such as "/login" leads from here; empty if it is none. */
    std::string resolved(const std::string &reference) const;

    /* Whether that is the same host, and not http where this is https. */
    bool mayRedirectTo(const std::string &address) const;

    const std::string &user() const { return user_; }
    const std::string &password() const { return password_; }

private:
    std::string address_;
    std::string display_;
    std::string user_;
    std::string password_;
};

/* For people and logs: scheme, host and port of an address of any scheme, where the path is secret
 * too, as a webhook's is; "…" for what can't be taken apart. A file name is itself. */
std::string shownOrigin(const std::string &address);

} // namespace hafaces
