/* SPDX-License-Identifier: MIT */
/**
 * SECTION:element-facedraw
 * @title: facedraw
 *
 * Draws a box and a label on every face that hafacedetect found, in the frame itself and in its own
 * pixel format.
 *
 * The label is the name and the confidence ("Zoë 0.93") where recognition knows the face, "unknown"
 * where it knows that it does not, and the confidence alone ("0.98") otherwise. Frames without a
 * face pass as they are: nothing is drawn or copied.
 *
 * Boxes follow a frame through scaling and conversion. They are lost where a frame is cropped,
 * turned or sent by RTP, so facedraw belongs right behind the detector. Faces of a frame of another
 * size are not drawn; the first time, a warning says so.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 filesrc location=tests/data/three_faces.jpg ! jpegdec ! hafacedetect ! facedraw ! jpegenc ! filesink location=boxes.jpg
 * ]|
 */
#include "gstfacedraw.h"

#include "core/canvas.h"
#include "gstutil/face_meta.h"
#include "gstutil/gst_ptr.h"
#include "gstutil/guarded.h"
#include "gstutil/video_view.h"

#include <memory>
#include <mutex>
#include <string>

GST_DEBUG_CATEGORY_STATIC(hafaces_face_draw_debug);
#define GST_CAT_DEFAULT hafaces_face_draw_debug

using namespace hafaces;

namespace {

constexpr guint kDefaultColor = 0xFF00FF00;
constexpr guint kDefaultUnknownColor = 0xFFFF9800;
constexpr guint kDefaultLineWidth = 0;
constexpr gboolean kDefaultLabels = TRUE;
constexpr const char *kDefaultFont = "Sans Bold";

enum { PROP_0, PROP_COLOR, PROP_UNKNOWN_COLOR, PROP_LINE_WIDTH, PROP_LABELS, PROP_FONT, PROP_LAST };

GParamSpec *properties[PROP_LAST];

struct Settings {
    guint color = kDefaultColor;
    guint unknownColor = kDefaultUnknownColor;
    guint lineWidth = kDefaultLineWidth; /* px, 0: from the frame's height */
    gboolean labels = kDefaultLabels;
    std::string font = kDefaultFont;
};

struct Impl {
    std::mutex mutex;
    Settings settings;         /* protected by mutex */
    GstVideoInfo info{};       /* streaming thread only */
    bool warnedOfSize = false; /* streaming thread only, since the start */
    TextRenderer text;         /* streaming thread only */
};

} // namespace

struct _HafacesFaceDraw {
    GstBaseTransform parent;
    Impl *impl;
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(HAFACES_VIDEO_CAPS));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(HAFACES_VIDEO_CAPS));

G_DEFINE_TYPE(HafacesFaceDraw, hafaces_face_draw, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE(facedraw, "facedraw", GST_RANK_NONE, HAFACES_TYPE_FACE_DRAW)

namespace {

Settings
copySettings(Impl &impl)
{
    const std::lock_guard lock(impl.mutex);
    return impl.settings;
}

bool
isUnknown(const Face &face)
{
    return face.identity && face.identity->status == IdentityStatus::Unknown;
}

std::string
labelOf(const Face &face)
{
    if (isUnknown(face))
        return "unknown";
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(number, sizeof number, "%.2f", static_cast<double>(face.confidence));
    const bool named = face.identity && !face.identity->name.empty();
    return named ? face.identity->name + " " + number : number;
}

int
lineWidthFor(const Settings &settings, int frameHeight)
{
    constexpr int kHeightsPerWidth = 240;
    if (settings.lineWidth > 0)
        return static_cast<int>(settings.lineWidth);
    return std::max(frameHeight / kHeightsPerWidth, 2);
}

int
letterHeightFor(int frameHeight)
{
    constexpr int kLinesPerFrame = 30;
    constexpr int kReadable = 12;
    return std::max(frameHeight / kLinesPerFrame, kReadable);
}

void
draw(Impl &impl, GstBuffer *buffer, const Detection &detection)
{
    const Settings settings = copySettings(impl);
    VideoView view(buffer, impl.info, GST_MAP_READWRITE);
    const Canvas canvas(view.mutableImage());
    const Size frame = detection.frame;
    const int lineWidth = lineWidthFor(settings, frame.height);
    for (const Face &face : detection.faces) {
        const Color color =
            Color::fromArgb(isUnknown(face) ? settings.unknownColor : settings.color);
        canvas.outline(face.box, lineWidth, color);
        if (settings.labels)
            canvas.label(face.box,
                         impl.text.render(labelOf(face), settings.font,
                                          letterHeightFor(frame.height), frame.width),
                         color);
    }
}

void
warnOfSize(HafacesFaceDraw *self, const Detection &detection)
{
    Impl &impl = *self->impl;
    if (std::exchange(impl.warnedOfSize, true))
        return;
    GST_ELEMENT_WARNING(self, STREAM, WRONG_TYPE,
                        ("the faces are of a frame of %dx%d, but frames here are %dx%d: no boxes "
                         "are drawn",
                         detection.frame.width, detection.frame.height, impl.info.width,
                         impl.info.height),
                        ("put facedraw before what crops or turns the picture"));
}

} // namespace

static gboolean
hafaces_face_draw_start(GstBaseTransform *base)
{
    HAFACES_FACE_DRAW(base)->impl->warnedOfSize = false;
    return TRUE;
}

static gboolean
hafaces_face_draw_set_caps(GstBaseTransform *base, GstCaps *caps, GstCaps * /*out_caps*/)
{
    auto *self = HAFACES_FACE_DRAW(base);
    if (!gst_video_info_from_caps(&self->impl->info, caps)) {
        GST_ERROR_OBJECT(self, "can't read caps %" GST_PTR_FORMAT, caps);
        return FALSE;
    }
    GST_INFO_OBJECT(self, "caps %" GST_PTR_FORMAT, caps);
    return TRUE;
}

static GstFlowReturn
hafaces_face_draw_transform_ip(GstBaseTransform *base, GstBuffer *buffer)
{
    auto *self = HAFACES_FACE_DRAW(base);
    return guarded(self, GST_FLOW_ERROR, [&] {
        const auto detection = readDetection(buffer);
        if (!detection || detection->faces.empty())
            return GST_FLOW_OK;
        if (detection->frame != Size{self->impl->info.width, self->impl->info.height}) {
            warnOfSize(self, *detection);
            return GST_FLOW_OK;
        }
        draw(*self->impl, buffer, *detection);
        GST_LOG_OBJECT(self, "%zu faces drawn", detection->faces.size());
        return GST_FLOW_OK;
    });
}

static void
hafaces_face_draw_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
    Impl &impl = *HAFACES_FACE_DRAW(object)->impl;
    const std::lock_guard lock(impl.mutex);
    Settings &settings = impl.settings;
    switch (id) {
    case PROP_COLOR:
        settings.color = g_value_get_uint(value);
        break;
    case PROP_UNKNOWN_COLOR:
        settings.unknownColor = g_value_get_uint(value);
        break;
    case PROP_LINE_WIDTH:
        settings.lineWidth = g_value_get_uint(value);
        break;
    case PROP_LABELS:
        settings.labels = g_value_get_boolean(value);
        break;
    case PROP_FONT:
        settings.font = toStdString(g_value_get_string(value));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void
hafaces_face_draw_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    const Settings settings = copySettings(*HAFACES_FACE_DRAW(object)->impl);
    switch (id) {
    case PROP_COLOR:
        g_value_set_uint(value, settings.color);
        break;
    case PROP_UNKNOWN_COLOR:
        g_value_set_uint(value, settings.unknownColor);
        break;
    case PROP_LINE_WIDTH:
        g_value_set_uint(value, settings.lineWidth);
        break;
    case PROP_LABELS:
        g_value_set_boolean(value, settings.labels);
        break;
    case PROP_FONT:
        g_value_set_string(value, settings.font.c_str());
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void
hafaces_face_draw_init(HafacesFaceDraw *self)
{
    self->impl = std::make_unique<Impl>().release();
    gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
    gst_base_transform_set_qos_enabled(GST_BASE_TRANSFORM(self), FALSE);
}

static void
hafaces_face_draw_finalize(GObject *object)
{
    const std::unique_ptr<Impl> impl(HAFACES_FACE_DRAW(object)->impl);
    G_OBJECT_CLASS(hafaces_face_draw_parent_class)->finalize(object);
}

static void
install_properties(GObjectClass *object_class)
{
    const auto live = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                               GST_PARAM_MUTABLE_PLAYING);
    properties[PROP_COLOR] = g_param_spec_uint(
        "color", "Color",
        "Color of boxes and labels as 0xAARRGGBB, AA from 00 (transparent) to FF; the default is "
        "green, 0xFF00FF00",
        0, G_MAXUINT32, kDefaultColor, live);
    properties[PROP_UNKNOWN_COLOR] = g_param_spec_uint(
        "unknown-color", "Unknown color",
        "Color for faces that recognition does not know, as 0xAARRGGBB; the default is "
        "orange, 0xFFFF9800",
        0, G_MAXUINT32, kDefaultUnknownColor, live);
    properties[PROP_LINE_WIDTH] = g_param_spec_uint(
        "line-width", "Line width",
        "Width of a box's lines in pixels; 0: a 240th of the frame's height, but at least 2", 0,
        1000, kDefaultLineWidth, live);
    properties[PROP_LABELS] = g_param_spec_boolean(
        "labels", "Labels", "Write name and confidence at each box; false draws boxes alone",
        kDefaultLabels, live);
    properties[PROP_FONT] = g_param_spec_string(
        "font", "Font",
        "Pango font description of the labels, such as \"Sans Bold 14\"; without a size the "
        "letters are a 30th of the frame's height, but at least 12 pixels",
        kDefaultFont, live);
    g_object_class_install_properties(object_class, PROP_LAST, properties);
}

static void
hafaces_face_draw_class_init(HafacesFaceDrawClass *klass)
{
    auto *object_class = G_OBJECT_CLASS(klass);
    auto *element_class = GST_ELEMENT_CLASS(klass);
    auto *transform_class = GST_BASE_TRANSFORM_CLASS(klass);

    GST_DEBUG_CATEGORY_INIT(hafaces_face_draw_debug, "facedraw", 0, "Face boxes");
    registerFaceMeta();

    object_class->set_property = hafaces_face_draw_set_property;
    object_class->get_property = hafaces_face_draw_get_property;
    object_class->finalize = hafaces_face_draw_finalize;
    install_properties(object_class);

    gst_element_class_set_static_metadata(
        element_class, "Face boxes", "Filter/Effect/Video",
        "Draws a box and a label on every face that hafacedetect found", "hafaces");
    gst_element_class_add_static_pad_template(element_class, &sink_template);
    gst_element_class_add_static_pad_template(element_class, &src_template);

    transform_class->start = hafaces_face_draw_start;
    transform_class->set_caps = hafaces_face_draw_set_caps;
    transform_class->transform_ip = hafaces_face_draw_transform_ip;
    transform_class->transform_ip_on_passthrough = FALSE;
}
