/* SPDX-License-Identifier: MIT */
#include "config.h"
#include "gsthacamerasrc.h"
#include "gsthanotify.h"
#include "gsthatrigger.h"

static gboolean
plugin_init(GstPlugin *plugin)
{
    return GST_ELEMENT_REGISTER(hanotify, plugin) && GST_ELEMENT_REGISTER(hatrigger, plugin) &&
           GST_ELEMENT_REGISTER(hacamerasrc, plugin);
}

#define PACKAGE "hafaces"
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, hafacesnet,
                  "Tells Home Assistant what cameras see", plugin_init, HAFACES_VERSION, "MIT/X11",
                  "hafaces", HAFACES_URL)
