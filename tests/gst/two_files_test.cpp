/* SPDX-License-Identifier: MIT */
/*
 * Both plugin files hold a copy of the code that registers the face meta. Each test is run in a
 * process of its own, since what is registered stays; criticals end it.
 */
#include "support/harness.h"
#include "support/picture_file.h"
#include "support/temporary_folder.h"
#include "support/video_frames.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

namespace hafaces {
namespace {

/* Loads the plugin file of an element and registers its class. */
void
load(const char *element)
{
    const GObjectPtr<GstElement> made(sinkFloating(gst_element_factory_make(element, nullptr)));
    EXPECT_TRUE(made) << element;
}

/* What one file attaches has to be read by the other. */
void
expectThatHanotifyReadsWhatHafacedetectFound()
{
    const test::TemporaryFolder folder;
    {
        const auto picture = test::loadPicture(TEST_DATA_DIR "/dark.jpg");
        const test::FrameKind kind(GST_VIDEO_FORMAT_I420, picture.size);
        test::Harness harness("hafacedetect ! hanotify location=" + folder.path());
        harness.setCaps(kind.caps().get());
        EXPECT_TRUE(harness.through(test::frameOf(picture, kind)));
    }
    std::ifstream events(folder.path() + "/events.jsonl");
    std::string line;
    EXPECT_TRUE(std::getline(events, line));
}

TEST(TwoFiles, ShareTheMetaWithTheDetectorFirst)
{
    load("hafacedetect");
    load("hanotify");
    expectThatHanotifyReadsWhatHafacedetectFound();
}

TEST(TwoFiles, ShareTheMetaWithTheNotifierFirst)
{
    load("hanotify");
    load("hafacedetect");
    expectThatHanotifyReadsWhatHafacedetectFound();
}

TEST(TwoFiles, ShareTheMetaWhenLoadedAtOnce)
{
    std::thread detector(load, "hafacedetect");
    std::thread notifier(load, "hanotify");
    detector.join();
    notifier.join();
    expectThatHanotifyReadsWhatHafacedetectFound();
}

} // namespace
} // namespace hafaces
