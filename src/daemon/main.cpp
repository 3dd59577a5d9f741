/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <cstdio>
#include <string_view>

namespace {

constexpr const char *kUsage =
    "Usage: hafaces --version | --help\n"
    "\n"
    "Faces at the door, told to Home Assistant. In this version the work is done by GStreamer\n"
    "elements (hafacedetect, facedraw, hanotify); this program only tells its version.\n"
    "\n"
    "  --version   print the version\n"
    "  -h, --help  print this text\n";

constexpr int kWrongUse = 2;

} // namespace

int
main(int argc, char **argv)
{
    const std::string_view argument = argc == 2 ? argv[1] : "";
    if (argument == "--version") {
        std::puts("hafaces " HAFACES_VERSION);
        return 0;
    }
    if (argument == "--help" || argument == "-h") {
        std::fputs(kUsage, stdout);
        return 0;
    }
    std::fputs(kUsage, stderr);
    return kWrongUse;
}
