/* SPDX-License-Identifier: MIT */
#include "net/camera_client.h"

#include "support/camera_faults.h"
#include "support/files.h"
#include "support/temporary_folder.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <optional>

namespace hafaces {
namespace {

using namespace std::chrono_literals;
using test::FakePeer;
using test::FakeServer;

const std::string kData = TEST_DATA_DIR;

const std::string kPicture = test::fileText(kData + "/mjpeg/astronaut-head.jpg");

/* What a client tells, and waiting for it. */
class Told : public CameraClient::Listener {
public:
    void onPicture(MjpegParser::Picture &&picture) override
    {
        update([&] {
            ++pictures;
            last = std::move(picture);
        });
    }
    void onConnected() override
    {
        update([&] { ++connected; });
    }
    void onLost(CameraFault fault, const std::string &reason) override
    {
        update([&] {
            faults.push_back(fault);
            lastReason = reason;
        });
    }

    template<typename Condition>
    bool waitFor(Condition condition)
    {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 10s, condition);
    }

    bool waitForPictures(int count)
    {
        std::unique_lock lock(mutex);
        const int enough = pictures + count;
        return changed.wait_for(lock, 10s, [&] { return pictures >= enough; });
    }

    /* The first fault, if any comes. */
    std::optional<CameraFault> waitForFault()
    {
        waitFor([&] { return !faults.empty(); });
        const std::lock_guard lock(mutex);
        return faults.empty() ? std::nullopt : std::optional(faults.front());
    }

    std::mutex mutex;
    std::condition_variable changed;
    int pictures = 0;
    int connected = 0;
    MjpegParser::Picture last;
    std::vector<CameraFault> faults;
    std::string lastReason;

private:
    template<typename Change>
    void update(Change change)
    {
        const std::lock_guard lock(mutex);
        change();
        changed.notify_all();
    }
};

CameraSettings
quick(const std::string &location)
{
    CameraSettings settings;
    settings.location = location;
    settings.connectTimeout = 300ms;
    settings.stallTimeout = 300ms;
    settings.maxBackoff = 20ms;
    return settings;
}

class CameraFaultTest : public testing::TestWithParam<test::NamedFault> {};

TEST_P(CameraFaultTest, IsToldAndEndsInPicturesAgain)
{
    FakeServer camera(GetParam().handler);
    Told told;
    CameraClient client(quick(camera.url()), told);
    const auto fault = told.waitForFault();
    ASSERT_TRUE(fault);
    EXPECT_STREQ(toString(GetParam().expected), toString(*fault)) << told.lastReason;
    camera.setHandler(test::goodStream(kPicture));
    EXPECT_TRUE(told.waitForPictures(3));
    EXPECT_EQ(kPicture, std::string(told.last.jpeg.begin(), told.last.jpeg.end()));
    EXPECT_GE(client.stats().faults[static_cast<std::size_t>(*fault)], 1U);
}

/* Also while it waits: the timeouts are those of a user. */
TEST_P(CameraFaultTest, DoesNotHoldUpTheEnd)
{
    FakeServer camera(GetParam().handler);
    Told told;
    CameraSettings settings;
    settings.location = camera.url();
    std::optional<CameraClient> client(std::in_place, settings, told);
    while (camera.connections() == 0)
        std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(20ms);
    const auto begin = std::chrono::steady_clock::now();
    client.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 200ms);
}

INSTANTIATE_TEST_SUITE_P(All, CameraFaultTest, testing::ValuesIn(test::cameraFaults(kPicture)),
                         [](const auto &each) { return std::string(each.param.name); });

TEST(CameraClient, ReadsAStream)
{
    FakeServer camera(test::goodStream(kPicture));
    Told told;
    CameraClient client(quick(camera.url()), told);
    EXPECT_TRUE(told.waitForPictures(20));
    EXPECT_EQ(1, told.connected);
    EXPECT_EQ(300, told.last.width);
    EXPECT_EQ(340, told.last.height);
    EXPECT_TRUE(told.faults.empty());
    EXPECT_EQ(1, camera.connections());
}

struct OddStream {
    const char *name;
    std::string part;
};

class CameraClientOddStream : public testing::TestWithParam<OddStream> {};

TEST_P(CameraClientOddStream, LosesNothing)
{
    FakeServer camera([](FakePeer &peer) {
        peer.readRequest();
        peer.send(test::kStreamHeader);
        while (peer.send(GetParam().part) && peer.sleep(10ms))
            ;
    });
    Told told;
    CameraClient client(quick(camera.url()), told);
    EXPECT_TRUE(told.waitForPictures(20));
    EXPECT_EQ(kPicture, std::string(told.last.jpeg.begin(), told.last.jpeg.end()));
    EXPECT_EQ(1, camera.connections());
    EXPECT_EQ(0U, client.stats().damagedPictures);
}

INSTANTIATE_TEST_SUITE_P(
    All, CameraClientOddStream,
    testing::Values(
        OddStream{"NoLength", "--B\r\nContent-Type: image/jpeg\r\n\r\n" + kPicture + "\r\n"},
        OddStream{"NegativeLength",
                  "--B\r\nContent-Type: image/jpeg\r\nContent-Length: -1\r\n\r\n" + kPicture +
                      "\r\n"},
        OddStream{"HugeLength", "--B\r\nContent-Type: image/jpeg\r\nContent-Length: "
                                "99999999999\r\n\r\n" +
                                    kPicture + "\r\n"},
        OddStream{"ShortLength", "--B\r\nContent-Type: image/jpeg\r\nContent-Length: 100\r\n\r\n" +
                                     kPicture + "\r\n"},
        OddStream{"NoSpace", "--B\r\nContent-Type:image/jpeg\r\n\r\n" + kPicture + "\r\n"},
        OddStream{"OtherBoundary", "--C\r\nContent-Type: image/jpeg\r\n\r\n" + kPicture + "\r\n"},
        OddStream{"BareLineFeeds", "--B\nContent-Type: image/jpeg\n\n" + kPicture + "\n"},
        OddStream{"TextBetween",
                  "--B\r\nContent-Type: text/plain\r\n\r\nhello\r\n" + test::part(kPicture)},
        OddStream{"NoBoundary", kPicture}),
    [](const auto &each) { return std::string(each.param.name); });

TEST(CameraClient, AsksForASnapshotAgainOnTheSameConnection)
{
    FakeServer camera(test::goodSnapshot(kPicture));
    Told told;
    CameraClient client(quick(camera.url()), told);
    EXPECT_TRUE(told.waitForPictures(5));
    EXPECT_EQ(1, camera.connections());
    EXPECT_TRUE(told.faults.empty());
}

TEST(CameraClient, PausesBetweenSnapshots)
{
    FakeServer camera(test::goodSnapshot(kPicture));
    Told told;
    CameraSettings settings = quick(camera.url());
    settings.interval = 400ms; /* more than the stall timeout, which is no fault */
    const auto begin = std::chrono::steady_clock::now();
    CameraClient client(settings, told);
    EXPECT_TRUE(told.waitForPictures(3));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 800ms);
    EXPECT_TRUE(told.faults.empty());
}

TEST(CameraClient, SaysWhereNobodyListens)
{
    std::string address;
    {
        FakeServer gone([](FakePeer &) {});
        address = gone.url();
    }
    Told told;
    CameraClient client(quick(address), told);
    EXPECT_EQ(CameraFault::Unreachable, told.waitForFault());
    EXPECT_NE(std::string::npos, told.lastReason.find(address)) << told.lastReason;
}

TEST(CameraClient, FollowsARedirectionOnTheSameHost)
{
    FakeServer camera([](FakePeer &peer) {
        const std::string request = peer.readRequest();
        if (request.starts_with("GET /new "))
            peer.send("HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + kPicture);
        else
            peer.send("HTTP/1.0 302 Found\r\nLocation: /new\r\n\r\n");
    });
    Told told;
    CameraClient client(quick(camera.url("/old")), told);
    EXPECT_TRUE(told.waitForPictures(2));
    EXPECT_TRUE(told.faults.empty());
}

TEST(CameraClient, PassesOverAHugePictureInAStream)
{
    const std::string huge = kPicture.substr(0, kPicture.size() - 2) + std::string(100 << 20, 'x');
    FakeServer camera([&](FakePeer &peer) {
        peer.readRequest();
        peer.send(test::kStreamHeader + test::part(kPicture));
        peer.send(test::part(huge));
        while (peer.send(test::part(kPicture)) && peer.sleep(10ms))
            ;
    });
    Told told;
    CameraSettings settings = quick(camera.url());
    settings.stallTimeout = 10s;
    CameraClient client(settings, told);
    EXPECT_TRUE(told.waitForPictures(3));
    EXPECT_EQ(1U, client.stats().faults[static_cast<std::size_t>(CameraFault::TooLarge)]);
    EXPECT_TRUE(told.faults.empty());
}

TEST(CameraClient, GivesUpAHugeSnapshot)
{
    const std::string huge = kPicture.substr(0, kPicture.size() - 2) + std::string(20 << 20, 'x');
    FakeServer camera([&](FakePeer &peer) {
        peer.readRequest();
        peer.send("HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + huge);
    });
    Told told;
    CameraSettings settings = quick(camera.url());
    settings.stallTimeout = 10s;
    CameraClient client(settings, told);
    EXPECT_EQ(CameraFault::TooLarge, told.waitForFault());
    EXPECT_NE(std::string::npos, told.lastReason.find("max-picture-bytes"));
}

TEST(CameraClient, UnpacksGzip)
{
    const GObjectPtr<GZlibCompressor> zip(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
    std::string packed(kPicture.size() * 2, '\0');
    gsize read = 0;
    gsize written = 0;
    ASSERT_EQ(G_CONVERTER_FINISHED,
              g_converter_convert(G_CONVERTER(zip.get()), kPicture.data(), kPicture.size(),
                                  packed.data(), packed.size(), G_CONVERTER_INPUT_AT_END, &read,
                                  &written, nullptr));
    packed.resize(written);
    FakeServer camera([&](FakePeer &peer) {
        peer.readRequest();
        peer.send("HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\nContent-Encoding: gzip\r\n\r\n" +
                  packed);
    });
    Told told;
    CameraClient client(quick(camera.url()), told);
    EXPECT_TRUE(told.waitForPictures(1));
    EXPECT_EQ(kPicture, std::string(told.last.jpeg.begin(), told.last.jpeg.end()));
}

class CameraClientTls : public testing::Test {
protected:
    CameraSettings settings() { return quick(camera_.url()); }

    FakeServer camera_{test::goodStream(kPicture), kData + "/tls/camera.pem"};
    Told told_;
};

TEST_F(CameraClientTls, RefusesACertificateThatNobodyVouchesFor)
{
    CameraClient client(settings(), told_);
    EXPECT_EQ(CameraFault::Tls, told_.waitForFault());
    EXPECT_EQ(0, told_.pictures);
}

TEST_F(CameraClientTls, TakesTheCertificateOfItsCaFile)
{
    CameraSettings trusting = settings();
    trusting.caFile = kData + "/tls/camera-ca.pem";
    CameraClient client(trusting, told_);
    EXPECT_TRUE(told_.waitForPictures(1));
    EXPECT_TRUE(told_.faults.empty());
}

TEST_F(CameraClientTls, TakesAnyCertificateWhenToldNotToVerify)
{
    CameraSettings careless = settings();
    careless.verify = false;
    CameraClient client(careless, told_);
    EXPECT_TRUE(told_.waitForPictures(1));
}

/* Sessions as motionEye 0.44 has them; each is worth three pictures, then it is forgotten. */
FakeServer::Handler
motionEye044(std::atomic<int> &logIns)
{
    return [&, left = std::make_shared<std::atomic<int>>(0)](FakePeer &peer) {
        const std::string request = peer.readRequest();
        if (request.starts_with("POST /login ")) {
            ++logIns;
            *left = 3;
            peer.send("HTTP/1.0 200 OK\r\nSet-Cookie: user=\"abc\"; HttpOnly; Path=/; "
                      "SameSite=Strict\r\nServer: motionEye/0.44.0\r\n\r\n{}");
        } else if (request.find("Cookie: user=") != std::string::npos && (*left)-- > 0) {
            peer.send("HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + kPicture);
        } else {
            peer.send("HTTP/1.0 403 Forbidden\r\nServer: motionEye/0.44.0\r\n\r\n");
        }
    };
}

TEST(CameraClient, LogsInToMotionEyeAgainWhenTheSessionIsLost)
{
    std::atomic<int> logIns = 0;
    FakeServer camera(motionEye044(logIns));
    const test::TemporaryFolder folder;
    std::ofstream(folder.path() + "/password") << "secret\n";
    Told told;
    CameraSettings settings = quick(camera.url("/picture/1/current/"));
    settings.userId = "admin";
    settings.passwordFile = folder.path() + "/password";
    CameraClient client(settings, told);
    EXPECT_TRUE(told.waitForPictures(8));
    EXPECT_GE(logIns, 3);
    EXPECT_TRUE(told.faults.empty()) << told.lastReason;
}

TEST(CameraClient, AsksForCredentialsAndShowsNone)
{
    std::atomic<int> logIns = 0;
    FakeServer camera(motionEye044(logIns));
    Told told;
    CameraClient client(quick(camera.url("/picture/1/current/")), told);
    EXPECT_EQ(CameraFault::Unauthorized, told.waitForFault());
    EXPECT_NE(std::string::npos, told.lastReason.find("user-id")) << told.lastReason;
    EXPECT_EQ(0, logIns);
}

TEST(CameraClient, ShowsNoPassword)
{
    for (const auto &fault : test::cameraFaults(kPicture)) {
        FakeServer camera(fault.handler);
        std::string location = camera.url("/?token=secret");
        location.insert(location.find("//") + 2, "Ann:secret@");
        Told told;
        CameraClient client(quick(location), told);
        ASSERT_TRUE(told.waitForFault()) << fault.name;
        EXPECT_EQ(std::string::npos, told.lastReason.find("secret")) << told.lastReason;
    }
}

TEST(CameraClient, WaitsThroughEmptyAnswersUntilThePictureIsThere)
{
    std::atomic<int> requests = 0;
    FakeServer camera([&](FakePeer &peer) {
        peer.readRequest();
        peer.send("HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" +
                  (++requests > 2 ? kPicture : ""));
    });
    Told told;
    CameraSettings settings = quick(camera.url());
    settings.stallTimeout = 5s;
    CameraClient client(settings, told);
    EXPECT_TRUE(told.waitForPictures(1));
    EXPECT_TRUE(told.faults.empty());
}

TEST(CameraClient, RefusesSettingsThatCanNotWork)
{
    Told told;
    EXPECT_THROW(CameraClient(quick("rtsp://127.0.0.1/"), told), std::runtime_error);
    CameraSettings settings = quick("http://127.0.0.1:1/");
    settings.passwordFile = "/nonexistent/password";
    EXPECT_THROW(CameraClient(settings, told), std::runtime_error);
    settings.passwordFile.clear();
    settings.caFile = "/nonexistent/ca";
    EXPECT_THROW(CameraClient(settings, told), std::runtime_error);
}

} // namespace
} // namespace hafaces
