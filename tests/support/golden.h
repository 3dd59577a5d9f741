/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/descriptor.h"
#include "core/nms.h"

#include <string>
#include <vector>

namespace hafaces::test {

/* What face-api.js makes of a face that it found. */
struct GoldenFace {
    Rect box;
    PixelRect landmarkCrop;
    Landmarks landmarks;
    PixelRect alignment;
    Descriptor descriptor;
};

/* What face-api.js answers for a picture; see tests/data/README.md. */
struct Golden {
    std::string name;  /* of the golden file, without its ending */
    std::string image; /* file name of the picture */
    std::string sha256Rgb;
    Size size;
    std::vector<ScoredBox> faces;    /* over 0.5, highest score first */
    std::vector<ScoredBox> weak;     /* over 0.1 */
    std::vector<GoldenFace> details; /* of `faces`; empty: not told */
};

/* Those in tests/data, or what the environment's HAFACES_PICTURES and HAFACES_GOLDENS say. */
std::string folderOfPictures();
std::string folderOfGoldens();

/* All golden files of a folder, by name. Throws. */
std::vector<Golden> loadGoldens(const std::string &folder);

/* For the names of parameterised tests: letters, digits and underscores. */
std::string testName(const std::string &text);

} // namespace hafaces::test
