/* SPDX-License-Identifier: MIT */
#include "net/file_publisher.h"

#include "support/temporary_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hafaces {
namespace {

namespace fs = std::filesystem;

std::string
read(const fs::path &file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<nlohmann::json>
readLines(const fs::path &file)
{
    std::vector<nlohmann::json> lines;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(nlohmann::json::parse(line));
    return lines;
}

FaceEvent
eventWithId(const std::string &id)
{
    FaceEvent event;
    event.id = id;
    return event;
}

std::vector<std::uint8_t>
bytes(const std::string &text)
{
    return {text.begin(), text.end()};
}

/* While it lives, no file of this process can grow beyond `size`: like a disk that is full. */
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t size)
    {
        getrlimit(RLIMIT_FSIZE, &before_);
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{size, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit()
    {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit &) = delete;
    FileSizeLimit &operator=(const FileSizeLimit &) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};

class FileTransport : public testing::Test {
protected:
    fs::path file(const std::string &name) const { return fs::path(folder_.path()) / name; }

    std::vector<std::string> names() const
    {
        std::vector<std::string> result;
        for (const auto &entry : fs::directory_iterator(folder_.path()))
            result.push_back(entry.path().filename());
        std::sort(result.begin(), result.end());
        return result;
    }

    const test::TemporaryFolder folder_;
    FilePublisher publisher_{folder_.path()};
};

TEST_F(FileTransport, MakesTheFolderWithItsParents)
{
    FilePublisher publisher(file("a/b/c"));
    publisher.open();
    publisher.publishEvent(eventWithId("1"));
    EXPECT_EQ(1U, readLines(file("a/b/c/events.jsonl")).size());
}

TEST_F(FileTransport, AppendsOneLineAnEvent)
{
    publisher_.open();
    publisher_.publishEvent(eventWithId("1"));
    FilePublisher again(folder_.path());
    again.open();
    again.publishEvent(eventWithId("2"));
    const auto lines = readLines(file("events.jsonl"));
    ASSERT_EQ(2U, lines.size());
    EXPECT_EQ("1", lines[0]["id"]);
    EXPECT_EQ("2", lines[1]["id"]);
}

TEST_F(FileTransport, ReplacesThePictureInOneStep)
{
    publisher_.open();
    publisher_.publishImage(bytes("first"));
    std::ifstream reader(file("last-detection.jpg"));
    publisher_.publishImage(bytes("second, longer"));
    EXPECT_EQ("first", std::string(std::istreambuf_iterator<char>(reader), {}))
        << "who has the old picture open keeps it whole";
    EXPECT_EQ("second, longer", read(file("last-detection.jpg")));
    EXPECT_EQ((std::vector<std::string>{"events.jsonl", "last-detection.jpg"}), names());
}

TEST_F(FileTransport, KeepsFacesFromOtherUsers)
{
    publisher_.open();
    publisher_.publishImage(bytes("picture"));
    publisher_.publishEvent(eventWithId("1"));
    for (const char *name : {"last-detection.jpg", "events.jsonl"}) {
        struct stat status {};
        ASSERT_EQ(0, ::stat(file(name).c_str(), &status));
        EXPECT_EQ(0U, status.st_mode & S_IRWXO) << name;
    }
}

TEST_F(FileTransport, RotatesAndKeepsFive)
{
    const std::size_t line = toJson(eventWithId("00")).size() + 1;
    FilePublisher small(folder_.path(), 2 * line);
    small.open();
    for (int i = 10; i < 30; ++i)
        small.publishEvent(eventWithId(std::to_string(i)));
    EXPECT_EQ((std::vector<std::string>{"events.jsonl", "events.jsonl.1", "events.jsonl.2",
                                        "events.jsonl.3", "events.jsonl.4", "events.jsonl.5"}),
              names());
    EXPECT_EQ("28", readLines(file("events.jsonl")).at(0)["id"]);
    EXPECT_EQ("29", readLines(file("events.jsonl")).at(1)["id"]);
    EXPECT_EQ("26", readLines(file("events.jsonl.1")).at(0)["id"]);
    EXPECT_EQ("18", readLines(file("events.jsonl.5")).at(0)["id"]);
}

TEST_F(FileTransport, WritesAnEventThatIsLongerThanAFileMayBe)
{
    FilePublisher tiny(folder_.path(), 1);
    tiny.open();
    tiny.publishEvent(eventWithId("1"));
    tiny.publishEvent(eventWithId("2"));
    EXPECT_EQ("2", readLines(file("events.jsonl")).at(0)["id"]);
    EXPECT_EQ("1", readLines(file("events.jsonl.1")).at(0)["id"]);
}

struct TornCase {
    const char *name;
    std::string before;
    std::string after;
};

class TornEvents : public FileTransport, public testing::WithParamInterface<TornCase> {};

TEST_P(TornEvents, AreMended)
{
    std::ofstream(file("events.jsonl")) << GetParam().before;
    publisher_.open();
    EXPECT_EQ(GetParam().after, read(file("events.jsonl")));
}

INSTANTIATE_TEST_SUITE_P(All, TornEvents,
                         testing::Values(TornCase{"Empty", "", ""},
                                         TornCase{"Whole", "{}\n{}\n", "{}\n{}\n"},
                                         TornCase{"LastLine", "{}\n{\"a\":", "{}\n"},
                                         TornCase{"OnlyLine", "{\"a\":", ""}),
                         [](const auto &each) { return std::string(each.param.name); });

TEST_F(FileTransport, LeavesNoPartOfAnEventOnAFullDisk)
{
    publisher_.open();
    publisher_.publishEvent(eventWithId("1"));
    const std::string before = read(file("events.jsonl"));
    {
        const FileSizeLimit full(before.size() + 20);
        EXPECT_THROW(publisher_.publishEvent(eventWithId("2")), std::runtime_error);
        EXPECT_EQ(before, read(file("events.jsonl")));
    }
    publisher_.publishEvent(eventWithId("3"));
    EXPECT_EQ("3", readLines(file("events.jsonl")).at(1)["id"]);
}

TEST_F(FileTransport, KeepsTheOldPictureOnAFullDisk)
{
    publisher_.open();
    publisher_.publishImage(bytes("old"));
    const FileSizeLimit full(100);
    try {
        publisher_.publishImage(std::vector<std::uint8_t>(1000));
        FAIL() << "written";
    } catch (const std::runtime_error &error) {
        EXPECT_NE(std::string::npos, std::string(error.what()).find("last-detection.jpg: "))
            << error.what();
    }
    EXPECT_EQ("old", read(file("last-detection.jpg")));
    EXPECT_EQ((std::vector<std::string>{"events.jsonl", "last-detection.jpg"}), names());
}

TEST_F(FileTransport, SaysWhichFolderCannotBeMade)
{
    std::ofstream(file("taken")) << "a file";
    FilePublisher publisher(file("taken/folder"));
    try {
        publisher.open();
        FAIL() << "opened";
    } catch (const std::runtime_error &error) {
        EXPECT_NE(std::string::npos, std::string(error.what()).find(file("taken/folder").string()))
            << error.what();
    }
}

TEST_F(FileTransport, SaysWhichFileCannotBeWritten)
{
    fs::create_directory(file("events.jsonl"));
    try {
        publisher_.open();
        FAIL() << "opened";
    } catch (const std::runtime_error &error) {
        EXPECT_NE(std::string::npos, std::string(error.what()).find(file("events.jsonl").string()))
            << error.what();
    }
}

} // namespace
} // namespace hafaces
