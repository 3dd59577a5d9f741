/* SPDX-License-Identifier: MIT */
#include "file_publisher.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace hafaces {

namespace fs = std::filesystem;

namespace {

constexpr mode_t kOwnerAndGroup = 0660;

[[noreturn]] void
fail(const std::string &what, const fs::path &file)
{
    throw std::runtime_error("can't " + what + " " + file.string() + ": " +
                             std::generic_category().message(errno));
}

class File {
public:
    /* `shown`: what errors call it, where its own name tells people nothing. */
    File(const fs::path &path, int flags, const fs::path &shown)
        : path_{shown}
        , fd_{::open(path.c_str(), flags | O_CLOEXEC, kOwnerAndGroup)}
    {
        if (fd_ < 0)
            fail("open", path_);
    }

    File(const fs::path &path, int flags)
        : File{path, flags, path}
    {
    }

    ~File() { ::close(fd_); }
    File(const File &) = delete;
    File &operator=(const File &) = delete;

    std::size_t size() const
    {
        struct stat status {};
        if (::fstat(fd_, &status) != 0)
            fail("examine", path_);
        return static_cast<std::size_t>(status.st_size);
    }

    void write(const void *data, std::size_t length)
    {
        const auto *at = static_cast<const char *>(data);
        while (length > 0) {
            const ssize_t written = ::write(fd_, at, length);
            if (written < 0 && errno != EINTR)
                fail("write", path_);
            const auto step = static_cast<std::size_t>(std::max<ssize_t>(written, 0));
            at += step;
            length -= step;
        }
    }

    std::string read(std::size_t from, std::size_t length) const
    {
        std::string text(length, '\0');
        const ssize_t got = ::pread(fd_, text.data(), length, static_cast<off_t>(from));
        if (got < 0)
            fail("read", path_);
        text.resize(static_cast<std::size_t>(got));
        return text;
    }

    void cutTo(std::size_t length)
    {
        if (::ftruncate(fd_, static_cast<off_t>(length)) != 0)
            fail("cut", path_);
    }

    void flushToDisk()
    {
        if (::fsync(fd_) != 0)
            fail("write", path_);
    }

private:
    fs::path path_;
    int fd_;
};

fs::path
withSuffix(const fs::path &path, const std::string &suffix)
{
    fs::path result = path;
    result += suffix;
    return result;
}

/* A name of its own for each writer: two cameras may share a folder. */
fs::path
temporaryNameFor(const fs::path &file, const void *writer)
{
    return withSuffix(file, "." + std::to_string(::getpid()) + "-" +
                                std::to_string(reinterpret_cast<std::uintptr_t>(writer)) + ".part");
}

} // namespace

FilePublisher::FilePublisher(fs::path folder, std::size_t rotateAtBytes)
    : folder_{std::move(folder)}
    , image_{folder_ / "last-detection.jpg"}
    , events_{folder_ / "events.jsonl"}
    , rotateAtBytes_{rotateAtBytes}
{
}

void
FilePublisher::open()
{
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error)
        throw std::runtime_error("can't make the folder " + folder_.string() + ": " +
                                 error.message());
    mendLastLine();
}

void
FilePublisher::mendLastLine() const
{
    constexpr std::size_t kLongestLine = 1 << 20;
    File file(events_, O_RDWR | O_CREAT);
    const std::size_t size = file.size();
    const std::size_t from = size - std::min(size, kLongestLine);
    const std::string tail = file.read(from, size - from);
    if (tail.empty() || tail.back() == '\n')
        return;
    const auto lineEnd = tail.rfind('\n');
    file.cutTo(from + (lineEnd == std::string::npos ? 0 : lineEnd + 1));
}

void
FilePublisher::publishImage(std::span<const std::uint8_t> jpeg)
{
    const fs::path temporary = temporaryNameFor(image_, this);
    try {
        File file(temporary, O_WRONLY | O_CREAT | O_TRUNC, image_);
        file.write(jpeg.data(), jpeg.size());
        file.flushToDisk(); /* else a power cut may leave an empty file under the final name */
        if (::rename(temporary.c_str(), image_.c_str()) != 0)
            fail("replace", image_);
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
}

void
FilePublisher::publishEvent(const FaceEvent &event)
{
    const std::string line = toJson(event) + "\n";
    const std::size_t written = File(events_, O_WRONLY | O_CREAT).size();
    if (written > 0 && written + line.size() > rotateAtBytes_)
        rotate();
    File file(events_, O_WRONLY | O_CREAT | O_APPEND);
    const std::size_t before = file.size();
    try {
        file.write(line.data(), line.size());
    } catch (...) {
        file.cutTo(before); /* a full disk may have taken half a line */
        throw;
    }
}

void
FilePublisher::rotate() const
{
    for (int number = kOldFiles; number > 0; --number) {
        const fs::path newer =
            number == 1 ? events_ : withSuffix(events_, "." + std::to_string(number - 1));
        const fs::path older = withSuffix(events_, "." + std::to_string(number));
        if (::rename(newer.c_str(), older.c_str()) != 0 && errno != ENOENT)
            fail("rename", newer);
    }
}

} // namespace hafaces
