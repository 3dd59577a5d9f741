/* SPDX-License-Identifier: MIT */
/* stress SECONDS: pipelines that start, stop and change while they run, to be run with sanitizers. */
#include "gstutil/gst_ptr.h"

#include "support/temporary_folder.h"

#include <gst/gst.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace hafaces;

namespace {

constexpr int kPipelines = 4;

#define RAW_CAPS "video/x-raw,format=I420,width=640,height=480"

/* A picture with a face. Raw, since jpegdec takes a pad that is being stopped for caps that nobody
 * wants, and posts an error. */
bool
writePicture(const std::string &fileName)
{
    const std::string line = "filesrc location=" TEST_DATA_DIR "/dark.jpg ! jpegdec ! videoscale ! "
                             "videoconvert ! " RAW_CAPS " ! filesink location=" +
                             fileName;
    const auto pipeline = sinkFloating(gst_parse_launch(line.c_str(), nullptr));
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
    const GObjectPtr<GstBus> bus(gst_element_get_bus(pipeline.get()));
    const MiniObjectPtr<GstMessage> end(gst_bus_timed_pop_filtered(
        bus.get(), 10 * GST_SECOND,
        static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    return end && GST_MESSAGE_TYPE(end.get()) == GST_MESSAGE_EOS;
}

/* Faces in frames of changing size and format, told to a folder. */
GObjectPtr<GstElement>
makePipeline(const std::string &folder, int number)
{
    const std::string line =
        "multifilesrc loop=true location=" + folder +
        "/picture caps=" RAW_CAPS
        ",framerate=30/1 ! videoscale ! videoconvert ! capsfilter name=caps ! clocksync ! "
        "queue leaky=downstream max-size-buffers=1 ! hafacedetect name=detect input-size=128 ! "
        "tee name=t ! queue ! fakesink sync=false "
        "t. ! queue ! facedraw name=draw ! hanotify name=notify publish=all location=" +
        folder + "/" + std::to_string(number) + " ! fakesink sync=false";
    return sinkFloating(gst_parse_launch(line.c_str(), nullptr));
}

void
change(GstElement *pipeline, const char *name, const char *property, const std::string &value)
{
    const GObjectPtr<GstElement> element(gst_bin_get_by_name(GST_BIN(pipeline), name));
    gst_util_set_object_arg(G_OBJECT(element.get()), property, value.c_str());
}

std::uint64_t
stat(GstElement *pipeline, const char *name, const char *field)
{
    const GObjectPtr<GstElement> element(gst_bin_get_by_name(GST_BIN(pipeline), name));
    GstStructure *stats = nullptr;
    g_object_get(element.get(), "stats", &stats, nullptr);
    const StructurePtr owned(stats);
    guint64 value = 0;
    gst_structure_get_uint64(stats, field, &value);
    return value;
}

/* Returns what went wrong, or nothing. */
std::string
errorOf(GstElement *pipeline)
{
    const GObjectPtr<GstBus> bus(gst_element_get_bus(pipeline));
    const MiniObjectPtr<GstMessage> message(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR));
    if (!message)
        return {};
    GError *error = nullptr;
    gchar *debug = nullptr;
    gst_message_parse_error(message.get(), &error, &debug);
    const std::string text = std::string(GST_MESSAGE_SRC_NAME(message.get())) + ": " +
                             error->message + " (" + (debug != nullptr ? debug : "") + ")";
    g_error_free(error);
    g_free(debug);
    return text;
}

class Worker {
public:
    Worker(std::string folder, int number)
        : folder_{std::move(folder)}
        , number_{number}
        , random_{static_cast<unsigned>(number)}
    {
    }

    void run(std::chrono::steady_clock::time_point end, std::atomic<bool> &failed)
    {
        while (std::chrono::steady_clock::now() < end && !failed) {
            const auto pipeline = makePipeline(folder_, number_);
            gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
            for (int i = 0; i < 10; ++i) {
                std::this_thread::sleep_for(std::chrono::milliseconds(pick(80)));
                disturb(pipeline.get());
            }
            const std::string error = errorOf(pipeline.get());
            if (!error.empty()) {
                std::fprintf(stderr, "stress: %s\n", error.c_str());
                failed = true;
            }
            gst_element_set_state(pipeline.get(), GST_STATE_NULL);
            ++rounds;
        }
    }

    int rounds = 0;
    std::uint64_t faces = 0;

private:
    int pick(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }

    void disturb(GstElement *pipeline)
    {
        static const std::vector<std::string> kFormats{"I420", "NV12", "RGB", "YUY2", "GRAY8"};
        switch (pick(7)) {
        case 0: /* at rest: videoscale ! videoconvert lose a race with a running capsfilter */
            gst_element_set_state(pipeline, GST_STATE_READY);
            change(pipeline, "caps", "caps",
                   "video/x-raw,format=" + kFormats[static_cast<std::size_t>(pick(5))] +
                       ",width=" + std::to_string(65 + pick(600)) +
                       ",height=" + std::to_string(33 + pick(400)));
            gst_element_set_state(pipeline, GST_STATE_PLAYING);
            break;
        case 1:
            change(pipeline, "detect", "enabled", pick(2) == 0 ? "false" : "true");
            break;
        case 2:
            change(pipeline, "detect", "input-size", std::to_string(128 + 32 * pick(6)));
            break;
        case 3:
            change(pipeline, "draw", "font", pick(2) == 0 ? "Serif 9" : "Sans Bold");
            break;
        case 4:
            change(pipeline, "notify", "publish", pick(2) == 0 ? "visits" : "faces");
            break;
        case 5:
            gst_element_set_state(pipeline, pick(2) == 0 ? GST_STATE_READY : GST_STATE_PAUSED);
            gst_element_set_state(pipeline, GST_STATE_PLAYING);
            break;
        default:
            faces += stat(pipeline, "detect", "faces");
            stat(pipeline, "notify", "events");
        }
    }

    std::string folder_;
    int number_;
    std::minstd_rand random_;
};

} // namespace

int
main(int argc, char **argv)
{
    const int seconds = argc == 2 ? std::atoi(argv[1]) : 0;
    if (seconds <= 0) {
        std::fputs("Usage: stress SECONDS\n", stderr);
        return 2;
    }
    gst_init(nullptr, nullptr);
    const test::TemporaryFolder folder;
    if (!writePicture(folder.path() + "/picture")) {
        std::fputs("stress: no picture could be made\n", stderr);
        return 1;
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    std::atomic<bool> failed = false;
    std::vector<Worker> workers;
    for (int i = 0; i < kPipelines; ++i)
        workers.emplace_back(folder.path(), i);
    std::vector<std::thread> threads;
    for (Worker &worker : workers)
        threads.emplace_back([&] { worker.run(end, failed); });
    for (auto &thread : threads)
        thread.join();
    int rounds = 0;
    std::uint64_t faces = 0;
    for (const Worker &worker : workers) {
        rounds += worker.rounds;
        faces += worker.faces;
    }
    std::printf("%d pipelines were started and stopped\n", rounds);
    return failed || faces == 0 ? 1 : 0;
}
