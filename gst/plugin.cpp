/* SPDX-License-Identifier: MIT */
#include "config.h"
#include "gstfacedetect.h"
#include "gstfacedraw.h"

static gboolean
plugin_init(GstPlugin *plugin)
{
    gboolean registered = FALSE;
    registered |= GST_ELEMENT_REGISTER(hafacedetect, plugin);
    registered |= GST_ELEMENT_REGISTER(facedetect, plugin);
    registered |= GST_ELEMENT_REGISTER(facedraw, plugin);
    return registered;
}

#define PACKAGE "hafaces"
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, hafaces,
                  "Finds faces and draws boxes round them", plugin_init, HAFACES_VERSION, "MIT/X11",
                  "hafaces", HAFACES_URL)
