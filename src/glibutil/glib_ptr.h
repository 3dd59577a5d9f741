/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib-object.h>

#include <memory>
#include <string>

namespace hafaces {

struct GObjectUnref {
    void operator()(gpointer object) const { g_object_unref(object); }
};

/* Owns one reference of a GObject. */
template<typename T>
using GObjectPtr = std::unique_ptr<T, GObjectUnref>;

struct GFree {
    void operator()(gpointer memory) const { g_free(memory); }
};

/* A string or other memory from g_malloc(). */
template<typename T>
using GMemPtr = std::unique_ptr<T, GFree>;

struct GErrorFree {
    void operator()(GError *error) const { g_error_free(error); }
};

using GErrorPtr = std::unique_ptr<GError, GErrorFree>;

struct GUriUnref {
    void operator()(GUri *uri) const { g_uri_unref(uri); }
};

using GUriPtr = std::unique_ptr<GUri, GUriUnref>;

struct GBytesUnref {
    void operator()(GBytes *bytes) const { g_bytes_unref(bytes); }
};

using GBytesPtr = std::unique_ptr<GBytes, GBytesUnref>;

struct GMainContextUnref {
    void operator()(GMainContext *context) const { g_main_context_unref(context); }
};

using GMainContextPtr = std::unique_ptr<GMainContext, GMainContextUnref>;

/* A C++ string for one that may be NULL. */
inline std::string
toStdString(const char *text)
{
    return text != nullptr ? text : "";
}

} // namespace hafaces
