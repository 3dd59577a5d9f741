/* SPDX-License-Identifier: MIT */
#include "golden.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace hafaces::test {

namespace {

using nlohmann::json;

std::vector<ScoredBox>
boxesOf(const json &list)
{
    std::vector<ScoredBox> boxes;
    for (const json &each : list) {
        const auto box = each.at("box").get<std::vector<float>>();
        boxes.push_back({{box.at(0), box.at(1), box.at(2), box.at(3)}, each.at("score")});
    }
    return boxes;
}

PixelRect
pixelsOf(const json &numbers)
{
    return {numbers.at(0), numbers.at(1), numbers.at(2), numbers.at(3)};
}

std::vector<GoldenFace>
detailsOf(const json &list)
{
    std::vector<GoldenFace> faces;
    for (const json &each : list) {
        if (!each.contains("descriptor"))
            continue;
        GoldenFace face;
        const auto box = each.at("box").get<std::vector<float>>();
        face.box = {box.at(0), box.at(1), box.at(2), box.at(3)};
        face.landmarkCrop = pixelsOf(each.at("landmark_crop"));
        face.alignment = pixelsOf(each.at("align_rect"));
        face.descriptor = each.at("descriptor").get<Descriptor>();
        const auto points = each.at("landmarks68").get<std::vector<std::array<float, 2>>>();
        for (std::size_t i = 0; i < face.landmarks.size(); ++i)
            face.landmarks[i] = {points.at(i)[0], points.at(i)[1]};
        faces.push_back(face);
    }
    return faces;
}

std::string
folderFrom(const char *variable, const char *otherwise)
{
    const char *value = std::getenv(variable);
    return value != nullptr ? value : otherwise;
}

} // namespace

std::string
folderOfPictures()
{
    return folderFrom("HAFACES_PICTURES", TEST_DATA_DIR);
}

std::string
folderOfGoldens()
{
    return folderFrom("HAFACES_GOLDENS", TEST_DATA_DIR "/golden");
}

std::vector<Golden>
loadGoldens(const std::string &folder)
{
    std::vector<Golden> goldens;
    for (const auto &entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream stream(entry.path());
        const json golden = json::parse(stream);
        if (!golden.is_object() || !golden.contains("faces"))
            continue; /* the oracle's matcher.json */
        goldens.push_back({entry.path().stem().string(),
                           golden.at("image"),
                           golden.at("sha256_rgb"),
                           {golden.at("width"), golden.at("height")},
                           boxesOf(golden.at("faces")),
                           boxesOf(golden.at("ssd_over_0_1")),
                           detailsOf(golden.at("faces"))});
    }
    std::sort(goldens.begin(), goldens.end(),
              [](const Golden &a, const Golden &b) { return a.name < b.name; });
    return goldens;
}

std::string
testName(const std::string &text)
{
    std::string name = text;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
    return name;
}

} // namespace hafaces::test
