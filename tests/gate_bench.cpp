/* SPDX-License-Identifier: MIT */
#include "gate_bench.h"

#include "gstutil/gst_ptr.h"

#include "support/camera_faults.h"
#include "support/files.h"

#include <gst/gst.h>

#include <sys/resource.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <vector>

namespace hafaces::test {

namespace {

using namespace std::chrono_literals;

constexpr auto kFrameInterval = 100ms;
constexpr auto kSettling = 2s; /* loading, connecting, learning the scene */

struct Line {
    const char *name;
    const char *gate;
};

constexpr std::array kLines{Line{"ungated", ""}, Line{"idle", "! hatrigger "},
                            Line{"motion", "! hatrigger motion=true "}};

/* A process of this program, and what it writes. */
class Child {
public:
    explicit Child(std::vector<std::string> arguments)
    {
        std::vector<const gchar *> argv;
        for (const std::string &argument : arguments)
            argv.push_back(argument.c_str());
        argv.push_back(nullptr);
        process_.reset(
            g_subprocess_newv(argv.data(),
                              static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                                            G_SUBPROCESS_FLAGS_STDOUT_PIPE),
                              nullptr));
        if (!process_)
            throw std::runtime_error("can't start " + arguments.at(0));
        lines_.reset(g_data_input_stream_new(g_subprocess_get_stdout_pipe(process_.get())));
    }

    /* Waits for it. */
    std::string readLine()
    {
        const GMemPtr<char> line(
            g_data_input_stream_read_line(lines_.get(), nullptr, nullptr, nullptr));
        if (!line)
            throw std::runtime_error("a process of the benchmark failed: is GST_PLUGIN_PATH set?");
        return line.get();
    }

    /* It ends with its input. */
    ~Child()
    {
        if (!process_)
            return;
        g_output_stream_close(g_subprocess_get_stdin_pipe(process_.get()), nullptr, nullptr);
        g_subprocess_wait(process_.get(), nullptr, nullptr);
    }
    Child(Child &&) = default;
    Child &operator=(Child &&) = delete;

private:
    GObjectPtr<GSubprocess> process_;
    GObjectPtr<GDataInputStream> lines_;
};

double
cpuSeconds()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval &time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace

int
beCamera()
{
    FakeServer camera(goodStream(fileText(TEST_DATA_DIR "/dark.jpg"), kFrameInterval));
    std::puts(camera.url().c_str());
    std::fflush(stdout);
    while (std::getchar() != EOF)
        ;
    return 0;
}

int
beLine(const std::string &line, int seconds)
{
    gst_init(nullptr, nullptr);
    const auto pipeline = sinkFloating(gst_parse_launch(line.c_str(), nullptr));
    if (!pipeline ||
        gst_element_set_state(pipeline.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
        return 1;
    std::this_thread::sleep_for(kSettling);
    const double before = cpuSeconds();
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
    std::printf("%f\n", cpuSeconds() - before);
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    return 0;
}

nlohmann::ordered_json
measureGate(const std::string &program, int seconds)
{
    Child camera({program, kCameraRole});
    const std::string address = camera.readLine();
    std::vector<Child> children;
    for (const Line &line : kLines)
        children.emplace_back(std::vector<std::string>{program, kLineRole,
                                                       "hacamerasrc location=" + address + " " +
                                                           line.gate +
                                                           "! jpegdec ! fakesink async=false",
                                                       std::to_string(seconds)});
    auto rows = nlohmann::ordered_json::array();
    double ungated = 0;
    for (std::size_t i = 0; i < kLines.size(); ++i) {
        const double cpu = std::stod(children[i].readLine());
        if (i == 0)
            ungated = cpu;
        rows.push_back({{"line", kLines[i].name},
                        {"seconds", seconds},
                        {"cpu_ms", cpu * 1000},
                        {"ratio", cpu / ungated}});
    }
    return rows;
}

} // namespace hafaces::test
