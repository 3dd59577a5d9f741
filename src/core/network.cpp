/* SPDX-License-Identifier: MIT */
#include "network.h"

#include "network_engines.h"

#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace hafaces {

namespace {

namespace fs = std::filesystem;

/* A specification and the state of its file on disk. */
struct Key {
    NetworkSpec spec;
    std::uintmax_t fileSize = 0;
    fs::file_time_type modified;

    friend bool operator==(const Key &, const Key &) = default;
};

Key
keyOf(NetworkSpec spec)
{
    std::error_code error;
    const fs::path file = fs::canonical(spec.modelFile, error);
    if (error)
        throw std::runtime_error("model " + spec.modelFile + ": " + error.message());
    if (!fs::is_regular_file(file, error))
        throw std::runtime_error("model " + spec.modelFile + ": not a file");
    const auto size = fs::file_size(file, error);
    if (!error && size == 0)
        throw std::runtime_error("model " + spec.modelFile + ": the file is empty");
    const auto modified = fs::last_write_time(file, error);
    spec.modelFile = file.string();
    return {std::move(spec), size, modified};
}

/* Elements in different pipelines share a network, and the last one to go frees it. */
struct Cache {
    std::mutex mutex; /* held while loading, so that two pipelines starting at once load one */
    std::vector<std::pair<Key, std::weak_ptr<Network>>> entries;
};

Cache &
cache()
{
    static Cache instance;
    return instance;
}

} // namespace

std::shared_ptr<Network>
sharedNetwork(const NetworkSpec &spec)
{
    const Key key = keyOf(spec);
    const std::lock_guard lock(cache().mutex);
    auto &entries = cache().entries;
    std::erase_if(entries, [](const auto &entry) { return entry.second.expired(); });
    for (const auto &[known, network] : entries)
        if (known == key)
            if (auto alive = network.lock())
                return alive;
    auto network = loadOpenCvNetwork(key.spec);
    entries.emplace_back(key, network);
    return network;
}

std::string
modelId(const std::string &modelFile)
{
    return fs::path(modelFile).stem().string();
}

} // namespace hafaces
