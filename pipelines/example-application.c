/* SPDX-License-Identifier: MIT */
/*
 * hafacedetect in a pipeline of one's own: GStreamer's own headers are all it takes. Tells the faces
 * in a picture twice, from the bus message and from the metas on the frame.
 *
 *   cc example-application.c -o example $(pkg-config --cflags --libs gstreamer-video-1.0)
 *   GST_PLUGIN_PATH=build/gst ./example tests/data/three_faces.jpg
 */
#include <gst/gst.h>
#include <gst/video/video.h>

/* From the streaming thread: what stands on each frame behind the detector. */
static GstPadProbeReturn
tell_metas(GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    GstMeta *meta;
    gpointer state = NULL;
    (void)pad;
    (void)user_data;

    while ((meta = gst_buffer_iterate_meta_filtered(buffer, &state,
                                                    GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))) {
        GstVideoRegionOfInterestMeta *region = (GstVideoRegionOfInterestMeta *)meta;
        GstStructure *detection = gst_video_region_of_interest_meta_get_param(region, "detection");
        gdouble confidence = 0;
        if (region->roi_type != g_quark_from_static_string("face") || detection == NULL)
            continue;
        gst_structure_get_double(detection, "confidence", &confidence);
        g_print("meta: %ux%u at %u,%u confidence %.2f\n", region->w, region->h, region->x,
                region->y, confidence);
    }
    return GST_PAD_PROBE_OK;
}

/* From the application's thread: what came over the bus. */
static void
tell_message(const GstStructure *message)
{
    const GValue *faces = gst_structure_get_value(message, "faces");
    guint i;

    for (i = 0; i < gst_value_list_get_size(faces); i++) {
        const GstStructure *face = gst_value_get_structure(gst_value_list_get_value(faces, i));
        guint x = 0, y = 0, width = 0, height = 0;
        gdouble confidence = 0;
        gst_structure_get(face, "x", G_TYPE_UINT, &x, "y", G_TYPE_UINT, &y, "width", G_TYPE_UINT,
                          &width, "height", G_TYPE_UINT, &height, "confidence", G_TYPE_DOUBLE,
                          &confidence, NULL);
        g_print("message: %ux%u at %u,%u confidence %.2f\n", width, height, x, y, confidence);
    }
}

static GstElement *
build(const char *picture)
{
    GError *error = NULL;
    GstElement *pipeline = gst_parse_launch("filesrc name=source ! decodebin ! videoconvert ! "
                                            "hafacedetect name=detector ! fakesink",
                                            &error);
    GstElement *source, *detector;
    GstPad *pad;

    if (error != NULL) {
        g_printerr("%s\n", error->message);
        g_clear_error(&error);
        gst_clear_object(&pipeline);
        return NULL;
    }
    source = gst_bin_get_by_name(GST_BIN(pipeline), "source");
    g_object_set(source, "location", picture, NULL);
    gst_object_unref(source);
    detector = gst_bin_get_by_name(GST_BIN(pipeline), "detector");
    pad = gst_element_get_static_pad(detector, "src");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, tell_metas, NULL, NULL);
    gst_object_unref(pad);
    gst_object_unref(detector);
    return pipeline;
}

/* Returns whether it came to its end without an error. */
static gboolean
run(GstElement *pipeline)
{
    GstBus *bus = gst_element_get_bus(pipeline);
    gboolean ended = FALSE, failed = FALSE;

    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    while (!ended && !failed) {
        GstMessage *message = gst_bus_timed_pop_filtered(
            bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
        const GstStructure *structure = gst_message_get_structure(message);
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
            GError *error = NULL;
            gst_message_parse_error(message, &error, NULL);
            g_printerr("%s\n", error->message);
            g_clear_error(&error);
            failed = TRUE;
        } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
            ended = TRUE;
        } else if (gst_structure_has_name(structure, "facedetect")) {
            tell_message(structure);
        }
        gst_message_unref(message);
    }
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(bus);
    return !failed;
}

int
main(int argc, char **argv)
{
    GstElement *pipeline;
    gboolean well;

    gst_init(&argc, &argv);
    if (argc != 2) {
        g_printerr("Usage: %s PICTURE\n", argv[0]);
        return 2;
    }
    pipeline = build(argv[1]);
    if (pipeline == NULL)
        return 1;
    well = run(pipeline);
    gst_object_unref(pipeline);
    return well ? 0 : 1;
}
