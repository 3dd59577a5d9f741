/* SPDX-License-Identifier: MIT */
/**
 * SECTION:element-hafacedetect
 * @title: hafacedetect
 *
 * Finds faces in video frames with SSD MobileNetV1, the network of face-api.js.
 *
 * Frames pass through unchanged and uncopied. Every frame that was looked at carries what was
 * found: the meta that facedraw and hanotify read, and, for other elements, one
 * #GstVideoRegionOfInterestMeta of type `face` for each face with a `detection` structure
 * (`confidence` #gdouble, `label` #gchararray). With GStreamer 1.24 or later there are also
 * GstAnalytics object detection metas.
 *
 * The element is also registered as `facedetect`. The OpenCV plugin has an element of that name;
 * where both are installed use `hafacedetect`, or see which one answers with
 * `gst-inspect-1.0 facedetect | grep Filename`.
 *
 * For each frame that was looked at the element posts an element message `facedetect`, with the
 * fields of the OpenCV plugin's message of that name:
 *
 * * #GstClockTime `timestamp`, `stream-time`, `running-time`, `duration`: of the buffer, ns
 * * #GValueList of #GstStructure `faces`: each with #guint `x`, `y`, `width`, `height` (px of the
 *   frame) and #gdouble `confidence` (0 to 1), the surest first; empty if there is no face
 * * string `trigger`: the id of the trigger that the frame was looked at for; only if there was one
 *
 * With `frames=triggered` only frames are looked at that a hatrigger before it marked, or that were
 * asked for by the action signal `trigger` or the upstream event `hafaces-trigger` (`id`, string;
 * `burst`, #guint, frames; `interval`, #guint, ms between them). Where there is a hatrigger it gets
 * these requests, and the event `hafaces-enable`; else the element obeys by itself. Each frame has
 * to be asked for once: marks that come again, on a copy of the frame, are ignored. For a marked
 * frame the event `hafaces-result` goes upstream: `trigger` (string), `seq`, `faces` (#guint).
 *
 * With a live camera put `queue leaky=downstream max-size-buffers=1` before it, so that a slow
 * machine looks at the newest frame. Frames that come too late for a synchronising sink pass
 * without being looked at. At the end of the stream `stats` is notified (gst-launch-1.0 -v shows
 * it).
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 filesrc location=tests/data/three_faces.jpg ! jpegdec ! hafacedetect ! facedraw ! jpegenc ! filesink location=boxes.jpg
 * ]|
 */
#include "gstfacedetect.h"

#include "core/burst.h"
#include "core/face_detector.h"
#include "core/latency_window.h"
#include "core/model_files.h"
#include "core/recent_ids.h"
#include "gstutil/capture_time.h"
#include "gstutil/control_event.h"
#include "gstutil/face_message.h"
#include "gstutil/face_meta.h"
#include "gstutil/gst_ptr.h"
#include "gstutil/guarded.h"
#include "gstutil/trigger_mark.h"
#include "gstutil/video_view.h"

#include <gst/video/video.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

GST_DEBUG_CATEGORY_STATIC(hafaces_face_detect_debug);
#define GST_CAT_DEFAULT hafaces_face_detect_debug

using namespace hafaces;

namespace {

enum class Frames { All, Triggered };

constexpr const char *kShippedModel = "ssd_mobilenetv1.onnx";
constexpr Engine kDefaultEngine = Engine::Auto;
constexpr guint kDefaultThreads = 0;
constexpr guint kDefaultInputSize = 512;
constexpr gfloat kDefaultMinConfidence = 0.5F;
constexpr guint kDefaultMaxFaces = 100;
constexpr guint kDefaultMinFaceSize = 0;
constexpr Frames kDefaultFrames = Frames::All;
constexpr gboolean kDefaultDropEmpty = FALSE;
constexpr gboolean kDefaultEnabled = TRUE;

enum {
    PROP_0,
    PROP_MODEL,
    PROP_ENGINE,
    PROP_THREADS,
    PROP_INPUT_SIZE,
    PROP_MIN_CONFIDENCE,
    PROP_MAX_FACES,
    PROP_MIN_FACE_SIZE,
    PROP_FRAMES,
    PROP_DROP_EMPTY,
    PROP_ENABLED,
    PROP_STATS,
    PROP_LAST
};

GParamSpec *properties[PROP_LAST];

enum { SIGNAL_TRIGGER, SIGNAL_LAST };

guint signals[SIGNAL_LAST];

struct Settings {
    std::string model; /* empty: the shipped one */
    Engine engine = kDefaultEngine;
    guint threads = kDefaultThreads;
    guint inputSize = kDefaultInputSize;
    gfloat minConfidence = kDefaultMinConfidence;
    guint maxFaces = kDefaultMaxFaces;
    guint minFaceSize = kDefaultMinFaceSize;
    Frames frames = kDefaultFrames;
    gboolean dropEmpty = kDefaultDropEmpty;
    gboolean enabled = kDefaultEnabled;
};

struct Stats {
    guint64 seen = 0;
    guint64 inferred = 0;
    guint64 skipped = 0;
    guint64 faces = 0;
    LatencyWindow inference;
    std::string engine;
    std::string model;
};

struct Impl {
    std::mutex mutex;
    Settings settings;                           /* protected by mutex */
    Stats stats;                                 /* protected by mutex */
    GstClockTime earliest = GST_CLOCK_TIME_NONE; /* protected by mutex; running time, by QoS */
    std::optional<Burst> burst;                  /* protected by mutex; asked for without a gate */
    RecentIds requests;                          /* protected by mutex */
    RecentIds marks;                             /* streaming thread only */
    GstVideoInfo info{};                         /* streaming thread only */
    std::unique_ptr<FaceDetector> detector;      /* from start to stop, streaming thread only */
};

} // namespace

struct _HafacesFaceDetect {
    GstBaseTransform parent;
    Impl *impl;
};

#define HAFACES_TYPE_ENGINE (hafaces_engine_get_type())
static GType
hafaces_engine_get_type()
{
    static const GEnumValue values[] = {
        {static_cast<gint>(Engine::Auto), "The fastest that is built in", "auto"},
        {static_cast<gint>(Engine::OpenCv), "OpenCV's dnn module", "opencv"},
        {0, nullptr, nullptr},
    };
    static const GType type = g_enum_register_static("HafacesEngine", values);
    return type;
}

#define HAFACES_TYPE_FRAMES (hafaces_frames_get_type())
static GType
hafaces_frames_get_type()
{
    static const GEnumValue values[] = {
        {static_cast<gint>(Frames::All), "Every frame", "all"},
        {static_cast<gint>(Frames::Triggered), "Those marked by hatrigger or asked for",
         "triggered"},
        {0, nullptr, nullptr},
    };
    static const GType type = g_enum_register_static("HafacesFrames", values);
    return type;
}

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(HAFACES_VIDEO_CAPS));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(HAFACES_VIDEO_CAPS));

G_DEFINE_TYPE(HafacesFaceDetect, hafaces_face_detect, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE(hafacedetect, "hafacedetect", GST_RANK_NONE, HAFACES_TYPE_FACE_DETECT)
GST_ELEMENT_REGISTER_DEFINE(facedetect, "facedetect", GST_RANK_NONE, HAFACES_TYPE_FACE_DETECT)

namespace {

Settings
copySettings(Impl &impl)
{
    const std::lock_guard lock(impl.mutex);
    return impl.settings;
}

std::string
modelFileOf(const Settings &settings)
{
    return settings.model.empty() ? shippedModel(kShippedModel) : settings.model;
}

DetectorSettings
detectorSettings(const Settings &settings)
{
    DetectorSettings result;
    result.inputSize = roundUpToInputStep(static_cast<int>(settings.inputSize));
    result.minConfidence = settings.minConfidence;
    result.maxFaces = settings.maxFaces;
    result.minFaceSize = static_cast<float>(settings.minFaceSize);
    return result;
}

/* Downstream has no use for this frame any more. */
bool
isLate(Impl &impl, GstClockTime runningTime)
{
    const std::lock_guard lock(impl.mutex);
    return GST_CLOCK_TIME_IS_VALID(runningTime) && GST_CLOCK_TIME_IS_VALID(impl.earliest) &&
           runningTime < impl.earliest;
}

/* What the frame is to be looked at for: marks of a gate, or what was asked for here. */
std::vector<TriggerMark>
newMarks(Impl &impl, GstBuffer *buffer, GstClockTime runningTime)
{
    std::vector<TriggerMark> marks = readTriggerMarks(buffer);
    std::erase_if(marks, [&](const TriggerMark &mark) {
        return !impl.marks.isNew(mark.trigger + '#' + std::to_string(mark.seq));
    });
    const auto time = std::chrono::nanoseconds(
        GST_CLOCK_TIME_IS_VALID(runningTime) ? runningTime : g_get_monotonic_time() * GST_USECOND);
    const std::lock_guard lock(impl.mutex);
    if (impl.burst) {
        if (const auto mark = impl.burst->mark(time, g_get_monotonic_time()))
            marks.push_back(*mark);
        if (impl.burst->isDone())
            impl.burst.reset();
    }
    return marks;
}

Detection
infer(Impl &impl, GstBuffer *buffer, const std::vector<TriggerMark> &marks,
      const Settings &settings)
{
    Detection detection;
    detection.captureUnixUs = captureUnixUs(buffer);
    if (!marks.empty())
        detection.trigger = marks.front();
    /* A decoder may have held it back since it was marked. */
    detection.captureMonotonicUs =
        marks.empty() ? g_get_monotonic_time() : marks.front().takenMonotonicUs;
    const VideoView view(buffer, impl.info, GST_MAP_READ);
    const ImageView image = view.image();
    detection.frame = image.size;
    detection.faces = impl.detector->detect(image, detectorSettings(settings));
    detection.inferenceMs = impl.detector->timing().total();
    detection.modelId = impl.detector->model();
    return detection;
}

void
countInferred(Impl &impl, const Detection &detection)
{
    const std::lock_guard lock(impl.mutex);
    ++impl.stats.inferred;
    impl.stats.faces += detection.faces.size();
    impl.stats.inference.add(detection.inferenceMs);
}

GstStructure *
statsStructure(Impl &impl)
{
    const std::lock_guard lock(impl.mutex);
    const Stats &stats = impl.stats;
    return gst_structure_new(
        "stats", "seen", G_TYPE_UINT64, stats.seen, "inferred", G_TYPE_UINT64, stats.inferred,
        "skipped", G_TYPE_UINT64, stats.skipped, "faces", G_TYPE_UINT64, stats.faces,
        "inference-ms-last", G_TYPE_DOUBLE, stats.inference.last(), "inference-ms-p50",
        G_TYPE_DOUBLE, stats.inference.percentile(0.5), "inference-ms-p99", G_TYPE_DOUBLE,
        stats.inference.percentile(0.99), "engine", G_TYPE_STRING, stats.engine.c_str(), "model",
        G_TYPE_STRING, stats.model.c_str(), nullptr);
}

void
countSeen(Impl &impl, bool isWanted)
{
    const std::lock_guard lock(impl.mutex);
    ++impl.stats.seen;
    impl.stats.skipped += isWanted ? 0 : 1;
}

/* So that a gate knows what came of its frames. */
void
reportUpstream(GstBaseTransform *base, const std::vector<TriggerMark> &marks,
               const Detection &detection)
{
    for (const TriggerMark &mark : marks) {
        const ResultReport report{
            newUuid(), mark.trigger, mark.seq, static_cast<guint>(detection.faces.size()), {}};
        gst_pad_push_event(GST_BASE_TRANSFORM_SINK_PAD(base), makeResultEvent(report).release());
    }
}

void
postMessage(GstBaseTransform *base, const Detection &detection, const BufferTimes &times)
{
    GST_LOG_OBJECT(base, "%zu faces in %.1f ms", detection.faces.size(), detection.inferenceMs);
    gst_element_post_message(
        GST_ELEMENT(base),
        gst_message_new_element(GST_OBJECT(base), detectionMessage(detection, times).release()));
}

/* Without a gate: the next frames. Returns the id that they are marked with. */
std::string
obey(HafacesFaceDetect *self, const TriggerRequest &request)
{
    const unsigned frames = std::max(request.burst.value_or(1), 1U);
    const std::chrono::milliseconds interval(request.intervalMs.value_or(0));
    GST_DEBUG_OBJECT(self, "trigger %s: %u frames", request.id.c_str(), frames);
    const std::lock_guard lock(self->impl->mutex);
    auto &burst = self->impl->burst;
    if (burst)
        burst->renew(frames, interval, g_get_monotonic_time());
    else
        burst.emplace(request.id.empty() ? newUuid() : request.id, frames, interval,
                      g_get_monotonic_time());
    return burst->trigger();
}

} // namespace

static gchar *
hafaces_face_detect_trigger(HafacesFaceDetect *self)
{
    return guarded<HafacesFaceDetect, gchar *>(self, nullptr, [&]() -> gchar * {
        const TriggerRequest request{newUuid(), std::nullopt, std::nullopt};
        GstPad *pad = GST_BASE_TRANSFORM_SINK_PAD(self);
        const std::string id = hasGate(pad) ? request.id : obey(self, request);
        gst_pad_push_event(pad, makeTriggerEvent(request).release());
        return g_strdup(id.c_str());
    });
}

static gboolean
hafaces_face_detect_start(GstBaseTransform *base)
{
    auto *self = HAFACES_FACE_DETECT(base);
    return guarded(self, FALSE, [&]() -> gboolean {
        Impl &impl = *self->impl;
        const Settings settings = copySettings(impl);
        NetworkSpec spec = FaceDetector::specFor(modelFileOf(settings));
        spec.engine = settings.engine;
        spec.threads = static_cast<int>(settings.threads);
        try {
            impl.detector = std::make_unique<FaceDetector>(spec);
        } catch (const std::exception &error) {
            GST_ELEMENT_ERROR(
                self, RESOURCE, OPEN_READ, ("%s", error.what()),
                ("set the property model to the %s that comes with hafaces", kShippedModel));
            return FALSE;
        }
        if (settings.threads > 0)
            GST_WARNING_OBJECT(self, "threads=%u now holds for all of OpenCV in this process",
                               settings.threads);
        GST_INFO_OBJECT(self, "model %s, engine %s", spec.modelFile.c_str(),
                        impl.detector->engineName());
        const std::lock_guard lock(impl.mutex);
        impl.stats = {};
        impl.stats.engine = impl.detector->engineName();
        impl.stats.model = impl.detector->model();
        impl.earliest = GST_CLOCK_TIME_NONE;
        impl.burst.reset();
        return TRUE;
    });
}

static gboolean
hafaces_face_detect_stop(GstBaseTransform *base)
{
    HAFACES_FACE_DETECT(base)->impl->detector.reset();
    return TRUE;
}

static gboolean
hafaces_face_detect_set_caps(GstBaseTransform *base, GstCaps *caps, GstCaps * /*out_caps*/)
{
    auto *self = HAFACES_FACE_DETECT(base);
    if (!gst_video_info_from_caps(&self->impl->info, caps)) {
        GST_ERROR_OBJECT(self, "can't read caps %" GST_PTR_FORMAT, caps);
        return FALSE;
    }
    GST_INFO_OBJECT(self, "caps %" GST_PTR_FORMAT, caps);
    return TRUE;
}

static GstFlowReturn
hafaces_face_detect_transform_ip(GstBaseTransform *base, GstBuffer *buffer)
{
    auto *self = HAFACES_FACE_DETECT(base);
    return guarded(self, GST_FLOW_ERROR, [&] {
        Impl &impl = *self->impl;
        const Settings settings = copySettings(impl);
        const BufferTimes times = timesOf(buffer, &base->segment);
        const auto marks = newMarks(impl, buffer, times.runningTime);
        const bool wanted = settings.enabled &&
                            (!marks.empty() ||
                             (settings.frames == Frames::All && !isLate(impl, times.runningTime)));
        countSeen(impl, wanted);
        if (!wanted)
            return GST_FLOW_OK;

        const Detection detection = infer(impl, buffer, marks, settings);
        attachDetection(buffer, detection); /* unmapped by now: a mapped frame takes no meta */
        countInferred(impl, detection);
        postMessage(base, detection, times);
        reportUpstream(base, marks, detection);
        const bool drop = settings.dropEmpty && detection.faces.empty();
        return drop ? GST_BASE_TRANSFORM_FLOW_DROPPED : GST_FLOW_OK;
    });
}

static gboolean
hafaces_face_detect_sink_event(GstBaseTransform *base, GstEvent *event)
{
    auto *self = HAFACES_FACE_DETECT(base);
    if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) {
        const std::lock_guard lock(self->impl->mutex);
        self->impl->earliest = GST_CLOCK_TIME_NONE;
    } else if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) {
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_STATS]);
    }
    return GST_BASE_TRANSFORM_CLASS(hafaces_face_detect_parent_class)->sink_event(base, event);
}

/* The base class would drop late frames; ours pass, only the inference is saved. */
static void
hafaces_face_detect_follow_qos(HafacesFaceDetect *self, GstEvent *event)
{
    GstClockTimeDiff lateness = 0;
    GstClockTime timestamp = GST_CLOCK_TIME_NONE;
    gst_event_parse_qos(event, nullptr, nullptr, &lateness, &timestamp);
    const std::lock_guard lock(self->impl->mutex);
    /* As the video decoders do: make up for the delay twice over, so as to catch up. */
    if (GST_CLOCK_TIME_IS_VALID(timestamp) && lateness > 0)
        self->impl->earliest = timestamp + 2 * static_cast<GstClockTime>(lateness);
    else
        self->impl->earliest = GST_CLOCK_TIME_NONE;
}

/* What a hatrigger obeys where there is one. Triggers go on to the source in any case. */
static gboolean
hafaces_face_detect_obey_event(HafacesFaceDetect *self, GstEvent *event)
{
    const auto trigger = parseTriggerEvent(event);
    const auto enable = parseEnableEvent(event);
    if ((!trigger && !enable) || hasGate(GST_BASE_TRANSFORM_SINK_PAD(self)))
        return FALSE;
    {
        const std::lock_guard lock(self->impl->mutex);
        if (!self->impl->requests.isNew(trigger ? trigger->id : enable->id))
            return TRUE;
    }
    if (trigger)
        obey(self, *trigger);
    else
        g_object_set(self, "enabled", gboolean{enable->enabled}, nullptr);
    return TRUE;
}

static gboolean
hafaces_face_detect_src_event(GstBaseTransform *base, GstEvent *event)
{
    auto *self = HAFACES_FACE_DETECT(base);
    gboolean obeyed = FALSE;
    if (GST_EVENT_TYPE(event) == GST_EVENT_QOS)
        hafaces_face_detect_follow_qos(self, event);
    else if (GST_EVENT_TYPE(event) == GST_EVENT_CUSTOM_UPSTREAM)
        obeyed = guarded(self, FALSE, [&] { return hafaces_face_detect_obey_event(self, event); });
    auto *parent = GST_BASE_TRANSFORM_CLASS(hafaces_face_detect_parent_class);
    return parent->src_event(base, event) || obeyed;
}

static void
hafaces_face_detect_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
    Impl &impl = *HAFACES_FACE_DETECT(object)->impl;
    const std::lock_guard lock(impl.mutex);
    Settings &settings = impl.settings;
    switch (id) {
    case PROP_MODEL:
        settings.model = toStdString(g_value_get_string(value));
        break;
    case PROP_ENGINE:
        settings.engine = static_cast<Engine>(g_value_get_enum(value));
        break;
    case PROP_THREADS:
        settings.threads = g_value_get_uint(value);
        break;
    case PROP_INPUT_SIZE:
        settings.inputSize = g_value_get_uint(value);
        break;
    case PROP_MIN_CONFIDENCE:
        settings.minConfidence = g_value_get_float(value);
        break;
    case PROP_MAX_FACES:
        settings.maxFaces = g_value_get_uint(value);
        break;
    case PROP_MIN_FACE_SIZE:
        settings.minFaceSize = g_value_get_uint(value);
        break;
    case PROP_FRAMES:
        settings.frames = static_cast<Frames>(g_value_get_enum(value));
        break;
    case PROP_DROP_EMPTY:
        settings.dropEmpty = g_value_get_boolean(value);
        break;
    case PROP_ENABLED:
        settings.enabled = g_value_get_boolean(value);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void
hafaces_face_detect_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    Impl &impl = *HAFACES_FACE_DETECT(object)->impl;
    const Settings settings = copySettings(impl);
    switch (id) {
    case PROP_MODEL:
        g_value_set_string(value, modelFileOf(settings).c_str());
        break;
    case PROP_ENGINE:
        g_value_set_enum(value, static_cast<gint>(settings.engine));
        break;
    case PROP_THREADS:
        g_value_set_uint(value, settings.threads);
        break;
    case PROP_INPUT_SIZE:
        g_value_set_uint(value, settings.inputSize);
        break;
    case PROP_MIN_CONFIDENCE:
        g_value_set_float(value, settings.minConfidence);
        break;
    case PROP_MAX_FACES:
        g_value_set_uint(value, settings.maxFaces);
        break;
    case PROP_MIN_FACE_SIZE:
        g_value_set_uint(value, settings.minFaceSize);
        break;
    case PROP_FRAMES:
        g_value_set_enum(value, static_cast<gint>(settings.frames));
        break;
    case PROP_DROP_EMPTY:
        g_value_set_boolean(value, settings.dropEmpty);
        break;
    case PROP_ENABLED:
        g_value_set_boolean(value, settings.enabled);
        break;
    case PROP_STATS:
        g_value_take_boxed(value, statsStructure(impl));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void
hafaces_face_detect_init(HafacesFaceDetect *self)
{
    self->impl = std::make_unique<Impl>().release();
    gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
    gst_base_transform_set_qos_enabled(GST_BASE_TRANSFORM(self), FALSE);
}

static void
hafaces_face_detect_finalize(GObject *object)
{
    const std::unique_ptr<Impl> impl(HAFACES_FACE_DETECT(object)->impl);
    G_OBJECT_CLASS(hafaces_face_detect_parent_class)->finalize(object);
}

static void
install_properties(GObjectClass *object_class)
{
    const auto fixed = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                GST_PARAM_MUTABLE_READY);
    const auto live = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                               GST_PARAM_MUTABLE_PLAYING);
    const auto readable = static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[PROP_MODEL] = g_param_spec_string(
        "model", "Model",
        "ONNX file of an SSD MobileNetV1 face detector; unset: the one that comes with hafaces",
        nullptr, fixed);
    properties[PROP_ENGINE] =
        g_param_spec_enum("engine", "Engine",
                          "Library that runs the network; elements with the same model, engine "
                          "and threads share one loaded network",
                          HAFACES_TYPE_ENGINE, static_cast<gint>(kDefaultEngine), fixed);
    properties[PROP_THREADS] = g_param_spec_uint(
        "threads", "Threads",
        "Threads for the network. 0 leaves OpenCV's setting alone (all cores unless the program "
        "says otherwise); a number sets it for all of OpenCV in this process",
        0, 1024, kDefaultThreads, fixed);
    properties[PROP_INPUT_SIZE] = g_param_spec_uint(
        "input-size", "Input size",
        "Longest side of the network's input in pixels, rounded up to a multiple of 32; the other "
        "side follows the frame. Larger finds smaller faces and takes longer",
        128, 1024, kDefaultInputSize, live);
    properties[PROP_MIN_CONFIDENCE] = g_param_spec_float(
        "min-confidence", "Minimum confidence",
        "Faces must be surer than this; lower finds more faces and more that are none", 0, 1,
        kDefaultMinConfidence, live);
    properties[PROP_MAX_FACES] = g_param_spec_uint("max-faces", "Maximum faces",
                                                   "At most so many faces a frame, the surest ones",
                                                   1, 1000, kDefaultMaxFaces, live);
    properties[PROP_MIN_FACE_SIZE] = g_param_spec_uint(
        "min-face-size", "Minimum face size",
        "Faces whose shorter side is less than this, in pixels of the frame, are left out; 0 "
        "keeps all",
        0, 32768, kDefaultMinFaceSize, live);
    properties[PROP_FRAMES] = g_param_spec_enum(
        "frames", "Frames", "Which frames are looked at; behind a hatrigger: triggered",
        HAFACES_TYPE_FRAMES, static_cast<gint>(kDefaultFrames), live);
    properties[PROP_DROP_EMPTY] = g_param_spec_boolean(
        "drop-empty", "Drop empty frames",
        "Drop frames in which no face was found; frames that were not looked at still pass",
        kDefaultDropEmpty, live);
    properties[PROP_ENABLED] = g_param_spec_boolean(
        "enabled", "Enabled",
        "Look for faces; if false frames pass and none is looked at or gets metas", kDefaultEnabled,
        live);
    properties[PROP_STATS] = g_param_spec_boxed(
        "stats", "Statistics",
        "Since the start: seen, inferred and skipped frames, faces (all guint64); "
        "inference-ms-last, "
        "inference-ms-p50, inference-ms-p99 of the last 1000 inferences (gdouble, ms); engine, "
        "model (strings). Notified at the end of the stream",
        GST_TYPE_STRUCTURE, readable);
    g_object_class_install_properties(object_class, PROP_LAST, properties);
}

static void
install_signals(GObjectClass *object_class)
{
    /**
     * HafacesFaceDetect::trigger:
     *
     * Look for faces in the next frame or, behind a hatrigger, in as many as that says.
     *
     * Returns: (transfer full): the trigger's id; frames that were being looked at already keep
     * the id of the trigger before
     */
    signals[SIGNAL_TRIGGER] = g_signal_new_class_handler(
        "trigger", G_TYPE_FROM_CLASS(object_class),
        static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
        G_CALLBACK(hafaces_face_detect_trigger), nullptr, nullptr, nullptr, G_TYPE_STRING, 0);
}

static void
hafaces_face_detect_class_init(HafacesFaceDetectClass *klass)
{
    auto *object_class = G_OBJECT_CLASS(klass);
    auto *element_class = GST_ELEMENT_CLASS(klass);
    auto *transform_class = GST_BASE_TRANSFORM_CLASS(klass);

    GST_DEBUG_CATEGORY_INIT(hafaces_face_detect_debug, "hafacedetect", 0, "Face detector");
    registerFaceMeta();
    registerTriggerMark();

    object_class->set_property = hafaces_face_detect_set_property;
    object_class->get_property = hafaces_face_detect_get_property;
    object_class->finalize = hafaces_face_detect_finalize;
    install_properties(object_class);
    install_signals(object_class);

    gst_element_class_set_static_metadata(
        element_class, "Face detector", "Filter/Analyzer/Video",
        "Finds faces in video frames with SSD MobileNetV1 and tells them by metas and messages",
        "hafaces");
    gst_element_class_add_static_pad_template(element_class, &sink_template);
    gst_element_class_add_static_pad_template(element_class, &src_template);
    gst_type_mark_as_plugin_api(HAFACES_TYPE_FRAMES, static_cast<GstPluginAPIFlags>(0));
    gst_type_mark_as_plugin_api(HAFACES_TYPE_ENGINE, static_cast<GstPluginAPIFlags>(0));

    transform_class->start = hafaces_face_detect_start;
    transform_class->stop = hafaces_face_detect_stop;
    transform_class->set_caps = hafaces_face_detect_set_caps;
    transform_class->transform_ip = hafaces_face_detect_transform_ip;
    transform_class->sink_event = hafaces_face_detect_sink_event;
    transform_class->src_event = hafaces_face_detect_src_event;
    transform_class->transform_ip_on_passthrough = FALSE;
}
