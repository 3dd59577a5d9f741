/* SPDX-License-Identifier: MIT */
/* notify_pusher COUNT INTERVAL-MS PROPERTIES: pushes so many pictures with a face into hanotify, and
 * writes for each its trigger's name and when it was pushed, in ns of CLOCK_MONOTONIC. */
#include "support/notify_source.h"

#include <cstdio>
#include <cstdlib>
#include <thread>

using namespace hafaces;

int
main(int argc, char **argv)
{
    if (argc != 4) {
        std::fputs("Usage: notify_pusher COUNT INTERVAL-MS PROPERTIES\n", stderr);
        return 2;
    }
    gst_init(nullptr, nullptr);
    registerFaceMeta();
    test::NotifySource source(argv[3]);
    const std::chrono::milliseconds interval(std::atoi(argv[2]));
    const int count = std::atoi(argv[1]);
    auto next = std::chrono::steady_clock::now() + std::chrono::seconds(2); /* it connects */
    for (int i = 0; i < count; ++i, next += interval) {
        std::this_thread::sleep_until(next);
        const std::int64_t now = std::chrono::steady_clock::now().time_since_epoch().count();
        source.push("push-" + std::to_string(i));
        std::printf("push-%d %lld\n", i, static_cast<long long>(now));
    }
    std::this_thread::sleep_until(next + std::chrono::seconds(1));
    return source.harness().stat("events") == static_cast<std::uint64_t>(count) ? 0 : 1;
}
