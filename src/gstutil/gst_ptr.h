/* SPDX-License-Identifier: MIT */
#pragma once

#include "glibutil/glib_ptr.h"

#include <gst/gst.h>

namespace hafaces {

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

} // namespace hafaces
