/* SPDX-License-Identifier: MIT */
#pragma once

#include "geometry.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace hafaces {

enum class Engine { Auto, OpenCv };

/* A result of a network: numbers in row-major order and the size of each dimension. */
struct Tensor {
    std::vector<int> shape;
    std::vector<float> values;
};

/* What a network is loaded from; users of equal specifications share one loaded network. */
struct NetworkSpec {
    std::string modelFile;            /* ONNX */
    std::vector<std::string> outputs; /* names that the model must have */
    Engine engine = Engine::Auto;
    int threads = 0; /* 0: the engine's own choice */

    friend bool operator==(const NetworkSpec &, const NetworkSpec &) = default;
};

/*
 * A loaded network. run() may be called from any thread; callers are served one after the other,
 * first come first served.
 */
class Network {
public:
    virtual ~Network() = default;

    /*
     * `input`: planar RGB floats, 1 x 3 x size.height x size.width. Returns the outputs in the
     * order of the specification. Throws std::runtime_error, naming the model.
     */
    virtual std::vector<Tensor> run(std::span<const float> input, Size size) = 0;

    virtual const char *engineName() const = 0;
};

/*
 * Loads a network, or returns the one that somebody else holds loaded; the last owner frees it. A
 * file that was replaced on disk since is loaded anew. Throws std::runtime_error that names the
 * file: missing, empty, damaged, not ONNX, without the outputs.
 */
std::shared_ptr<Network> sharedNetwork(const NetworkSpec &spec);

/* The file's name without folder and ending, as told in events: "ssd_mobilenetv1". */
std::string modelId(const std::string &modelFile);

} // namespace hafaces
