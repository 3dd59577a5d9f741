/* SPDX-License-Identifier: MIT */
#pragma once

#include <gst/gst.h>

#include <memory>
#include <string>

namespace hafaces {

struct GObjectUnref {
    void operator()(gpointer object) const { g_object_unref(object); }
};

/* Owns one reference of a GObject (GstElement, GstPad, GstBus and the like). */
template<typename T>
using GObjectPtr = std::unique_ptr<T, GObjectUnref>;

/* For (transfer floating) results: takes the reference over for good. */
template<typename T>
GObjectPtr<T>
sinkFloating(T *object)
{
    return GObjectPtr<T>(object != nullptr ? static_cast<T *>(g_object_ref_sink(object)) : nullptr);
}

struct MiniObjectUnref {
    void operator()(gpointer object) const { gst_mini_object_unref(GST_MINI_OBJECT_CAST(object)); }
};

/* Owns one reference of a mini object (GstBuffer, GstCaps, GstSample, GstMessage and the like). */
template<typename T>
using MiniObjectPtr = std::unique_ptr<T, MiniObjectUnref>;

struct StructureFree {
    void operator()(GstStructure *structure) const { gst_structure_free(structure); }
};

using StructurePtr = std::unique_ptr<GstStructure, StructureFree>;

struct GFree {
    void operator()(gpointer memory) const { g_free(memory); }
};

/* A string or other memory from g_malloc(). */
template<typename T>
using GMemPtr = std::unique_ptr<T, GFree>;

/* A C++ string for one that may be NULL. */
inline std::string
toStdString(const char *text)
{
    return text != nullptr ? text : "";
}

} // namespace hafaces
