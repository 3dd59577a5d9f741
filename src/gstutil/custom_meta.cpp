/* SPDX-License-Identifier: MIT */
#include "custom_meta.h"

namespace hafaces {

void
registerCustomMeta(const char *name, const gchar **tags, GstCustomMetaTransformFunction transform)
{
    /* Both plugin files hold a copy of this function, so a lock of our own would be two locks. The
     * registry is one object, and nothing under gst_meta_register_custom() takes its lock. */
    GstObject *shared = GST_OBJECT_CAST(gst_registry_get());
    GST_OBJECT_LOCK(shared);
    if (gst_meta_get_info(name) == nullptr)
        gst_meta_register_custom(name, tags, transform, nullptr, nullptr);
    GST_OBJECT_UNLOCK(shared);
}

bool
isCustomMeta(GstMeta *meta, const char *name)
{
    return gst_meta_info_is_custom(meta->info) &&
           gst_custom_meta_has_name(reinterpret_cast<GstCustomMeta *>(meta), name);
}

} // namespace hafaces
