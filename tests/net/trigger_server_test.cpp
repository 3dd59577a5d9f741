/* SPDX-License-Identifier: MIT */
#include "net/rate_limit.h"
#include "net/trigger_request.h"
#include "net/trigger_server.h"

#include "support/http_request.h"
#include "support/temporary_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

namespace hafaces {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::httpExchange;

const std::string kToken = "correct horse/battery&staple";
const std::string kTokenEncoded = "correct%20horse%2Fbattery%26staple";

/* One that answers "started" with the number of the trigger. */
class Server {
public:
    explicit Server(TriggerServerSettings settings = {})
        : server_{
              settings, [this] {
                  const int id = ++triggers;
                  return TriggerAnswer{"started", std::to_string(id), "", [this] { ++followed; }};
              }}
    {
    }

    int port() const { return server_.port(); }
    std::string send(const std::string &request) const { return httpExchange(port(), request); }
    TriggerServer::Stats stats() const { return server_.stats(); }

    std::atomic<int> triggers = 0;
    std::atomic<int> followed = 0;

private:
    TriggerServer server_;
};

int
statusOf(const std::string &answer)
{
    return answer.starts_with("HTTP/1.") && answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}

json
bodyOf(const std::string &answer)
{
    const auto end = answer.find("\r\n\r\n");
    return json::parse(end == std::string::npos ? "" : answer.substr(end + 4), nullptr, false);
}

std::string
get(const std::string &target, const std::string &headers = "")
{
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
}

std::string
post(const std::string &target, const std::string &type, const std::string &body)
{
    return "POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct Request {
    const char *name;
    std::string bytes;
    int status;
};

std::string
nameOf(const testing::TestParamInfo<Request> &each)
{
    return each.param.name;
}

class TriggerRequests : public testing::TestWithParam<Request> {};

TEST_P(TriggerRequests, AreAnswered)
{
    const Server server;
    const std::string answer = server.send(GetParam().bytes);
    EXPECT_EQ(GetParam().status, statusOf(answer)) << answer;
    if (GetParam().status == 200) {
        EXPECT_EQ(json({{"trigger", "1"}, {"outcome", "started"}}), bodyOf(answer)) << answer;
        EXPECT_EQ(1, server.triggers);
        EXPECT_EQ(1U, server.stats().accepted);
        for (int i = 0; i < 1000 && server.followed == 0; ++i)
            std::this_thread::sleep_for(1ms);
        EXPECT_EQ(1, server.followed);
    } else {
        EXPECT_TRUE(bodyOf(answer)["error"].is_string()) << answer;
        EXPECT_EQ(0, server.triggers);
        EXPECT_EQ(1U, server.stats().refused);
    }
}

/* As they come from Motion's curl and from the four methods of motionEye. */
INSTANTIATE_TEST_SUITE_P(
    Hooks, TriggerRequests,
    testing::Values(
        Request{"MotionsCurl",
                "POST /motion-detected?camera=0&event=01 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
                "User-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n",
                200},
        Request{"MotionEyeGet",
                "GET /motion-detected?camera=1&event=02&x=a%20b HTTP/1.1\r\nAccept-Encoding: "
                "identity\r\nHost: x\r\nUser-Agent: Python-urllib/3.11\r\nConnection: "
                "close\r\n\r\n",
                200},
        Request{"MotionEyePost",
                "POST /motion-detected?camera=1 HTTP/1.1\r\nAccept-Encoding: identity\r\n"
                "Content-Type: text/plain\r\nContent-Length: 0\r\nHost: x\r\nUser-Agent: "
                "Python-urllib/3.11\r\nConnection: close\r\n\r\n",
                200},
        Request{"MotionEyeForm",
                post("/motion-detected", "application/x-www-form-urlencoded",
                     "camera=1&event=02&x=a%20b"),
                200},
        Request{"MotionEyeJson",
                post("/motion-detected", "application/json", R"({"camera": "1", "event": "02"})"),
                200},
        Request{"Http10", "GET /motion-detected HTTP/1.0\r\n\r\n", 200},
        Request{"Http10Post", "POST /motion-detected HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi", 200},
        Request{"SlashAtTheEnd", get("/motion-detected/"), 200},
        Request{"BrokenBody", post("/motion-detected", "application/json", "{\"camera"), 200},
        Request{"UnknownBody", post("/motion-detected", "image/jpeg", "\xFF\xD8"), 200},
        Request{"LargestBody", post("/motion-detected", "text/plain", std::string(16384, 'x')),
                200},
        Request{"Chunked",
                "POST /motion-detected HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                200}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    Wrong, TriggerRequests,
    testing::Values(Request{"OtherPath", get("/"), 404},
                    Request{"Longer", get("/motion-detectedx"), 404},
                    Request{"Below", get("/motion-detected/camera"), 404},
                    Request{"FarBelow", get("/motion-detected/a/b"), 404},
                    Request{"Up", get("/motion-detected/../../etc/passwd"), 404},
                    Request{"Put",
                            "PUT /motion-detected HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
                            405},
                    Request{"Delete", "DELETE /motion-detected HTTP/1.1\r\nHost: x\r\n\r\n", 405},
                    Request{"Options", "OPTIONS /motion-detected HTTP/1.1\r\nHost: x\r\n\r\n", 405},
                    Request{"TooLarge",
                            "POST /motion-detected HTTP/1.1\r\nHost: x\r\nContent-Length: "
                            "16385\r\n\r\n",
                            413},
                    Request{"FarTooLarge",
                            "POST /motion-detected HTTP/1.1\r\nHost: x\r\nContent-Length: "
                            "9999999999999\r\n\r\nx",
                            413},
                    Request{"TooManyChunks",
                            "POST /motion-detected HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                            "chunked\r\n\r\n8000\r\n" +
                                std::string(0x8000, 'x') + "\r\n",
                            413}),
    nameOf);

TEST(TriggerServerTest, TellsWhatIsAllowed)
{
    const Server server;
    EXPECT_NE(std::string::npos,
              server.send("PUT /motion-detected HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                  .find("Allow: GET, POST"));
    EXPECT_EQ(405, statusOf(server.send("HEAD /motion-detected HTTP/1.1\r\nHost: x\r\n\r\n")));
}

class TokenPlaces : public testing::TestWithParam<Request> {
protected:
    TokenPlaces()
    {
        std::ofstream(folder_.path() + "/token") << kToken << "\n";
        settings_.tokenFile = folder_.path() + "/token";
    }

    const test::TemporaryFolder folder_;
    TriggerServerSettings settings_;
};

TEST_P(TokenPlaces, AreLookedAt)
{
    const Server server(settings_);
    const std::string answer = server.send(GetParam().bytes);
    EXPECT_EQ(GetParam().status, statusOf(answer)) << answer;
    EXPECT_EQ(GetParam().status == 200 ? 1 : 0, server.triggers);
    EXPECT_EQ(GetParam().status == 401, answer.find("WWW-Authenticate: Bearer") != answer.npos);
    EXPECT_EQ(std::string::npos, answer.find("correct"));
}

std::string
basic(const std::string &pair)
{
    const GMemPtr<gchar> encoded(
        g_base64_encode(reinterpret_cast<const guchar *>(pair.data()), pair.size()));
    return std::string("Authorization: Basic ") + encoded.get() + "\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    Right, TokenPlaces,
    testing::Values(
        Request{"Path", get("/motion-detected/" + kTokenEncoded), 200},
        Request{"PathOfAPost", post("/motion-detected/" + kTokenEncoded, "application/json", "{}"),
                200},
        Request{"Query", get("/motion-detected?camera=1&token=" + kTokenEncoded), 200},
        Request{"Form",
                post("/motion-detected", "application/x-www-form-urlencoded",
                     "camera=1&token=correct+horse%2Fbattery%26staple"),
                200},
        Request{"Json",
                post("/motion-detected", "application/json; charset=utf-8",
                     json{{"token", kToken}}.dump()),
                200},
        Request{"Bearer", get("/motion-detected", "Authorization: Bearer " + kToken + "\r\n"), 200},
        Request{"Basic", get("/motion-detected", basic("motion:" + kToken)), 200}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    Wrong, TokenPlaces,
    testing::Values(
        Request{"None", get("/motion-detected"), 401},
        Request{"Path", get("/motion-detected/wrong"), 401},
        Request{"Shorter", get("/motion-detected/" + kTokenEncoded.substr(0, 20)), 401},
        Request{"Longer", get("/motion-detected/" + kTokenEncoded + "x"), 401},
        Request{"OfTheSameLength", get("/motion-detected?token=Xorrect+horse%2Fbattery%26staple"),
                401},
        Request{"Empty", get("/motion-detected?token="), 401},
        Request{"Form", post("/motion-detected", "application/x-www-form-urlencoded", "token=x"),
                401},
        Request{"FormThatIsNone", post("/motion-detected", "text/plain", "token=" + kTokenEncoded),
                401},
        Request{"Json", post("/motion-detected", "application/json", R"({"token": 12})"), 401},
        Request{"BrokenJson",
                post("/motion-detected", "application/json", R"({"token": ")" + kToken), 401},
        Request{"JsonList", post("/motion-detected", "application/json", R"(["token"])"), 401},
        Request{"Bearer", get("/motion-detected", "Authorization: Bearer x\r\n"), 401},
        Request{"Basic", get("/motion-detected", basic(kToken + ":")), 401},
        Request{"BasicThatIsNone", get("/motion-detected", "Authorization: Basic !!\r\n"), 401},
        Request{"FarBelow", get("/motion-detected/a/b"), 401}),
    nameOf);

TEST(TriggerServerTest, RefusesTooManyFromOneAddressForAWhile)
{
    RateLimit limit(200);
    const RateLimit::Time start{};
    int allowed = 0;
    for (int i = 0; i < 1000; ++i)
        allowed += limit.allows("a", start) ? 1 : 0;
    EXPECT_EQ(200, allowed);
    EXPECT_TRUE(limit.allows("b", start)) << "each for itself";
    EXPECT_FALSE(limit.allows("a", start + 1ms));
    for (int i = 0; i < 20; ++i)
        EXPECT_TRUE(limit.allows("a", start + 100ms));
    EXPECT_FALSE(limit.allows("a", start + 100ms));
    for (int i = 0; i < 10000; ++i)
        limit.allows(std::to_string(i), start);
    EXPECT_TRUE(limit.allows("a", start + 1h));
}

TEST(TriggerServerTest, AnswersTooManyWith429)
{
    const Server server;
    std::string answer;
    for (int i = 0; i < 2000 && statusOf(answer) != 429; ++i)
        answer = server.send(get("/motion-detected"));
    EXPECT_EQ(429, statusOf(answer));
    EXPECT_NE(std::string::npos, answer.find("Retry-After: 1"));
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(200, statusOf(server.send(get("/motion-detected"))));
}

/* A connection that stays open; what was sent on it. */
class Lingering {
public:
    Lingering(int port, const std::string &bytes)
    {
        connection_.reset(g_socket_client_connect_to_host(
            client_.get(), "127.0.0.1", static_cast<guint16>(port), nullptr, nullptr));
        if (connection_)
            g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection_.get())),
                                      bytes.data(), bytes.size(), nullptr, nullptr, nullptr);
    }

    /* Waits until the other end closes. */
    bool isClosed() const
    {
        g_socket_set_timeout(g_socket_connection_get_socket(connection_.get()), 5);
        char byte = 0;
        GError *error = nullptr;
        const gssize count =
            g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection_.get())), &byte,
                                1, nullptr, &error);
        const GErrorPtr owned(error);
        return count == 0 ||
               (error != nullptr && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
    }

private:
    GObjectPtr<GSocketClient> client_{g_socket_client_new()};
    GObjectPtr<GSocketConnection> connection_;
};

class SlowPeers : public testing::TestWithParam<Request> {};

TEST_P(SlowPeers, AreClosed)
{
    TriggerServerSettings settings;
    settings.patience = 100ms;
    const Server server(settings);
    const Lingering peer(server.port(), GetParam().bytes);
    EXPECT_TRUE(peer.isClosed());
}

TEST_P(SlowPeers, DoNotKeepOthersOut)
{
    const Server server;
    std::vector<std::unique_ptr<Lingering>> peers;
    for (int i = 0; i < 150; ++i)
        peers.push_back(std::make_unique<Lingering>(server.port(), GetParam().bytes));
    EXPECT_EQ(200, statusOf(server.send(get("/motion-detected"))));
    EXPECT_TRUE(peers.front()->isClosed()) << "the oldest made room";
}

TEST_P(SlowPeers, DoNotHoldUpTheEnd)
{
    auto server = std::make_unique<Server>();
    std::vector<std::unique_ptr<Lingering>> peers;
    for (int i = 0; i < 10; ++i)
        peers.push_back(std::make_unique<Lingering>(server->port(), GetParam().bytes));
    std::this_thread::sleep_for(20ms);
    const auto begin = std::chrono::steady_clock::now();
    server.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 200ms);
}

INSTANTIATE_TEST_SUITE_P(
    All, SlowPeers,
    testing::Values(Request{"Silent", "", 0}, Request{"HalfARequest", "GET /motion-det", 0},
                    Request{"HalfABody",
                            "POST /motion-detected HTTP/1.1\r\nHost: x\r\nContent-Length: "
                            "100\r\n\r\nx",
                            0},
                    Request{"ChunksWithoutEnd",
                            "POST /motion-detected HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                            "chunked\r\n\r\n1\r\nx\r\n",
                            0}),
    nameOf);

TEST(TriggerServerTest, SurvivesGarbage)
{
    const Server server;
    for (const std::string &bytes :
         {std::string("\0\1\2\r\n\r\n", 7), std::string(200000, 'x'), std::string("\r\n\r\n\r\n"),
          std::string("GET\r\n\r\n"), std::string("GET http:// HTTP/1.1\r\n\r\n"),
          std::string("POST /motion-detected HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
          std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15)})
        server.send(bytes);
    EXPECT_EQ(200, statusOf(server.send(get("/motion-detected"))));
}

TEST(TriggerServerTest, CountsATriggerWhosePeerVanished)
{
    const Server server;
    for (int i = 0; i < 20; ++i)
        const Lingering peer(server.port(), get("/motion-detected"));
    for (int i = 0; i < 1000 && server.followed < 20; ++i)
        std::this_thread::sleep_for(1ms);
    EXPECT_EQ(20, server.triggers);
    EXPECT_EQ(20, server.followed);
}

TEST(TriggerServerTest, AnswersPipelinedRequestsOnce)
{
    const Server server;
    const std::string answer = server.send(get("/motion-detected") + get("/motion-detected"));
    EXPECT_EQ(200, statusOf(answer));
    EXPECT_EQ(1, server.triggers);
}

TEST(TriggerServerTest, IsFreeOfThePortWhenItIsGone)
{
    TriggerServerSettings settings;
    for (int i = 0; i < 50; ++i) {
        const Server server(settings);
        settings.port = server.port();
        EXPECT_EQ(200, statusOf(server.send(get("/motion-detected"))));
    }
}

struct WrongSettings {
    const char *name;
    TriggerServerSettings settings;
    const char *word;
};

class TriggerServerSettingsTest : public testing::TestWithParam<WrongSettings> {};

TEST_P(TriggerServerSettingsTest, AreRefusedWithTheReason)
{
    try {
        const Server server(GetParam().settings);
        FAIL();
    } catch (const std::runtime_error &error) {
        EXPECT_NE(std::string::npos, std::string(error.what()).find(GetParam().word))
            << error.what();
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, TriggerServerSettingsTest,
    testing::Values(
        WrongSettings{"OpenWithoutToken", {"0.0.0.0", 0, "/x", "", 1s}, "token-file"},
        WrongSettings{"OpenIpv6WithoutToken", {"::", 0, "/x", "", 1s}, "token-file"},
        WrongSettings{
            "NoTokenFile", {"127.0.0.1", 0, "/x", "/nonexistent/t", 1s}, "/nonexistent/t"},
        WrongSettings{"EmptyTokenFile", {"127.0.0.1", 0, "/x", "/dev/null", 1s}, "empty"},
        WrongSettings{"NoPath", {"127.0.0.1", 0, "x", "", 1s}, "path"},
        WrongSettings{"PathWithQuery", {"127.0.0.1", 0, "/x?y", "", 1s}, "path"},
        WrongSettings{
            "NotOurAddress", {"127.0.0.1", 1, "/x", "/nonexistent/t", 1s}, "/nonexistent/t"}),
    [](const auto &each) { return std::string(each.param.name); });

TEST(TriggerServerTest, NamesThePortThatIsInUse)
{
    const Server first;
    TriggerServerSettings settings;
    settings.port = first.port();
    try {
        const Server second(settings);
        FAIL();
    } catch (const std::runtime_error &error) {
        EXPECT_NE(std::string::npos, std::string(error.what()).find(std::to_string(first.port())));
    }
}

TEST(TriggerServerTest, ListensForAllWithAToken)
{
    const test::TemporaryFolder folder;
    std::ofstream(folder.path() + "/token") << "abc";
    TriggerServerSettings settings{"0.0.0.0", 0, "/", folder.path() + "/token", 10s};
    const Server server(settings);
    EXPECT_EQ(200, statusOf(server.send(get("/abc"))));
    EXPECT_EQ(401, statusOf(server.send(get("/"))));
}

} // namespace
} // namespace hafaces
