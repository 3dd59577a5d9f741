/* SPDX-License-Identifier: MIT */
#pragma once

#include <string>

namespace hafaces {

/*
 * How motionEye wants to be asked. Since 0.44 a log-in gives a session; before, each address is
 * signed with the password. The Server header of every answer, "motionEye/0.43.1", tells which.
 */
enum class MotionEye { None, SignedAddress, Session };

/* `server`: of that header, may be empty. */
MotionEye motionEyeFrom(const std::string &server);

/*
 * The path and query with user and signature, for GET: the SHA-1 of method, path, body and the
 * SHA-1 of the password (motioneye/utils/__init__.py, compute_signature(), of 0.43.1).
 */
std::string signedForMotionEye(const std::string &pathAndQuery, const std::string &user,
                               const std::string &password);

} // namespace hafaces
