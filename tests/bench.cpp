/* SPDX-License-Identifier: MIT */
/* How long hafacedetect takes next to the bare network, and what hatrigger saves, measured side by
 * side in one run. */
#include "config.h"
#include "core/face_detector.h"
#include "gstutil/face_meta.h"
#include "gstutil/video_view.h"

#include "gate_bench.h"
#include "notify_bench.h"
#include "support/video_frames.h"
#include "webhook_bench.h"

#include <gst/app/app.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>

using namespace hafaces;
using test::BufferPtr;
using test::FrameKind;

namespace {

constexpr const char *kUsage =
    "Usage: bench [--json] [--pairs N] [--gate-seconds N] [--webhook-seconds N]\n"
    "             [--notify-seconds N]\n"
    "\n"
    "For each size and format of a frame: milliseconds for preprocessing, network and decoding,\n"
    "and for a frame through the pipeline appsrc ! hafacedetect ! appsink next to the bare "
    "network\n"
    "with the same input, run by turns. Medians; 'ratio' is the median of pipeline / network.\n"
    "Then the CPU time of hacamerasrc ! hatrigger ! jpegdec ! fakesink (640x480, 10 frames a\n"
    "second) with the gate closed, with motion=true, and without hatrigger, all at once; 'ratio' "
    "is\n"
    "to the last.\n"
    "Then how long hatrigger takes to answer 50 requests a second while a detector infers all the\n"
    "time on one thread.\n"
    "At last, how long hanotify's sink pad is busy with a picture of 60 KB, with an MQTT broker "
    "and\n"
    "without one, by turns (if Mosquitto is there; the time to Home Assistant needs Home\n"
    "Assistant: tests/run.sh --slow).\n"
    "\n"
    "  --json               print an object instead of tables\n"
    "  --pairs N            turns for each (default 50)\n"
    "  --gate-seconds N     how long those lines run (default 60)\n"
    "  --webhook-seconds N  how long requests are sent (default 30)\n"
    "  --notify-seconds N   how long pictures are pushed (default 30)\n";

constexpr std::array kSizes{Size{640, 480}, Size{1280, 720}, Size{1920, 1080}};
constexpr std::array kFormats{"I420", "NV12", "RGB"};
constexpr int kWarmUp = 3;

double
milliseconds(const auto &work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::milli> taken =
        std::chrono::steady_clock::now() - start;
    return taken.count();
}

double
median(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/* A frame goes in, and comes out again when the detector is done with it. */
class Pipeline {
public:
    explicit Pipeline(GstCaps *caps)
        : pipeline_{sinkFloating(gst_parse_launch("appsrc name=in format=time ! hafacedetect ! "
                                                  "appsink name=out sync=false",
                                                  nullptr))}
        , source_{gst_bin_get_by_name(GST_BIN(pipeline_.get()), "in")}
        , sink_{gst_bin_get_by_name(GST_BIN(pipeline_.get()), "out")}
    {
        gst_app_src_set_caps(GST_APP_SRC(source_.get()), caps);
        gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    }
    ~Pipeline() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
    Pipeline(const Pipeline &) = delete;
    Pipeline &operator=(const Pipeline &) = delete;

    void pass(GstBuffer *frame)
    {
        gst_app_src_push_buffer(GST_APP_SRC(source_.get()), gst_buffer_ref(frame));
        const MiniObjectPtr<GstSample> sample(gst_app_sink_pull_sample(GST_APP_SINK(sink_.get())));
        if (!sample || !readDetection(gst_sample_get_buffer(sample.get())))
            throw std::runtime_error("the pipeline gave no detection: is GST_PLUGIN_PATH set?");
    }

private:
    GObjectPtr<GstElement> pipeline_;
    GObjectPtr<GstElement> source_;
    GObjectPtr<GstElement> sink_;
};

test::Picture
pictureOfSize(Size size)
{
    return test::inBlack(test::loadPicture(TEST_DATA_DIR "/dark.jpg"), size); /* 640x480 */
}

nlohmann::ordered_json
measure(Size size, const char *format, int pairs)
{
    const FrameKind kind(test::formatFrom(format), size);
    const BufferPtr frame = test::frameOf(pictureOfSize(size), kind);
    FaceDetector detector(FaceDetector::specFor(TEST_MODEL));
    const auto network = sharedNetwork(FaceDetector::specFor(TEST_MODEL));
    const Size input = inputSizeFor(size, {});
    const std::vector<float> tensor(3U * static_cast<std::size_t>(input.width * input.height));
    Pipeline pipeline(kind.caps().get());

    std::vector<double> preprocess, steps, decode, bare, whole, ratios;
    for (int i = -kWarmUp; i < pairs; ++i) {
        const double network_ms = milliseconds([&] { network->run(tensor, input); });
        const double pipeline_ms = milliseconds([&] { pipeline.pass(frame.get()); });
        detector.detect(VideoView(frame.get(), kind.info(), GST_MAP_READ).image(), {});
        if (i < 0)
            continue;
        bare.push_back(network_ms);
        whole.push_back(pipeline_ms);
        ratios.push_back(pipeline_ms / network_ms);
        preprocess.push_back(detector.timing().preprocess);
        steps.push_back(detector.timing().network);
        decode.push_back(detector.timing().decode);
    }
    return {{"width", size.width},
            {"height", size.height},
            {"format", format},
            {"input_width", input.width},
            {"input_height", input.height},
            {"preprocess_ms", median(preprocess)},
            {"network_ms", median(steps)},
            {"decode_ms", median(decode)},
            {"bare_network_ms", median(bare)},
            {"pipeline_ms", median(whole)},
            {"ratio", median(ratios)},
            {"engine", network->engineName()}};
}

void
printRow(const nlohmann::ordered_json &row)
{
    std::printf("%4dx%-4d %-5s %4dx%-4d %10.2f %8.2f %7.3f %10.2f %10.2f %7.3f\n",
                row["width"].get<int>(), row["height"].get<int>(),
                row["format"].get<std::string>().c_str(), row["input_width"].get<int>(),
                row["input_height"].get<int>(), row["preprocess_ms"].get<double>(),
                row["network_ms"].get<double>(), row["decode_ms"].get<double>(),
                row["bare_network_ms"].get<double>(), row["pipeline_ms"].get<double>(),
                row["ratio"].get<double>());
    std::fflush(stdout);
}

void
printGateRow(const nlohmann::ordered_json &row)
{
    std::printf("%-8s %4d s %10.1f ms %7.3f\n", row["line"].get<std::string>().c_str(),
                row["seconds"].get<int>(), row["cpu_ms"].get<double>(), row["ratio"].get<double>());
}

#ifdef HAVE_MQTT
void
printNotify(const nlohmann::ordered_json &notify)
{
    std::printf("\nhanotify's sink pad, %d pictures each, %d of them delivered\n",
                notify["pictures"].get<int>(), notify["events"].get<int>());
    for (const char *broker : {"up", "down"})
        std::printf("  broker %-4s %7.3f ms (p50), %7.3f ms (p99), %7.3f ms (p99.9), %7.3f ms "
                    "(longest)\n",
                    broker, notify[broker]["p50_ms"].get<double>(),
                    notify[broker]["p99_ms"].get<double>(), notify[broker]["p999_ms"].get<double>(),
                    notify[broker]["max_ms"].get<double>());
    std::printf("  ratio of p99 %.3f\n", notify["ratio_p99"].get<double>());
}
#endif

struct Arguments {
    bool json = false;
    int pairs = 50;
    int gateSeconds = 60;
    int webHookSeconds = 30;
    int notifySeconds = 30;
};

/* None: wrong ones. */
std::optional<Arguments>
parse(std::span<char *const> words)
{
    Arguments arguments;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string_view word = words[i];
        const int number = i + 1 < words.size() ? std::atoi(words[i + 1]) : 0;
        if (word == "--json") {
            arguments.json = true;
            continue;
        }
        int *const value = word == "--pairs"             ? &arguments.pairs
                           : word == "--gate-seconds"    ? &arguments.gateSeconds
                           : word == "--webhook-seconds" ? &arguments.webHookSeconds
                           : word == "--notify-seconds"  ? &arguments.notifySeconds
                                                         : nullptr;
        if (number <= 0 || value == nullptr)
            return std::nullopt;
        *value = number;
        ++i;
    }
    return arguments;
}

nlohmann::ordered_json
measureAll(const Arguments &arguments, const std::string &program)
{
    auto frames = nlohmann::ordered_json::array();
    if (!arguments.json)
        std::puts("frame     format input     preprocess  network  decode  bare net.   pipeline"
                  "   ratio");
    for (const Size size : kSizes)
        for (const char *format : kFormats) {
            frames.push_back(measure(size, format, arguments.pairs));
            if (!arguments.json)
                printRow(frames.back());
        }
    const auto gate = test::measureGate(program, arguments.gateSeconds);
    if (!arguments.json) {
        std::puts("\ngate     time   CPU time           ratio");
        for (const auto &row : gate)
            printGateRow(row);
    }
    const auto webHook = test::measureWebHook(arguments.webHookSeconds);
    if (!arguments.json)
        std::printf(
            "\nweb hook: %d requests, %d started, %d coalesced, %d refused; answered within "
            "%.2f ms (p50), %.2f ms (p99), %.2f ms (longest); %d frames inferred\n",
            webHook["requests"].get<int>(), webHook["started"].get<int>(),
            webHook["coalesced"].get<int>(), webHook["refused"].get<int>(),
            webHook["p50_ms"].get<double>(), webHook["p99_ms"].get<double>(),
            webHook["max_ms"].get<double>(), webHook["frames"].get<int>());
    nlohmann::ordered_json result{{"frames", frames}, {"gate", gate}, {"webhook", webHook}};
#ifdef HAVE_MQTT
    result["notify"] = test::measureNotify(arguments.notifySeconds);
    if (!arguments.json)
        printNotify(result["notify"]);
#endif
    return result;
}

} // namespace

int
main(int argc, char **argv)
{
    const std::span<char *const> words(argv, static_cast<std::size_t>(argc));
    const std::string_view first = argc > 1 ? words[1] : "";
    try {
        if (first == test::kCameraRole)
            return test::beCamera();
        if (first == test::kLineRole && argc == 4)
            return test::beLine(words[2], std::atoi(words[3]));
        if (first == "--help" || first == "-h") {
            std::fputs(kUsage, stdout);
            return 0;
        }
        const auto arguments = parse(words);
        if (!arguments) {
            std::fputs(kUsage, stderr);
            return 2;
        }
        gst_init(nullptr, nullptr);
        registerFaceMeta();
        const auto measured = measureAll(*arguments, words[0]);
        if (arguments->json)
            std::puts(measured.dump(2).c_str());
    } catch (const std::exception &error) {
        std::fprintf(stderr, "bench: %s\n", error.what());
        return 1;
    }
    return 0;
}
