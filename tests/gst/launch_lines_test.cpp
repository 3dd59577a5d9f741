/* SPDX-License-Identifier: MIT */
#include "support/harness.h"
#include "support/temporary_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace hafaces {
namespace {

const std::string kPicture = TEST_DATA_DIR "/three_faces.jpg";

/* Runs a launch line until its end; returns its error, if any. */
std::string
run(const std::string &line)
{
    GError *error = nullptr;
    const GObjectPtr<GstElement> pipeline(sinkFloating(
        gst_parse_launch_full(line.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error)));
    if (error != nullptr) {
        const std::string text = error->message;
        g_error_free(error);
        return text;
    }
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
    const GObjectPtr<GstBus> bus(gst_element_get_bus(pipeline.get()));
    const MiniObjectPtr<GstMessage> message(gst_bus_timed_pop_filtered(
        bus.get(), 60 * GST_SECOND,
        static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    const bool ended = message && GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_EOS;
    return ended ? "" : test::textOf(message.get());
}

struct Line {
    const char *name;
    std::string line; /* PICTURE and OUT stand for paths */
    std::size_t events;
};

class LaunchLine : public testing::TestWithParam<Line> {
protected:
    static std::string replaced(std::string text, const std::string &what, const std::string &with)
    {
        for (auto at = text.find(what); at != std::string::npos;
             at = text.find(what, at + with.size()))
            text.replace(at, what.size(), with);
        return text;
    }

    const test::TemporaryFolder folder_;
};

TEST_P(LaunchLine, WritesEventAndPicture)
{
    const std::string out = folder_.path() + "/out";
    ASSERT_EQ("", run(replaced(replaced(GetParam().line, "PICTURE", kPicture), "OUT", out)));
    std::ifstream stream(out + "/events.jsonl");
    std::vector<nlohmann::json> events;
    for (std::string line; std::getline(stream, line);)
        events.push_back(nlohmann::json::parse(line));
    ASSERT_EQ(GetParam().events, events.size());
    for (const auto &event : events) {
        EXPECT_EQ("face_detected", event["event_type"]);
        EXPECT_EQ(3U, event["faces"].size());
    }
    std::ifstream picture(out + "/last-detection.jpg", std::ios::binary);
    EXPECT_EQ(0xFF, picture.get());
    EXPECT_EQ(0xD8, picture.get());
}

INSTANTIATE_TEST_SUITE_P(
    All, LaunchLine,
    testing::Values(
        Line{"Picture",
             "filesrc location=PICTURE ! jpegdec ! hafacedetect ! facedraw ! jpegenc ! "
             "hanotify location=OUT ! fakesink",
             1},
        Line{"Decodebin",
             "filesrc location=PICTURE ! decodebin ! videoconvert ! hafacedetect ! facedraw ! "
             "jpegenc ! hanotify location=OUT ! fakesink",
             1},
        Line{"RawFrames",
             "filesrc location=PICTURE ! jpegdec ! hafacedetect ! facedraw ! "
             "hanotify location=OUT ! fakesink",
             1},
        Line{"Live",
             "filesrc location=PICTURE ! jpegdec ! imagefreeze is-live=true num-buffers=12 ! "
             "video/x-raw,framerate=30/1 ! queue leaky=downstream max-size-buffers=1 ! "
             "hafacedetect ! facedraw ! jpegenc ! hanotify location=OUT ! fakesink sync=true",
             1},
        Line{"EveryFrame",
             "filesrc location=PICTURE ! jpegdec ! imagefreeze num-buffers=3 ! hafacedetect ! "
             "facedraw ! jpegenc ! hanotify location=OUT publish=faces ! fakesink",
             3},
        Line{"TeeBeforeTheDetector",
             "filesrc location=PICTURE ! jpegdec ! tee name=t ! queue ! fakesink "
             "t. ! queue ! hafacedetect ! facedraw ! jpegenc ! hanotify location=OUT ! fakesink",
             1},
        Line{"TeeBehindTheDetector",
             "filesrc location=PICTURE ! jpegdec ! hafacedetect ! tee name=t ! queue ! fakesink "
             "t. ! queue ! facedraw ! jpegenc ! hanotify location=OUT ! fakesink",
             1},
        Line{"Scaled",
             "filesrc location=PICTURE ! jpegdec ! hafacedetect ! videoscale ! "
             "video/x-raw,width=400,height=400 ! facedraw ! jpegenc ! "
             "hanotify location=OUT ! fakesink",
             1}),
    [](const auto &each) { return std::string(each.param.name); });

} // namespace
} // namespace hafaces
