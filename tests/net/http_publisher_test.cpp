/* SPDX-License-Identifier: MIT */
#include "net/http_publisher.h"

#include "support/http_recorder.h"
#include "support/temporary_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <future>
#include <mutex>
#include <optional>
#include <vector>

namespace hafaces {
namespace {

using namespace std::chrono_literals;
using test::FakePeer;
using test::FakeServer;
using test::kOk;
using test::readRequest;
using test::Recorder;
using Clock = std::chrono::steady_clock;

constexpr const char *kSecret = "s3cr3t";
constexpr const char *kRunning =
    "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n{\"state\":\"RUNNING\"}";

HttpPublisherSettings
settingsFor(const std::string &location, const std::string &imageLocation = "")
{
    HttpPublisherSettings settings;
    settings.location = location;
    settings.imageLocation = imageLocation;
    return settings;
}

/* For servers that don't answer. */
HttpPublisherSettings
impatient(HttpPublisherSettings settings)
{
    settings.delivery.connectPatience = settings.delivery.answerPatience = 1s;
    return settings;
}

HttpPublisherSettings
restSettings(const std::string &location, const std::string &imageLocation = "")
{
    HttpPublisherSettings settings = settingsFor(location, imageLocation);
    settings.delivery.http.bearerToken = kSecret;
    return settings;
}

FaceEvent
event(EventType type = EventType::FaceDetected)
{
    FaceEvent result;
    result.id = "1";
    result.type = type;
    return result;
}

const std::vector<std::uint8_t> kPicture{0xFF, 0xD8, 0, '\r', '\n', '-', '-', 0xFF, 0xD9};

/* What `work` throws. */
template<typename Work>
std::string
kindOf(Work work)
{
    try {
        work();
    } catch (const Unconfirmed &error) {
        return std::string("unconfirmed: ") + error.what();
    } catch (const Refused &error) {
        return std::string("refused: ") + error.what();
    } catch (const RetryLater &error) {
        return "after " + std::to_string(error.pause().count()) + ": " + error.what();
    } catch (const std::runtime_error &error) {
        return std::string("not delivered: ") + error.what();
    }
    return "delivered";
}

TEST(Webhook, GetsTheEventAsJsonOnOneConnection)
{
    Recorder server;
    WebhookPublisher publisher(settingsFor(server.url("/api/webhook/door?x=1")));
    publisher.open();
    for (int i = 0; i < 10; ++i)
        publisher.publishEvent(event());
    const auto requests = server.requests();
    ASSERT_EQ(10U, requests.size());
    EXPECT_TRUE(requests[0].header.starts_with("POST /api/webhook/door?x=1 HTTP/1.1\r\n"));
    EXPECT_NE(std::string::npos, requests[0].header.find("Content-Type: application/json\r\n"));
    EXPECT_EQ(toJson(event()), requests[9].body);
    EXPECT_EQ(1, server.connections());
}

TEST(Webhook, GetsThePictureAsAFieldOfAForm)
{
    Recorder server;
    WebhookPublisher publisher(
        settingsFor(server.url("/api/webhook/door"), server.url("/api/webhook/picture")));
    publisher.open();
    publisher.publishImage(kPicture);
    publisher.publishEvent(event());
    const auto requests = server.requests();
    ASSERT_EQ(2U, requests.size());
    EXPECT_TRUE(requests[0].header.starts_with("POST /api/webhook/picture "));
    EXPECT_NE(std::string::npos,
              requests[0].header.find("Content-Type: multipart/form-data; boundary="));
    EXPECT_NE(std::string::npos, requests[0].body.find("name=\"image\""));
    EXPECT_NE(std::string::npos,
              requests[0].body.find("\r\n\r\n" + std::string(kPicture.begin(), kPicture.end()) +
                                    "\r\n--"));
    EXPECT_EQ(1, server.connections());
}

TEST(Webhook, SendsNoPictureWithoutAnAddressForIt)
{
    Recorder server;
    WebhookPublisher publisher(settingsFor(server.url("/hook")));
    publisher.open();
    publisher.publishImage(kPicture);
    EXPECT_TRUE(server.requests().empty());
}

TEST(Webhook, LosesNothingWhenTheServerClosesTheConnectionEachTime)
{
    FakeServer server([](FakePeer &peer) {
        if (readRequest(peer))
            peer.send(kOk);
    });
    WebhookPublisher publisher(settingsFor(server.url("/hook")));
    publisher.open();
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ("delivered", kindOf([&] { publisher.publishEvent(event()); }));
        std::this_thread::sleep_for(5ms);
    }
}

TEST(Webhook, SendsNothingTwiceWhenAConnectionThatWasKeptBreaks)
{
    std::atomic<int> requests = 0;
    FakeServer server([&](FakePeer &peer) {
        for (int i = 0; readRequest(peer); ++i) {
            ++requests;
            if (i > 0 || !peer.send(kOk))
                return;
        }
    });
    WebhookPublisher publisher(settingsFor(server.url("/hook")));
    publisher.open();
    publisher.publishEvent(event());
    EXPECT_TRUE(kindOf([&] { publisher.publishEvent(event()); }).starts_with("unconfirmed: "));
    EXPECT_EQ(2, requests);
    EXPECT_EQ(1, server.connections());
}

TEST(Webhook, LetsEventsWaitWhenTheServerIsBack)
{
    std::optional<Recorder> server(std::in_place);
    const int port = server->port();
    HttpPublisherSettings settings = settingsFor(server->url("/hook"));
    settings.startPatience = 1h;
    WebhookPublisher publisher(settings);
    publisher.open();
    EXPECT_LE(publisher.eventsFrom(), Clock::now());
    server.reset();
    const auto publish = [&] { publisher.publishEvent(event()); };
    EXPECT_TRUE(kindOf(publish).starts_with("not delivered: "));
    EXPECT_TRUE(kindOf([&] { publisher.open(); }).starts_with("not delivered: "));
    server.emplace(kOk, port);
    publisher.open();
    EXPECT_GT(publisher.eventsFrom(), Clock::now() + 50min);
    EXPECT_EQ("delivered", kindOf(publish));
    publisher.open();
    EXPECT_GT(publisher.eventsFrom(), Clock::now() + 50min) << "it is not any shorter for that";
}

TEST(Webhook, DoesNotTakeACertificateThatNobodyVouchesFor)
{
    const FakeServer server([](FakePeer &peer) { readRequest(peer); },
                            TEST_DATA_DIR "/tls/camera.pem");
    WebhookPublisher publisher(settingsFor(server.url("/api/webhook/s3cr3t")));
    const std::string kind = kindOf([&] { publisher.open(); });
    EXPECT_TRUE(kind.starts_with("not delivered: https://127.0.0.1:")) << kind;
    EXPECT_NE(std::string::npos, kind.find("TLS")) << kind;
    EXPECT_EQ(std::string::npos, kind.find(kSecret)) << kind;
}

TEST(Webhook, TakesTheCertificateOfItsCa)
{
    const FakeServer server(
        [](FakePeer &peer) {
            while (readRequest(peer) && peer.send(kOk))
                ;
        },
        TEST_DATA_DIR "/tls/camera.pem");
    HttpPublisherSettings settings = settingsFor(server.url("/api/webhook/door"));
    settings.delivery.http.caFile = TEST_DATA_DIR "/tls/camera-ca.pem";
    WebhookPublisher publisher(settings);
    publisher.open();
    publisher.publishEvent(event());
    EXPECT_EQ(1, server.connections()) << "what was opened in the beginning is used";
}

TEST(Webhook, SaysWhichFileCannotBeRead)
{
    HttpPublisherSettings settings = settingsFor("https://127.0.0.1/");
    settings.delivery.http.caFile = "/missing.pem";
    EXPECT_NE(std::string::npos, kindOf([&] { WebhookPublisher{settings}; }).find("/missing.pem"));
    settings.delivery.http.caFile.clear();
    settings.delivery.http.clientCert = "/missing.crt";
    EXPECT_NE(std::string::npos, kindOf([&] { WebhookPublisher{settings}; }).find("/missing.crt"));
}

TEST(Webhook, GivesUpWhenInterrupted)
{
    const FakeServer server([](FakePeer &peer) { peer.holdOpen(); });
    HttpPublisherSettings settings = settingsFor(server.url("/hook"));
    settings.delivery.answerPatience = 1h;
    WebhookPublisher publisher(settings);
    publisher.open();
    std::thread interrupting([&] {
        std::this_thread::sleep_for(50ms);
        publisher.interrupt();
    });
    EXPECT_TRUE(kindOf([&] { publisher.publishEvent(event()); }).starts_with("unconfirmed: "));
    interrupting.join();
    EXPECT_TRUE(kindOf([&] { publisher.publishEvent(event()); }).starts_with("not delivered: "));
}

TEST(Webhook, GivesAPictureUpSoThatItsEventGoes)
{
    FakeServer server([](FakePeer &peer) {
        while (const auto request = readRequest(peer)) {
            if (request->header.starts_with("POST /picture"))
                return peer.holdOpen();
            if (!peer.send(kOk))
                return;
        }
    });
    WebhookPublisher publisher(
        impatient(settingsFor(server.url("/event"), server.url("/picture"))));
    publisher.open();
    const auto publish = [&] { publisher.publishImage(kPicture); };
    EXPECT_TRUE(kindOf(publish).starts_with("refused: "));
    EXPECT_EQ("delivered", kindOf([&] { publisher.publishEvent(event()); }));
    const auto begin = Clock::now();
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(kindOf(publish).starts_with("refused: "));
    EXPECT_LT(Clock::now() - begin, 1s) << "it is not tried again at once";
}

TEST(Webhook, LetsPicturesAloneForAsLongAsTheirServerAsks)
{
    Recorder server;
    Recorder pictures("HTTP/1.1 429 Too Many\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n");
    WebhookPublisher publisher(settingsFor(server.url("/event"), pictures.url("/picture")));
    publisher.open();
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(kindOf([&] { publisher.publishImage(kPicture); }).starts_with("refused: "));
        EXPECT_EQ("delivered", kindOf([&] { publisher.publishEvent(event()); }));
    }
    EXPECT_EQ(1U, pictures.requests().size());
}

TEST(Webhook, KeepsPictureAndEventWhileNobodyIsThere)
{
    for (const char *answer : {"502 Bad Gateway", "503 Service Unavailable"}) {
        Recorder proxy("HTTP/1.1 " + std::string(answer) + "\r\nContent-Length: 0\r\n\r\n");
        WebhookPublisher publisher(settingsFor(proxy.url("/event"), proxy.url("/picture")));
        publisher.open();
        EXPECT_TRUE(
            kindOf([&] { publisher.publishImage(kPicture); }).starts_with("not delivered: "));
        EXPECT_TRUE(
            kindOf([&] { publisher.publishEvent(event()); }).starts_with("not delivered: "));
        publisher.open();
        EXPECT_GT(publisher.eventsFrom(), Clock::now()) << "behind a proxy it starts, too";
    }
}

TEST(Webhook, LogsInWithTheWholeEvent)
{
    for (const std::string scheme :
         {"Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"n\", qop=\"auth\", algorithm=MD5"}) {
        std::mutex mutex;
        std::vector<test::Request> requests;
        FakeServer server([&](FakePeer &peer) {
            while (const auto request = readRequest(peer)) {
                const std::lock_guard lock(mutex);
                requests.push_back(*request);
                const bool isKnown = request->header.find("Authorization: ") != std::string::npos;
                if (!peer.send(isKnown ? std::string(kOk)
                                       : "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: " +
                                             scheme + "\r\nContent-Length: 0\r\n\r\n"))
                    return;
            }
        });
        HttpPublisherSettings settings = settingsFor(server.url("/event"));
        settings.delivery.http.login = {"me", kSecret};
        settings.delivery.http.wantsLogin = [](const std::string &) { return true; };
        WebhookPublisher publisher(settings);
        publisher.open();
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ("delivered", kindOf([&] { publisher.publishEvent(event()); })) << scheme;
        const std::lock_guard lock(mutex);
        ASSERT_EQ(4U, requests.size()) << "one challenge, for it is remembered";
        for (const auto &request : requests)
            EXPECT_EQ(toJson(event()), request.body);
        EXPECT_NE(std::string::npos,
                  requests[3].header.find("Authorization: " + scheme.substr(0, 5)));
    }
}

TEST(Webhook, AnswersAChallengeOnlyOnce)
{
    Recorder server("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n"
                    "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", stale=true\r\n\r\n");
    HttpPublisherSettings settings = settingsFor(server.url("/event"));
    settings.delivery.http.login = {"me", kSecret};
    settings.delivery.http.wantsLogin = [](const std::string &) { return true; };
    WebhookPublisher publisher(settings);
    publisher.open();
    EXPECT_TRUE(kindOf([&] { publisher.publishEvent(event()); }).starts_with("after 30: "));
    EXPECT_EQ(2U, server.requests().size());
}

TEST(Webhook, SpeaksNothingButHttp1)
{
    std::promise<std::string> protocol;
    const FakeServer server(
        [&](FakePeer &peer) {
            readRequest(peer);
            protocol.set_value(peer.protocol());
            peer.send(kOk);
        },
        TEST_DATA_DIR "/tls/camera.pem");
    HttpPublisherSettings settings = settingsFor(server.url("/event"));
    settings.delivery.http.verify = false;
    WebhookPublisher publisher(settings);
    publisher.open();
    publisher.publishEvent(event());
    EXPECT_EQ("http/1.1", protocol.get_future().get());
}

/* How a server answers, and what has to become of an event. */
struct Outcome {
    const char *name;
    FakeServer::Handler handler;
    std::string expected; /* the beginning */
};

void
PrintTo(const Outcome &outcome, std::ostream *out)
{
    *out << outcome.name;
}

FakeServer::Handler
answering(const std::string &answer)
{
    return [answer](FakePeer &peer) {
        if (readRequest(peer) && peer.send(answer))
            peer.holdOpen();
    };
}

FakeServer::Handler
status(const std::string &line, const std::string &header = "")
{
    return answering("HTTP/1.1 " + line + "\r\n" + header + "Content-Length: 0\r\n\r\n");
}

std::string
httpDateIn(int seconds)
{
    char text[64];
    const std::time_t time = std::time(nullptr) + seconds;
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return text;
}

class DeliveryOutcome : public testing::TestWithParam<Outcome> {};

TEST_P(DeliveryOutcome, IsToldApartAndShowsNoSecret)
{
    const FakeServer server(GetParam().handler);
    HttpPublisherSettings settings =
        settingsFor(server.url("/api/webhook/s3cr3t?s3cr3t=s3cr3t"), server.url("/s3cr3t"));
    if (GetParam().expected.starts_with("unconfirmed"))
        settings.delivery.answerPatience = 300ms;
    WebhookPublisher webhook(settings);
    webhook.open();
    const std::string kind = kindOf([&] { webhook.publishEvent(event()); });
    EXPECT_TRUE(kind.starts_with(GetParam().expected)) << kind;
    EXPECT_EQ(std::string::npos, kind.find(kSecret)) << kind;
    webhook.open();
    const std::string picture = kindOf([&] { webhook.publishImage(kPicture); });
    const bool isGivenUp = !kind.starts_with("delivered");
    EXPECT_EQ(std::string::npos, picture.find(kSecret)) << picture;
    EXPECT_EQ(isGivenUp, picture != "delivered") << picture;
}

INSTANTIATE_TEST_SUITE_P(
    All, DeliveryOutcome,
    testing::Values(
        Outcome{"Ok", status("200 OK"), "delivered"},
        Outcome{"Created", status("201 Created"), "delivered"},
        Outcome{"NoContent", answering("HTTP/1.1 204 No Content\r\n\r\n"), "delivered"},
        Outcome{"BodyWithoutEnd",
                [](FakePeer &peer) {
                    readRequest(peer);
                    peer.send("HTTP/1.0 200 OK\r\n\r\n");
                    while (peer.send(std::string(4096, 'x')))
                        ;
                },
                "delivered"},
        Outcome{"BadRequest", status("400 Bad Request"), "refused: http://127.0.0.1:"},
        Outcome{"Unauthorized", status("401 Unauthorized"), "after 30: "},
        Outcome{"UnauthorizedWithoutEnd",
                [](FakePeer &peer) {
                    readRequest(peer);
                    peer.send("HTTP/1.0 401 Unauthorized\r\n\r\n");
                    while (peer.send(std::string(4096, 'x')))
                        ;
                },
                "after 30: "},
        Outcome{"ForbiddenForever", status("403 Forbidden", "Retry-After: 99999999\r\n"),
                "after 600: "},
        Outcome{"ForbiddenUntilTheEnd",
                status("403 Forbidden", "Retry-After: Thu, 31 Dec 2037 23:59:59 GMT\r\n"),
                "after 600: "},
        Outcome{"UnderAStrangeName", status("500 \xFF\x1B[31mred s3cr3t"), "not delivered: "},
        Outcome{"CloudTimeout", status("524 A Timeout Occurred"), "unconfirmed: "},
        Outcome{"Forbidden", status("403 Forbidden"), "after 30: "},
        Outcome{"NotFound", status("404 Not Found"), "not delivered: "},
        Outcome{"MethodNotAllowed", status("405 Method Not Allowed"), "refused: "},
        Outcome{"Timeout", status("408 Request Timeout"), "not delivered: "},
        Outcome{"TooLarge", status("413 Content Too Large"), "refused: "},
        Outcome{"Misdirected", status("421 Misdirected Request"), "unconfirmed: "},
        Outcome{"TooMany", status("429 Too Many Requests", "Retry-After: 7\r\n"), "after 7: "},
        Outcome{"TooManyUntilADate",
                status("429 Too Many Requests", "Retry-After: " + httpDateIn(490) + "\r\n"),
                "after 4"},
        Outcome{"TooManyForever", status("429 Too Many Requests", "Retry-After: 99999999\r\n"),
                "after 600: "},
        Outcome{"TooManyWithoutATime", status("429 Too Many Requests"), "after 0: "},
        Outcome{"TooManyWithNonsense", status("429 Too Many Requests", "Retry-After: -5 eggs\r\n"),
                "after 0: "},
        Outcome{"InternalError", status("500 Internal Server Error"), "not delivered: "},
        Outcome{"BadGateway", status("502 Bad Gateway"), "not delivered: "},
        Outcome{"Unavailable", status("503 Unavailable", "Retry-After: 3\r\n"), "after 3: "},
        Outcome{"GatewayTimeout", status("504 Gateway Timeout"), "unconfirmed: "},
        Outcome{"Redirected",
                status("301 Moved Permanently", "Location: https://other.example/s3cr3t\r\n"),
                "refused: "},
        Outcome{"RedirectedToNonsense", status("302 Found", "Location: ://\r\n"), "refused: "},
        Outcome{"Hang", [](FakePeer &peer) { peer.holdOpen(); }, "unconfirmed: "},
        Outcome{"HangAfterTheRequest",
                [](FakePeer &peer) {
                    readRequest(peer);
                    peer.holdOpen();
                },
                "unconfirmed: "},
        Outcome{"Slow",
                [](FakePeer &peer) {
                    readRequest(peer);
                    const std::string answer = kOk;
                    for (std::size_t i = 0; i < answer.size(); ++i)
                        if (!peer.send(answer.substr(i, 1)) || !peer.sleep(50ms))
                            return;
                },
                "unconfirmed: "},
        Outcome{"Reset",
                [](FakePeer &peer) {
                    readRequest(peer);
                    peer.reset();
                },
                "unconfirmed: "},
        Outcome{"ClosedWithoutAByte", [](FakePeer &peer) { readRequest(peer); }, "unconfirmed: "},
        Outcome{"ClosedInTheHeader",
                [](FakePeer &peer) {
                    readRequest(peer);
                    peer.send("HTTP/1.1 200 OK\r\nContent-");
                },
                "unconfirmed: "},
        Outcome{"Garbage", answering(std::string("\x16\x03\x01\0\xFFnothing of this\r\n\r\n", 25)),
                "unconfirmed: "},
        Outcome{"EndlessHeader",
                [](FakePeer &peer) {
                    readRequest(peer);
                    peer.send("HTTP/1.1 200 OK\r\nX: ");
                    while (peer.send(std::string(4096, 'x')))
                        ;
                },
                "unconfirmed: "}),
    testing::PrintToStringParamName());

TEST(Rest, FiresAnEventOfItsTypeWithTheToken)
{
    Recorder server(kRunning);
    RestPublisher publisher(restSettings(server.url("/ha/")));
    publisher.open();
    publisher.publishEvent(event(EventType::NoFace));
    const auto requests = server.requests();
    ASSERT_EQ(2U, requests.size());
    EXPECT_TRUE(requests[0].header.starts_with("GET /ha/api/config HTTP/1.1\r\n"));
    EXPECT_TRUE(requests[1].header.starts_with("POST /ha/api/events/hafaces_no_face HTTP/1.1\r\n"));
    for (const auto &request : requests)
        EXPECT_NE(std::string::npos, request.header.find("Authorization: Bearer s3cr3t\r\n"));
    EXPECT_EQ(toJson(event(EventType::NoFace)), requests[1].body);
    EXPECT_EQ(1, server.connections());
}

TEST(Rest, TellsAWrongTokenAtOnce)
{
    const FakeServer server(status("401 Unauthorized"));
    RestPublisher publisher(restSettings(server.url()));
    const std::string kind = kindOf([&] { publisher.open(); });
    EXPECT_TRUE(kind.starts_with("after 30: ")) << kind;
    EXPECT_NE(std::string::npos, kind.find("is the token"));
    EXPECT_EQ(std::string::npos, kind.find(kSecret));
}

TEST(Rest, WaitsUntilHomeAssistantHasStarted)
{
    Recorder server("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"state\":\"STARTING\"}");
    RestPublisher publisher(restSettings(server.url("")));
    EXPECT_TRUE(kindOf([&] { publisher.open(); }).starts_with("not delivered: "));
    server.setAnswer(kRunning);
    EXPECT_EQ("delivered", kindOf([&] { publisher.open(); }));
}

TEST(Rest, TakesWhatIsNotHomeAssistantAsItIs)
{
    for (const char *answer : {kOk, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
                               "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n[{}]",
                               "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"state\":3}"}) {
        Recorder server(answer);
        RestPublisher publisher(restSettings(server.url("/")));
        EXPECT_EQ("delivered", kindOf([&] { publisher.open(); })) << answer;
    }
}

TEST(Rest, ShowsItsTokenToNoOtherServer)
{
    Recorder server(kRunning);
    Recorder pictures;
    RestPublisher publisher(restSettings(server.url("/"), pictures.url("/picture")));
    publisher.open();
    publisher.publishImage(kPicture);
    const auto requests = pictures.requests();
    ASSERT_EQ(1U, requests.size());
    EXPECT_EQ(std::string::npos, requests[0].header.find(kSecret));
}

} // namespace
} // namespace hafaces
