/* SPDX-License-Identifier: MIT */
/*
 * camera_soak FAULTS: a camera that fails so often, in every way that we know, and is well again
 * each time. Says how long it took until pictures came again, and how much memory grew.
 */
#include "support/camera_faults.h"
#include "support/files.h"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>

using namespace hafaces;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTimeout = 20ms;
constexpr auto kPatience = 20s;
constexpr std::size_t kMiB = 1 << 20;

class Listener final : public CameraClient::Listener {
public:
    void onPicture(MjpegParser::Picture &&) override { count(pictures_); }
    void onConnected() override {}
    void onLost(CameraFault, const std::string &) override { count(losses_); }

    bool waitForLoss() { return waitFor(losses_); }
    bool waitForPicture() { return waitFor(pictures_); }

private:
    void count(int &what)
    {
        const std::lock_guard lock(mutex_);
        ++what;
        changed_.notify_all();
    }

    bool waitFor(const int &what)
    {
        std::unique_lock lock(mutex_);
        const int before = what;
        return changed_.wait_for(lock, kPatience, [&] { return what > before; });
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    int pictures_ = 0; /* protected by mutex_ */
    int losses_ = 0;   /* protected by mutex_ */
};

template<typename T>
T
median(std::vector<T> values)
{
    std::sort(values.begin(), values.end());
    return values.at(values.size() / 2);
}

} // namespace

int
main(int argc, char **argv)
{
    const int count = argc == 2 ? std::atoi(argv[1]) : 0;
    if (count <= 0) {
        std::fputs("Usage: camera-soak FAULTS\n", stderr);
        return 2;
    }
    const std::string picture = test::fileText(TEST_DATA_DIR "/mjpeg/astronaut-head.jpg");
    const auto faults = test::cameraFaults(picture);
    test::FakeServer camera(test::goodStream(picture));
    Listener listener;
    CameraSettings settings;
    settings.location = camera.url();
    settings.connectTimeout = settings.stallTimeout = settings.maxBackoff = kTimeout;
    CameraClient client(settings, listener);

    std::vector<std::size_t> memory;
    std::vector<double> recoveries; /* ms */
    for (int i = 0; i < count; ++i) {
        const auto &fault = faults[static_cast<std::size_t>(i) % faults.size()];
        camera.setHandler(fault.handler);
        camera.dropAll();
        if (!listener.waitForLoss()) {
            std::printf("%s was not noticed\n", fault.name);
            return 1;
        }
        camera.setHandler(test::goodStream(picture));
        const auto well = Clock::now();
        if (!listener.waitForPicture()) {
            std::printf("no picture came after %s\n", fault.name);
            return 1;
        }
        recoveries.push_back(
            std::chrono::duration<double, std::milli>(Clock::now() - well).count());
        memory.push_back(test::residentBytes());
    }
    std::printf("%d faults; pictures again after %.1f ms (median), %.1f ms (longest)\n", count,
                median(recoveries), *std::max_element(recoveries.begin(), recoveries.end()));
    if (count < 300)
        return 0;
    const std::size_t early = median(std::vector(memory.begin() + 100, memory.begin() + 200));
    const std::size_t late = median(std::vector(memory.end() - 100, memory.end()));
    std::printf("memory after 100 to 200 faults %.1f MiB, at the end %.1f MiB\n",
                static_cast<double>(early) / kMiB, static_cast<double>(late) / kMiB);
    return late > early + 5 * kMiB ? 1 : 0;
}
