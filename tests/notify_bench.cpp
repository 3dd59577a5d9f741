/* SPDX-License-Identifier: MIT */
#include "notify_bench.h"

#include "support/http_request.h"
#include "support/mosquitto.h"
#include "support/notify_source.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace hafaces::test {

namespace {

using namespace std::chrono_literals;

constexpr auto kInterval = 10ms;
constexpr int kPicturesASecond = 1s / kInterval;

double
percentile(std::vector<double> &values, double part)
{
    const auto index = static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + index, values.end());
    return values[static_cast<std::size_t>(index)];
}

std::string
mqttAt(int port)
{
    return "transport=mqtt location=mqtt://127.0.0.1:" + std::to_string(port);
}

} // namespace

nlohmann::ordered_json
measureNotify(int seconds)
{
    const Mosquitto broker;
    NotifySource up(mqttAt(broker.port()));
    NotifySource down(mqttAt(freePort()));
    std::vector<double> upMs, downMs;
    auto next = std::chrono::steady_clock::now() + 1s; /* the broker is found */
    for (int i = 0; i < seconds * kPicturesASecond; ++i, next += kInterval) {
        const std::string trigger = std::to_string(i);
        const auto measure = [&](NotifySource &source, std::vector<double> &into) {
            into.push_back(std::chrono::duration<double, std::milli>(source.push(trigger)).count());
        };
        std::this_thread::sleep_until(next);
        measure(i % 2 == 0 ? up : down, i % 2 == 0 ? upMs : downMs);
        std::this_thread::sleep_until(next + kInterval / 2);
        measure(i % 2 == 0 ? down : up, i % 2 == 0 ? downMs : upMs);
    }
    const std::uint64_t events = up.harness().stat("events");
    nlohmann::ordered_json result{{"pictures", upMs.size()}, {"events", events}};
    for (auto &[name, values] : {std::pair("up", &upMs), std::pair("down", &downMs)})
        result[name] = {{"p50_ms", percentile(*values, 0.5)},
                        {"p99_ms", percentile(*values, 0.99)},
                        {"p999_ms", percentile(*values, 0.999)},
                        {"max_ms", percentile(*values, 1)}};
    result["ratio_p99"] =
        result["down"]["p99_ms"].get<double>() / result["up"]["p99_ms"].get<double>();
    return result;
}

} // namespace hafaces::test
