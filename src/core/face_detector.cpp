/* SPDX-License-Identifier: MIT */
#include "face_detector.h"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace hafaces {

namespace {

constexpr int kInputStep = 32;
constexpr int kProbeSide = 128;
constexpr float kMaxOverlap = 0.5F;

double
millisecondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
        .count();
}

} // namespace

int
roundUpToInputStep(int size)
{
    return (size + kInputStep - 1) / kInputStep * kInputStep;
}

Size
inputSizeFor(Size frame, const DetectorSettings &settings)
{
    const int longest = settings.inputSize;
    if (settings.inputShape == InputShape::Square)
        return {longest, longest};
    /* The input needs a pixel for each step within the frame. */
    const double step = InputFit(frame, longest).step();
    const auto side = [&](int length) {
        const int pixels = static_cast<int>(std::ceil(length / step));
        return roundUpToInputStep(std::clamp(pixels, 1, longest));
    };
    return {side(frame.width), side(frame.height)};
}

NetworkSpec
FaceDetector::specFor(std::string modelFile)
{
    return {std::move(modelFile), {"boxes", "scores"}, Engine::Auto, 0};
}

FaceDetector::FaceDetector(const NetworkSpec &spec)
    : modelFile_{spec.modelFile}
    , modelId_{hafaces::modelId(spec.modelFile)}
    , network_{sharedNetwork(spec)}
{
    /* Landscape, so that a model of fixed shape is found out here and not at the first frame. */
    const Size probe{kProbeSide, kProbeSide / 2};
    tensor_.assign(3U * kProbeSide * (kProbeSide / 2), 0.0F);
    infer(probe, 1);
}

std::vector<ScoredBox>
FaceDetector::infer(Size input, float minScore)
{
    const auto start = std::chrono::steady_clock::now();
    const auto outputs = network_->run(tensor_, input);
    timing_.network = millisecondsSince(start);
    if (!decoder_ || decoderInput_ != input) {
        decoder_.emplace(input);
        decoderInput_ = input;
    }
    try {
        return decoder_->decode(outputs.at(0), outputs.at(1), minScore);
    } catch (const std::exception &error) {
        throw std::runtime_error("model " + modelFile_ + ": " + error.what());
    }
}

std::vector<Face>
FaceDetector::detect(const ImageView &image, const DetectorSettings &settings)
{
    const auto start = std::chrono::steady_clock::now();
    const Size input = inputSizeFor(image.size, settings);
    tensor_.resize(3U * static_cast<std::size_t>(input.width) *
                   static_cast<std::size_t>(input.height));
    preprocessor_.run(image, input, settings.inputSize, tensor_);
    timing_.preprocess = millisecondsSince(start);

    const auto candidates = infer(input, settings.minConfidence);
    const InputFit fit(image.size, settings.inputSize);
    std::vector<Face> faces;
    for (const auto &[box, score] : suppressOverlapping(candidates, kMaxOverlap)) {
        const Rect inFrame = clampTo(fit.toFrame(box), image.size);
        if (inFrame.area() <= 0 || std::min(inFrame.width, inFrame.height) < settings.minFaceSize)
            continue;
        if (faces.size() == settings.maxFaces)
            break;
        faces.push_back({inFrame, score, std::nullopt});
    }
    timing_.decode = millisecondsSince(start) - timing_.preprocess - timing_.network;
    return faces;
}

} // namespace hafaces
