/* SPDX-License-Identifier: MIT */
#include "core/face_detector.h"

#include "support/bad_models.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace hafaces {
namespace {

class BadModel : public testing::TestWithParam<test::BadModelCase> {
protected:
    test::TemporaryFolder folder_;
};

TEST_P(BadModel, IsRefusedByNameAndReason)
{
    const std::string file = GetParam().make(folder_.path(), TEST_MODEL);
    try {
        FaceDetector detector(FaceDetector::specFor(file));
        FAIL() << "loaded";
    } catch (const std::runtime_error &error) {
        const std::string text = error.what();
        EXPECT_NE(std::string::npos, text.find(file)) << text;
        EXPECT_NE(std::string::npos, text.find(GetParam().reason)) << text;
    }
}

INSTANTIATE_TEST_SUITE_P(All, BadModel, testing::ValuesIn(test::badModels()),
                         [](const auto &each) { return each.param.name; });

TEST(SharedNetwork, IsTheSameForEqualSpecifications)
{
    const auto spec = FaceDetector::specFor(TEST_MODEL);
    const auto first = sharedNetwork(spec);
    EXPECT_EQ(first, sharedNetwork(spec));
}

TEST(SharedNetwork, IsFreedByItsLastUser)
{
    const auto spec = FaceDetector::specFor(TEST_MODEL);
    std::weak_ptr<Network> watch;
    {
        const auto first = sharedNetwork(spec);
        const auto second = sharedNetwork(spec);
        watch = first;
    }
    EXPECT_TRUE(watch.expired());
}

TEST(SharedNetwork, LoadsAFileAnewThatWasReplaced)
{
    const test::TemporaryFolder folder;
    const std::string file = folder.path() + "/model.onnx";
    std::filesystem::copy_file(TEST_MODEL, file);
    const auto before = sharedNetwork(FaceDetector::specFor(file));
    std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) +
                                               std::chrono::seconds(2));
    EXPECT_NE(before, sharedNetwork(FaceDetector::specFor(file)));
}

} // namespace
} // namespace hafaces
