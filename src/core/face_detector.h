/* SPDX-License-Identifier: MIT */
#pragma once

#include "face.h"
#include "image_view.h"
#include "network.h"
#include "preprocess.h"
#include "ssd_decoder.h"

#include <memory>
#include <optional>
#include <vector>

namespace hafaces {

enum class InputShape {
    FollowFrame, /* longest side = inputSize, the other as long as the frame needs, rounded up */
    Square       /* as the original: the frame padded to a square */
};

struct DetectorSettings {
    int inputSize = 512; /* longest side of the network's input, px; a multiple of 32 */
    InputShape inputShape = InputShape::FollowFrame;
    float minConfidence = 0.5F;
    std::size_t maxFaces = 100;
    float minFaceSize = 0; /* the shorter side of a box, px of the frame */
};

/* The network's input for a frame. */
Size inputSizeFor(Size frame, const DetectorSettings &settings);

/* Any size rounded up to what the network takes. */
int roundUpToInputStep(int size);

/*
 * Preprocessing, network, decoding and suppression in one call. One instance serves one thread;
 * several may share a network.
 */
class FaceDetector {
public:
    /* Opens the model, or shares it; runs it once on a small input to see that it is of the right
     * kind. Throws std::runtime_error, naming the file. */
    explicit FaceDetector(const NetworkSpec &spec);

    /* Milliseconds of each step of the last detect(). */
    struct Timing {
        double preprocess = 0;
        double network = 0;
        double decode = 0;
        double total() const { return preprocess + network + decode; }
    };

    /* Faces, surest first, in pixels of the frame and within it. Throws std::runtime_error. */
    std::vector<Face> detect(const ImageView &image, const DetectorSettings &settings);

    const Timing &timing() const { return timing_; }
    const std::string &model() const { return modelId_; }
    const char *engineName() const { return network_->engineName(); }

    /* The outputs that a detection model must have. */
    static NetworkSpec specFor(std::string modelFile);

private:
    std::vector<ScoredBox> infer(Size input, float minScore);

    std::string modelFile_;
    std::string modelId_;
    std::shared_ptr<Network> network_;
    Preprocessor preprocessor_;
    std::optional<SsdDecoder> decoder_; /* for decoderInput_ */
    Size decoderInput_;
    std::vector<float> tensor_;
    Timing timing_;
};

} // namespace hafaces
