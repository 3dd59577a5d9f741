/* SPDX-License-Identifier: MIT */
#include "fair_mutex.h"
#include "network_engines.h"

#include <opencv2/dnn.hpp>

#include <array>
#include <stdexcept>

namespace hafaces {

namespace {

/* OpenCV's texts carry its version, file and line; the sentence for the user is in `err`. */
std::string
reasonOf(const cv::Exception &error)
{
    return error.err.empty() ? error.what() : error.err;
}

/* OpenCV calls the layer of an output "onnx_node!NAME" or "onnx_node_output_0!NAME". */
cv::String
layerOfOutput(const cv::dnn::Net &net, const std::string &output)
{
    for (const cv::String &layer : net.getUnconnectedOutLayersNames())
        if (layer.substr(layer.rfind('!') + 1) == output)
            return layer;
    throw std::runtime_error("output '" + output + "' missing");
}

class OpenCvNetwork final : public Network {
public:
    explicit OpenCvNetwork(const NetworkSpec &spec)
        : file_{spec.modelFile}
        , net_{cv::dnn::readNetFromONNX(spec.modelFile)}
    {
        if (net_.empty())
            throw std::runtime_error("no layers in it");
        outputs_.reserve(spec.outputs.size());
        for (const std::string &output : spec.outputs)
            outputs_.push_back(layerOfOutput(net_, output));
        net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        net_.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
        /* OpenCV's threads are the whole process's: only on request. */
        if (spec.threads > 0)
            cv::setNumThreads(spec.threads);
    }

    std::vector<Tensor> run(std::span<const float> input, Size size) override
    {
        const std::array<int, 4> shape{1, 3, size.height, size.width};
        /* Only read; OpenCV has no Mat of const pixels. */
        const cv::Mat blob(4, shape.data(), CV_32F, const_cast<float *>(input.data()));
        const std::lock_guard lock(mutex_);
        try {
            std::vector<cv::Mat> results;
            net_.setInput(blob);
            net_.forward(results, outputs_);
            std::vector<Tensor> tensors;
            tensors.reserve(results.size());
            for (const cv::Mat &result : results)
                tensors.push_back(copyOf(result));
            return tensors;
        } catch (const cv::Exception &error) {
            throw std::runtime_error("model " + file_ + ": " + reasonOf(error));
        }
    }

    const char *engineName() const override { return "opencv"; }

private:
    /* The next run overwrites what OpenCV returned. */
    static Tensor copyOf(const cv::Mat &result)
    {
        CV_Assert(result.type() == CV_32F && result.isContinuous());
        const float *values = result.ptr<float>();
        return {{result.size.p, result.size.p + result.dims}, {values, values + result.total()}};
    }

    std::string file_;
    FairMutex mutex_;
    cv::dnn::Net net_; /* protected by mutex_ */
    std::vector<cv::String> outputs_;
};

} // namespace

std::shared_ptr<Network>
loadOpenCvNetwork(const NetworkSpec &spec)
{
    const std::string model = "model " + spec.modelFile + ": ";
    try {
        return std::make_shared<OpenCvNetwork>(spec);
    } catch (const cv::Exception &error) {
        throw std::runtime_error(model + "not a readable ONNX network (" + reasonOf(error) + ")");
    } catch (const std::exception &error) {
        throw std::runtime_error(model + error.what());
    }
}

} // namespace hafaces
