/* SPDX-License-Identifier: MIT */
#pragma once

#include "temporary_folder.h"

#include <fstream>
#include <functional>
#include <vector>

namespace hafaces::test {

/* A model file that can't be used, and a word of what has to be said about it. */
struct BadModelCase {
    std::string name;
    /* Makes it in `folder` from the good model; returns its path. */
    std::function<std::string(const std::string &folder, const std::string &good)> make;
    std::string reason;
};

inline std::string
writeFile(const std::string &file, const std::string &content)
{
    std::ofstream(file, std::ios::binary) << content;
    return file;
}

inline std::string
readFile(const std::string &file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/* The good model with every `name` replaced by one of the same length. */
inline std::string
withOutputRenamed(const std::string &good, const std::string &name, const std::string &other)
{
    std::string bytes = readFile(good);
    for (auto at = bytes.find(name); at != std::string::npos; at = bytes.find(name, at + 1))
        bytes.replace(at, name.size(), other);
    return bytes;
}

inline std::vector<BadModelCase>
badModels()
{
    return {
        {"Missing", [](const auto &folder, const auto &) { return folder + "/none.onnx"; },
         "No such file"},
        {"Folder", [](const auto &folder, const auto &) { return folder; }, "not a file"},
        {"Empty",
         [](const auto &folder, const auto &) { return writeFile(folder + "/m.onnx", ""); },
         "empty"},
        {"Truncated",
         [](const auto &folder, const auto &good) {
             const std::string whole = readFile(good);
             return writeFile(folder + "/m.onnx", whole.substr(0, whole.size() / 2));
         },
         "not a readable ONNX network"},
        {"NotOnnx",
         [](const auto &folder, const auto &) {
             return writeFile(folder + "/m.onnx", "<html>Please log in</html>\n");
         },
         "not a readable ONNX network"},
        {"WithoutScores",
         [](const auto &folder, const auto &good) {
             return writeFile(folder + "/m.onnx", withOutputRenamed(good, "scores", "marks!"));
         },
         "output 'scores' missing"},
        {"WithoutBoxes",
         [](const auto &folder, const auto &good) {
             return writeFile(folder + "/m.onnx", withOutputRenamed(good, "boxes", "frame"));
         },
         "output 'boxes' missing"},
    };
}

} // namespace hafaces::test
