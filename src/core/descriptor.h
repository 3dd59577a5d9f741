/* SPDX-License-Identifier: MIT */
#pragma once

#include "landmarks.h"

#include <array>
#include <memory>
#include <vector>

namespace hafaces {

/* A face as 128 numbers; those of one person lie near each other. */
using Descriptor = std::array<float, 128>;

/* Euclidean. */
float distance(const Descriptor &a, const Descriptor &b);

/*
 * What face-api.js looks at for a descriptor (FaceLandmarks.align with useDlibAlignment): a square
 * about eyes and mouth, not turned, cut at the picture's edges; it may be empty. `crop`: what the
 * landmarks were found in.
 */
PixelRect faceApiAlignment(const Landmarks &landmarks, const PixelRect &crop, Size picture);

/*
 * What dlib looks at, and trained on (get_face_chip_details): the face turned upright, by five points
 * of the eyes and the nose. From the picture to the network's input.
 */
Similarity uprightAlignment(const Landmarks &landmarks);

/*
 * dlib's face_recognition_resnet_model_v1 as face-api.js has it (FaceRecognitionNet). One instance
 * serves one thread; several may share a network.
 */
class DescriptorNet {
public:
    /* Throws std::runtime_error, naming the file, if it is none or another kind of model. */
    explicit DescriptorNet(const NetworkSpec &spec);

    /* Both throw std::runtime_error. Descriptors of the two ways are not to be compared. */
    Descriptor describe(const ImageView &image, const PixelRect &faceApiAlignment);
    Descriptor describe(const ImageView &image, const Similarity &uprightAlignment);

    static NetworkSpec specFor(std::string modelFile);

private:
    Descriptor run();

    const std::string modelFile_;
    const std::shared_ptr<Network> network_;
    std::vector<float> tensor_;
};

} // namespace hafaces
