/* SPDX-License-Identifier: MIT */
#include "model_files.h"

#include "config.h"

#include <dlfcn.h>

#include <filesystem>

namespace hafaces {

namespace fs = std::filesystem;

std::string
shippedModel(const std::string &fileName)
{
    Dl_info self{};
    if (dladdr(reinterpret_cast<const void *>(&shippedModel), &self) != 0) {
        /* build/gst/libgsthafaces.so, build/models/FILE */
        std::error_code error;
        const fs::path built =
            fs::path(self.dli_fname).parent_path().parent_path() / "models" / fileName;
        if (fs::exists(built, error))
            return built.string();
    }
    return std::string(HAFACES_MODEL_DIR) + "/" + fileName;
}

} // namespace hafaces
