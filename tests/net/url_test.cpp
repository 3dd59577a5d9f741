/* SPDX-License-Identifier: MIT */
#include "net/motioneye.h"
#include "net/url.h"

#include <gtest/gtest.h>

namespace hafaces {
namespace {

TEST(Url, KeepsSecretsOutOfSight)
{
    const Url url("http://Ann:s%40crit@pi.local:8081/picture/1/?_signature=abc&x=1#y");
    EXPECT_EQ("http://pi.local:8081/picture/1/?_signature=abc&x=1", url.address());
    EXPECT_EQ("http://pi.local:8081/picture/1/?…", url.display());
    EXPECT_EQ("Ann", url.user());
    EXPECT_EQ("s@crit", url.password());
}

TEST(Url, IsShownWhole)
{
    EXPECT_EQ("https://[::1]:8443/a%20b", Url("https://[::1]:8443/a%20b").display());
    EXPECT_EQ("", Url("http://pi.local/").user());
}

TEST(Url, RefusesWhatIsNoAddressWithoutRepeatingIt)
{
    for (const char *text : {"", "pi.local", "rtsp://Ann:secret@pi.local/", "http://", "http:///x",
                             "http://Ann:secret@pi.local:99999/", "file:///etc/passwd",
                             "http://Ann:secret@secret@pi.local/", "http://secret%40pi.local/"}) {
        try {
            const Url url(text);
            FAIL() << text;
        } catch (const std::runtime_error &error) {
            EXPECT_NE(std::string::npos, std::string(error.what()).find("http"));
            EXPECT_EQ(std::string::npos, std::string(error.what()).find("secret"));
        }
    }
}

TEST(Url, IsRedirectedOnItsHostOnly)
{
    const Url plain("http://pi.local:8081/a");
    EXPECT_EQ("http://pi.local:8081/b", plain.resolved("b"));
    EXPECT_TRUE(plain.mayRedirectTo("https://PI.local/"));
    EXPECT_FALSE(plain.mayRedirectTo("http://pi.local.example/"));
    EXPECT_FALSE(plain.mayRedirectTo(""));
    EXPECT_FALSE(Url("https://pi.local/").mayRedirectTo("http://pi.local/"));
}

TEST(MotionEye, TellsItsVersionByItsServerHeader)
{
    EXPECT_EQ(MotionEye::SignedAddress, motionEyeFrom("motionEye/0.43.1"));
    EXPECT_EQ(MotionEye::SignedAddress, motionEyeFrom("motionEye/0.42"));
    EXPECT_EQ(MotionEye::Session, motionEyeFrom("motionEye/0.44.0"));
    EXPECT_EQ(MotionEye::Session, motionEyeFrom("motionEye/1.0"));
    EXPECT_EQ(MotionEye::None, motionEyeFrom("nginx"));
    EXPECT_EQ(MotionEye::None, motionEyeFrom(""));
}

/* The first is what motionEye 0.43.1 took. */
TEST(MotionEye, SignsAddressesAsItself)
{
    EXPECT_EQ("/picture/1/current/?_username=admin&_signature="
              "acdf3a9d937255daf37cbf27c71f83c0ca7c8d3d",
              signedForMotionEye("/picture/1/current/", "admin", "secret"));
    EXPECT_TRUE(signedForMotionEye("/picture/1/current/?width=320&_signature=x", "admin", "secret")
                    .starts_with("/picture/1/current/?_username=admin&width=320&_signature="));
}

} // namespace
} // namespace hafaces
