/* SPDX-License-Identifier: MIT */
/* hanotify with transports over HTTP; and the secrets of all of them. */
#include "config.h"
#include "gstutil/face_meta.h"

#include "support/files.h"
#include "support/harness.h"
#include "support/http_recorder.h"
#include "support/mosquitto.h"
#include "support/temporary_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace hafaces {
namespace {

namespace fs = std::filesystem;
using test::Harness;
using test::kOk;
using test::Recorder;

const std::string kUnauthorized =
    "HTTP/1.1 401 Unauthorized\r\n"
    "WWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";

class HttpNotify : public testing::Test {
protected:
    /* Its name. */
    std::string fileWith(const std::string &line) const
    {
        const std::string name = folder_.path() + "/" + std::to_string(++files_);
        std::ofstream(name) << line << "\n";
        return name;
    }

    const test::TemporaryFolder folder_;

private:
    mutable int files_ = 0;
};

test::BufferPtr
jpegWithAFace(const std::string &bytes)
{
    test::BufferPtr buffer(gst_buffer_new_memdup(bytes.data(), bytes.size()));
    Detection detection;
    detection.faces = {{{10, 10, 20, 20}, 0.98F, std::nullopt}};
    detection.frame = {64, 48};
    detection.captureUnixUs = g_get_real_time();
    detection.captureMonotonicUs = g_get_monotonic_time();
    attachDetection(buffer.get(), detection);
    return buffer;
}

TEST_F(HttpNotify, PostsPictureAndEventToWebhooks)
{
    Recorder server;
    Harness harness("hanotify transport=webhook camera=door location=" + server.url("/event") +
                    " image-location=" + server.url("/picture"));
    harness.setCaps("image/jpeg,width=64,height=48,framerate=10/1");
    harness.through(jpegWithAFace("a JPEG"));
    gst_element_set_state(harness.get()->element, GST_STATE_NULL);
    const auto requests = server.requests();
    ASSERT_EQ(2U, requests.size());
    EXPECT_TRUE(requests[0].header.starts_with("POST /picture "));
    EXPECT_NE(std::string::npos, requests[0].body.find("\r\n\r\na JPEG\r\n"));
    const auto event = nlohmann::json::parse(requests[1].body);
    EXPECT_EQ("door", event.at("camera").get<std::string>());
    EXPECT_EQ(1U, harness.stat("events"));
    EXPECT_EQ(1U, harness.stat("images"));
}

TEST_F(HttpNotify, TakesNoPictureWhereNoneCanBeSent)
{
    Recorder server;
    Harness harness("hanotify transport=webhook location=" + server.url("/event"));
    harness.setCaps("image/jpeg,width=64,height=48,framerate=10/1");
    harness.through(jpegWithAFace("a JPEG"));
    gst_element_set_state(harness.get()->element, GST_STATE_NULL);
    EXPECT_EQ(1U, server.requests().size());
    EXPECT_EQ(0U, harness.stat("images"));
    EXPECT_EQ(0U, harness.stat("dropped-images"));
}

TEST_F(HttpNotify, TellsAWrongTokenAtTheStart)
{
    const Recorder server(kUnauthorized);
    Harness harness("hanotify transport=rest location=" + server.url("/") +
                    " token-file=" + fileWith("TOKEN"));
    const std::string text = test::textOf(harness.waitFor(GST_MESSAGE_WARNING).get());
    EXPECT_NE(std::string::npos, text.find("401")) << text;
    EXPECT_NE(std::string::npos, text.find("token")) << text;
}

struct WrongSetting {
    const char *name;
    std::string properties; /* FILE is one with a word in it */
    std::string complaint;
};

void
PrintTo(const WrongSetting &setting, std::ostream *out)
{
    *out << setting.name;
}

class HttpNotifySetting : public HttpNotify, public testing::WithParamInterface<WrongSetting> {};

TEST_P(HttpNotifySetting, IsToldWhenItStarts)
{
    std::string properties = GetParam().properties;
    for (auto at = properties.find("FILE"); at != std::string::npos; at = properties.find("FILE"))
        properties.replace(at, 4, fileWith("word"));
    const auto element =
        sinkFloating(gst_parse_launch(("hanotify " + properties).c_str(), nullptr));
    const GObjectPtr<GstBus> bus(gst_bus_new());
    gst_element_set_bus(element.get(), bus.get());
    EXPECT_EQ(GST_STATE_CHANGE_FAILURE, gst_element_set_state(element.get(), GST_STATE_PAUSED));
    const MiniObjectPtr<GstMessage> message(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR));
    const std::string text = test::textOf(message.get());
    EXPECT_NE(std::string::npos, text.find(GetParam().complaint)) << text;
    EXPECT_EQ(std::string::npos, text.find("secret")) << text;
    gst_element_set_state(element.get(), GST_STATE_NULL);
    gst_element_set_bus(element.get(), nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    All, HttpNotifySetting,
    testing::Values(
        WrongSetting{"NoLocation", "transport=webhook", "location is not set"},
        WrongSetting{"NoAddress", "transport=webhook location=/secret", "http"},
        WrongSetting{"WrongScheme", "transport=rest location=ftp://host/secret token-file=FILE",
                     "http"},
        WrongSetting{"UserInAddress", "transport=webhook location=http://user:secret@127.0.0.1/",
                     "username"},
        WrongSetting{"TwoLocations", "location=out location-file=FILE", "both"},
        WrongSetting{"MissingFile", "transport=webhook location-file=/missing", "/missing"},
        WrongSetting{"NoToken", "transport=rest location=http://127.0.0.1:8123", "token-file"},
        WrongSetting{"MissingToken",
                     "transport=rest location=http://127.0.0.1:8123 token-file=/missing",
                     "/missing"},
        WrongSetting{"TokenForAnother",
                     "transport=webhook location=http://127.0.0.1/ token-file=FILE", "rest"},
        WrongSetting{"PictureForAFolder", "location=out image-location=http://127.0.0.1/secret",
                     "image-location"},
        WrongSetting{"AddressForAFolder", "location=http://127.0.0.1/secret", "transport"},
        WrongSetting{"UserForAFolder", "location=out username=me", "username"}),
    testing::PrintToStringParamName());

/* What gst-launch-1.0 prints, at the highest debug level, and the graphs that it dumps. */
class Secrets : public HttpNotify, public testing::WithParamInterface<bool> {
protected:
    void SetUp() override
    {
#ifdef __SANITIZE_ADDRESS__
        GTEST_SKIP() << "gst-launch-1.0 can't load a plugin with a sanitizer";
#endif
    }

    std::string allThatIsShown(const std::string &properties) const
    {
        const std::string line =
            "gst-launch-1.0 -v filesrc location=" TEST_DATA_DIR
            "/dark.jpg ! jpegdec ! hafacedetect ! jpegenc ! hanotify max-age=1 " +
            properties + " ! fakesink";
        const std::string dots = folder_.path() + "/dots";
        fs::create_directory(dots);
        const GObjectPtr<GSubprocessLauncher> launcher(
            g_subprocess_launcher_new(static_cast<GSubprocessFlags>(
                G_SUBPROCESS_FLAGS_STDERR_MERGE | G_SUBPROCESS_FLAGS_STDOUT_PIPE)));
        g_subprocess_launcher_setenv(launcher.get(), "GST_DEBUG", "*:9", TRUE);
        g_subprocess_launcher_setenv(launcher.get(), "G_MESSAGES_DEBUG", "all", TRUE);
        g_subprocess_launcher_setenv(launcher.get(), "GST_DEBUG_DUMP_DOT_DIR", dots.c_str(), TRUE);
        gchar **arguments = nullptr;
        g_shell_parse_argv(line.c_str(), nullptr, &arguments, nullptr);
        const std::unique_ptr<gchar *, decltype(&g_strfreev)> owned(arguments, g_strfreev);
        const GObjectPtr<GSubprocess> child(
            g_subprocess_launcher_spawnv(launcher.get(), arguments, nullptr));
        GBytes *bytes = nullptr;
        g_subprocess_communicate(child.get(), nullptr, nullptr, &bytes, nullptr, nullptr);
        const GBytesPtr printed(bytes);
        std::string all(static_cast<const char *>(g_bytes_get_data(bytes, nullptr)),
                        g_bytes_get_size(bytes));
        EXPECT_NE(std::string::npos, all.find("hanotify0"));
        for (const auto &file : fs::directory_iterator(dots))
            all += test::fileText(file.path());
        EXPECT_NE(std::string::npos, all.find("digraph"));
        return all;
    }

    /* Of a line that is told everything by files; the server lets us in, or not. */
    void expectNoneIn(const std::string &shown) const
    {
        const GMemPtr<gchar> login(
            g_base64_encode(reinterpret_cast<const guchar *>("me:PASSWORD"), 11));
        for (const std::string secret : {"PASSWORD", "TOKEN", "EVENT-ID", "PICTURE-ID",
                                         static_cast<const char *>(login.get())})
            EXPECT_EQ(std::string::npos, shown.find(secret)) << secret;
    }
};

TEST_P(Secrets, OfWebhooksStayInTheirFiles)
{
    const Recorder server(GetParam() ? kOk : kUnauthorized);
    expectNoneIn(
        allThatIsShown("transport=webhook username=me password-file=" + fileWith("PASSWORD") +
                       " location-file=" + fileWith(server.url("/api/webhook/EVENT-ID")) +
                       " image-location-file=" + fileWith(server.url("/api/webhook/PICTURE-ID"))));
}

TEST_P(Secrets, OfRestStayInTheirFiles)
{
    const Recorder server(GetParam() ? kOk : kUnauthorized);
    expectNoneIn(allThatIsShown(
        "transport=rest location=" + server.url("/") + " token-file=" + fileWith("TOKEN") +
        " image-location-file=" + fileWith(server.url("/api/webhook/PICTURE-ID"))));
}

#ifdef HAVE_MQTT
TEST_P(Secrets, OfMqttStayInTheirFiles)
{
    const test::Mosquitto broker(GetParam() ? "allow_anonymous true" : "allow_anonymous false");
    expectNoneIn(
        allThatIsShown("transport=mqtt location=mqtt://127.0.0.1:" + std::to_string(broker.port()) +
                       " username=me password-file=" + fileWith("PASSWORD")));
}
#endif

INSTANTIATE_TEST_SUITE_P(LetIn, Secrets, testing::Bool(), testing::PrintToStringParamName());

/* As they are in graphs, and in what gst-launch-1.0 -v prints. */
TEST_F(HttpNotify, ShowsNoSecretOfItsLocations)
{
    const auto element = sinkFloating(gst_element_factory_make("hanotify", nullptr));
    const auto shownAs = [&](const char *name, const char *value) {
        g_object_set(element.get(), name, value, nullptr);
        gchar *shown = nullptr;
        g_object_get(element.get(), name, &shown, nullptr);
        return toStdString(GMemPtr<gchar>(shown).get());
    };
    for (const char *secret :
         {"http://127.0.0.1:1/api/webhook/secret", "https://user:secret@127.0.0.1/secret?secret",
          "mqtt://user:secret@127.0.0.1", "http:///secret", "other://[/secret",
          "http://%1b[31msecret/"})
        for (const char *name : {"location", "image-location"}) {
            const std::string shown = shownAs(name, secret);
            EXPECT_EQ(std::string::npos, shown.find("secret")) << shown;
            EXPECT_TRUE(shown == "…" || shown.find("://") != std::string::npos) << shown;
        }
    EXPECT_EQ("out/folder", shownAs("location", "out/folder"));
    EXPECT_EQ("…", shownAs("image-location", "homeassistant.local:8123/api/webhook/secret"));
    gst_util_set_object_arg(G_OBJECT(element.get()), "transport", "webhook");
    EXPECT_EQ("…", shownAs("location", "homeassistant.local:8123/api/webhook/secret"));
}

} // namespace
} // namespace hafaces
