/* SPDX-License-Identifier: MIT */
#include "webhook_bench.h"

#include "gstutil/gst_ptr.h"

#include "support/http_request.h"

#include <gst/gst.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace hafaces::test {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kInterval = std::chrono::milliseconds(20);

guint64
count(GstElement *gate, const char *name)
{
    GstStructure *stats = nullptr;
    g_object_get(gate, "stats", &stats, nullptr);
    guint64 value = 0;
    gst_structure_get_uint64(stats, name, &value);
    gst_structure_free(stats);
    return value;
}

} // namespace

nlohmann::ordered_json
measureWebHook(int seconds)
{
    const int port = freePort();
    const std::string line =
        "videotestsrc pattern=snow ! video/x-raw,format=I420,width=640,height=480 ! "
        "hatrigger name=gate idle=pass port=" +
        std::to_string(port) + " ! hafacedetect name=detector threads=1 ! fakesink name=sink";
    const auto pipeline = sinkFloating(gst_parse_launch(line.c_str(), nullptr));
    if (!pipeline ||
        gst_element_set_state(pipeline.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE ||
        gst_element_get_state(pipeline.get(), nullptr, nullptr, 30 * GST_SECOND) !=
            GST_STATE_CHANGE_SUCCESS)
        throw std::runtime_error("the web hook's line does not start: is GST_PLUGIN_PATH set?");
    const GObjectPtr<GstElement> gate(gst_bin_get_by_name(GST_BIN(pipeline.get()), "gate"));
    const guint64 framesBefore = count(gate.get(), "frames-through");

    std::vector<double> taken;
    int answered = 0;
    const auto begin = Clock::now();
    for (auto due = begin; due < begin + std::chrono::seconds(seconds); due += kInterval) {
        std::this_thread::sleep_until(due);
        const auto sent = Clock::now();
        answered += httpGet(port, "/motion-detected").find("\"outcome\"") != std::string::npos;
        taken.push_back(std::chrono::duration<double, std::milli>(Clock::now() - sent).count());
    }
    nlohmann::ordered_json row{{"requests", taken.size()},
                               {"answered", answered},
                               {"started", count(gate.get(), "started")},
                               {"coalesced", count(gate.get(), "coalesced")},
                               {"refused", count(gate.get(), "refused")},
                               {"frames", count(gate.get(), "frames-through") - framesBefore}};
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    std::ranges::sort(taken);
    row["p50_ms"] = taken[taken.size() / 2];
    row["p99_ms"] = taken[taken.size() * 99 / 100];
    row["max_ms"] = taken.back();
    return row;
}

} // namespace hafaces::test
