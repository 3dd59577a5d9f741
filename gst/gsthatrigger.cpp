/* SPDX-License-Identifier: MIT */
/**
 * SECTION:element-hatrigger
 * @title: hatrigger
 *
 * A gate before the decoder: frames flow when motion is reported, and otherwise nothing is decoded
 * and nothing costs.
 *
 * A trigger opens it, by HTTP (the web hook of Motion or motionEye), by the action signal
 * `trigger`, by the upstream event `hafaces-trigger`, or by its own motion detection. Then `burst`
 * frames, `interval` apart, are marked for `hafacedetect frames=triggered`. It closes after the last
 * of them, `window` after the last trigger, or as soon as a face or name was found (`until`).
 * Triggers while it is open begin frames and window anew.
 *
 * Where each frame stands alone (JPEG, raw video) only marked frames pass. Of H.264, H.265 and the
 * like all frames pass while it is open, from a key frame on, which is asked for upstream; and
 * after the last mark until the results are there, up to 0.5 s or four frames more, for decoders
 * hold frames back.
 *
 * Events always pass, and so does the first frame, so that sinks preroll. A sink behind a closed
 * gate gets no frames: give it `async=false`.
 *
 * ## The web hook
 * With `port` set it listens on `address` for GET and POST at `path`, with any query and body. The
 * answer is JSON, given before any work: `{"trigger":"ID","outcome":"started"}`; `coalesced` if the
 * gate was open already (with the id of the trigger that opened it), `refused` with a `reason`. With
 * a `token-file` requests need the token that is its first line: behind the path
 * (`/motion-detected/TOKEN`), as `token` in query, form or JSON body, or as `Authorization: Bearer
 * TOKEN`. On an address that other machines reach it has to be set. Answers to wrong requests: 401
 * (token), 404 (path), 405 (method), 413 (over 16 KiB), 429 (over 200 a second from one address).
 *
 * ## Messages
 * An element message `hatrigger` is posted when a burst is
 *
 * * `state` (string): `started` or `finished`
 * * `trigger` (string): its id, as in events
 * * `source` (string, started): `http`, `signal`, `event` or `motion`
 * * `frames` (#guint, finished): marked; `inferred` (#guint): looked at; `faces` (#guint): found in
 *   all of them
 * * `reason` (string, finished): why the gate closed: `frames`, `window`, `face`, `name`,
 *   `disabled`, `eos` or `stopped`
 *
 * It is finished when the results for its frames are there, or 1.5 s after its window. `inferred`
 * above 0 and `faces` 0 means: no face.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 -m hacamerasrc location=http://127.0.0.1:8081/ ! hatrigger port=8080 ! jpegdec ! hafacedetect frames=triggered ! facedraw ! jpegenc ! hanotify location=out ! fakesink async=false
 * ]| `curl http://127.0.0.1:8080/motion-detected` then looks for faces.
 */
#include "gsthatrigger.h"

#include "core/recent_ids.h"
#include "core/trigger_gate.h"
#include "gstutil/control_event.h"
#include "gstutil/deferred.h"
#include "gstutil/face_message.h"
#include "gstutil/gst_ptr.h"
#include "gstutil/guarded.h"
#include "gstutil/timer.h"
#include "gstutil/trigger_mark.h"
#include "motion_watch.h"
#include "net/trigger_server.h"

#include <gst/video/video.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

GST_DEBUG_CATEGORY_STATIC(hafaces_ha_trigger_debug);
#define GST_CAT_DEFAULT hafaces_ha_trigger_debug

using namespace hafaces;

namespace {

enum class Idle { Drop, Pass };

constexpr guint kMostFrames = 10000;
constexpr guint kMostMs = 24 * 3600 * 1000;
constexpr Idle kDefaultIdle = Idle::Drop;
constexpr gboolean kDefaultMotion = FALSE;
constexpr gdouble kDefaultMotionRate = 5;
constexpr gboolean kDefaultEnabled = TRUE;
constexpr const char *kBlind = "motion=true sees motion in JPEG and raw video, not in what comes: "
                               "put hatrigger behind the decoder, or leave motion to the camera's "
                               "web hook";

enum {
    PROP_0,
    PROP_ADDRESS,
    PROP_PORT,
    PROP_PATH,
    PROP_TOKEN_FILE,
    PROP_BURST,
    PROP_INTERVAL,
    PROP_WINDOW,
    PROP_UNTIL,
    PROP_IDLE,
    PROP_MOTION,
    PROP_MOTION_RATE,
    PROP_MOTION_THRESHOLD,
    PROP_ENABLED,
    PROP_STATS,
    PROP_LAST
};

GParamSpec *properties[PROP_LAST];

enum { SIGNAL_TRIGGER, SIGNAL_LAST };

guint signals[SIGNAL_LAST];

struct Settings {
    TriggerServerSettings server;
    GateSettings gate;
    Idle idle = kDefaultIdle;
    gboolean motion = kDefaultMotion;
    gdouble motionRate = kDefaultMotionRate;
    gdouble motionThreshold = kDefaultMotionThreshold;
    gboolean enabled = kDefaultEnabled;
};

struct Counts {
    guint64 started = 0;
    guint64 coalesced = 0;
    guint64 refused = 0; /* by us; the listener has its own */
    guint64 framesIn = 0;
    guint64 framesThrough = 0;
    gdouble motionScore = 0;
};

void followGate(HafacesHaTrigger *self);

struct Impl {
    explicit Impl(HafacesHaTrigger *self)
        : timer{[self] {
            guarded(self, false, [&] {
                followGate(self);
                return true;
            });
        }}
    {
    }

    std::mutex mutex;
    Settings settings; /* protected by mutex, like all up to `server` */
    Counts counts;
    TriggerGate gate;
    RecentIds events;
    bool isStarted = false;                /* triggers are taken */
    bool hasPassed = false;                /* a frame, since the start or a flush */
    std::shared_ptr<TriggerServer> server; /* from start to stop */

    MotionWatch motion;      /* streaming thread only */
    bool seesMotion = false; /* in these caps; streaming thread only */
    bool saidBlind = false;  /* that it does not; streaming thread only */
    MiniObjectPtr<GstCaps> unixTime{gst_caps_new_empty_simple("timestamp/x-unix")};

    Deferred deferred; /* messages and events */
    Timer timer;       /* last: it uses all of the above */
};

} // namespace

struct _HafacesHaTrigger {
    GstBaseTransform parent;
    Impl *impl;
};

#define HAFACES_TYPE_UNTIL (hafaces_until_get_type())
static GType
hafaces_until_get_type()
{
    static const GEnumValue values[] = {
        {static_cast<gint>(Until::Frames), "All frames of the burst", "frames"},
        {static_cast<gint>(Until::Face), "The first with a face", "face"},
        {static_cast<gint>(Until::Name), "The first with somebody recognised", "name"},
        {0, nullptr, nullptr},
    };
    static const GType type = g_enum_register_static("HafacesUntil", values);
    return type;
}

#define HAFACES_TYPE_IDLE (hafaces_idle_get_type())
static GType
hafaces_idle_get_type()
{
    static const GEnumValue values[] = {
        {static_cast<gint>(Idle::Drop), "Nothing passes", "drop"},
        {static_cast<gint>(Idle::Pass), "All frames pass, unmarked", "pass"},
        {0, nullptr, nullptr},
    };
    static const GType type = g_enum_register_static("HafacesIdle", values);
    return type;
}

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_TYPE(HafacesHaTrigger, hafaces_ha_trigger, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE(hatrigger, "hatrigger", GST_RANK_NONE, HAFACES_TYPE_HA_TRIGGER)

namespace {

TriggerGate::Time
now()
{
    return std::chrono::steady_clock::now();
}

Settings
copySettings(Impl &impl)
{
    const std::lock_guard lock(impl.mutex);
    return impl.settings;
}

void
post(HafacesHaTrigger *self, GstStructure *structure)
{
    self->impl->deferred.add([self, structure] {
        gst_element_post_message(GST_ELEMENT(self),
                                 gst_message_new_element(GST_OBJECT(self), structure));
    });
}

void
push(HafacesHaTrigger *self, GstPad *pad, MiniObjectPtr<GstEvent> event)
{
    self->impl->deferred.add([pad, event = event.release()] { gst_pad_push_event(pad, event); });
}

/* What has happened at the gate becomes messages and events. The mutex is held. */
void
tell(HafacesHaTrigger *self, const TriggerGate::News &news)
{
    for (const BurstWatch::Closing &closing : news.closings)
        push(self, GST_BASE_TRANSFORM_SRC_PAD(self), makeBurstEndEvent(closing));
    for (const BurstWatch::Outcome &burst : news.over) {
        GST_INFO_OBJECT(self, "trigger %s finished (%s): %u frames, %u looked at, %u faces",
                        burst.trigger.c_str(), burst.reason.c_str(), burst.frames, burst.inferred,
                        burst.faces);
        post(self, gst_structure_new("hatrigger", "state", G_TYPE_STRING, "finished", "trigger",
                                     G_TYPE_STRING, burst.trigger.c_str(), "frames", G_TYPE_UINT,
                                     burst.frames, "inferred", G_TYPE_UINT, burst.inferred, "faces",
                                     G_TYPE_UINT, burst.faces, "reason", G_TYPE_STRING,
                                     burst.reason.c_str(), nullptr));
    }
}

/* After whatever happened to the gate, without the mutex. */
void
followGate(HafacesHaTrigger *self)
{
    Impl &impl = *self->impl;
    {
        const std::lock_guard lock(impl.mutex);
        tell(self, impl.gate.takeNews(now()));
        impl.timer.setTo(impl.gate.nextDeadline());
    }
    impl.deferred.run();
}

/* If frames can't go on without one. The mutex is held. */
void
askForKeyFrame(HafacesHaTrigger *self)
{
    if (self->impl->gate.needsKeyFrame())
        push(self, GST_BASE_TRANSFORM_SINK_PAD(self),
             MiniObjectPtr<GstEvent>(
                 gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0)));
}

struct Cause {
    const char *source = "";
    TriggerRequest request; /* the id may be empty */
};

/* Opens the gate. followGate() has to be called after it. */
TriggerAnswer
trigger(HafacesHaTrigger *self, const Cause &cause)
{
    Impl &impl = *self->impl;
    const std::lock_guard lock(impl.mutex);
    if (!impl.settings.enabled || !impl.isStarted) {
        ++impl.counts.refused;
        return {"refused", std::nullopt, impl.isStarted ? "disabled" : "stopped", {}};
    }
    GateSettings settings = impl.settings.gate;
    settings.burst = std::clamp(cause.request.burst.value_or(settings.burst), 1U, kMostFrames);
    if (cause.request.intervalMs)
        settings.interval = std::chrono::milliseconds(std::min(*cause.request.intervalMs, kMostMs));
    const auto answer =
        impl.gate.trigger(cause.request.id.empty() ? newUuid() : cause.request.id, settings, now());
    /* A camera that is asked for each picture. */
    push(self, GST_BASE_TRANSFORM_SINK_PAD(self),
         makeTriggerEvent(
             {newUuid(), settings.burst, static_cast<guint>(settings.interval.count())}));
    if (answer.outcome == TriggerGate::Outcome::Coalesced) {
        ++impl.counts.coalesced;
        return {"coalesced", answer.trigger, "", {}};
    }
    ++impl.counts.started;
    askForKeyFrame(self);
    GST_INFO_OBJECT(self, "trigger %s by %s", answer.trigger.c_str(), cause.source);
    post(self,
         gst_structure_new("hatrigger", "state", G_TYPE_STRING, "started", "trigger", G_TYPE_STRING,
                           answer.trigger.c_str(), "source", G_TYPE_STRING, cause.source, nullptr));
    return {"started", answer.trigger, "", {}};
}

void
setEnabled(HafacesHaTrigger *self, gboolean enabled)
{
    Impl &impl = *self->impl;
    {
        const std::lock_guard lock(impl.mutex);
        impl.settings.enabled = enabled;
        if (!enabled)
            impl.gate.shut("disabled", now());
        else if (impl.isStarted && impl.settings.idle == Idle::Pass)
            askForKeyFrame(self);
    }
    followGate(self);
}

/* The frame's time in the stream or, if it has none, now. */
std::chrono::nanoseconds
frameTime(GstBaseTransform *base, GstBuffer *buffer)
{
    const GstSegment &segment = base->segment;
    const GstClockTime running =
        segment.format == GST_FORMAT_TIME
            ? gst_segment_to_running_time(&segment, GST_FORMAT_TIME, GST_BUFFER_DTS_OR_PTS(buffer))
            : GST_CLOCK_TIME_NONE;
    return GST_CLOCK_TIME_IS_VALID(running) ? std::chrono::nanoseconds(running)
                                            : now().time_since_epoch();
}

void
watchMotion(HafacesHaTrigger *self, GstBuffer *buffer, std::chrono::nanoseconds time)
{
    Impl &impl = *self->impl;
    const Settings settings = copySettings(impl);
    if (!settings.motion || !settings.enabled)
        return;
    if (!impl.seesMotion) {
        if (!std::exchange(impl.saidBlind, true))
            GST_ELEMENT_WARNING(self, STREAM, WRONG_TYPE, ("%s", kBlind), (nullptr));
        return;
    }
    if (impl.motion.see(buffer, time, settings.motionRate, settings.motionThreshold))
        trigger(self, {"motion", {}});
    const std::lock_guard lock(impl.mutex);
    impl.counts.motionScore = impl.motion.score();
}

TriggerGate::Verdict
passGate(HafacesHaTrigger *self, GstBuffer *buffer, std::chrono::nanoseconds time)
{
    Impl &impl = *self->impl;
    const std::lock_guard lock(impl.mutex);
    ++impl.counts.framesIn;
    if (!impl.settings.enabled) {
        impl.gate.drop();
        return {};
    }
    const bool isDelta = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    auto verdict = impl.gate.see({now(), time, isDelta, impl.settings.idle == Idle::Pass});
    if (!impl.hasPassed && !isDelta)
        verdict.passes = true;
    impl.hasPassed |= verdict.passes;
    impl.counts.framesThrough += verdict.passes ? 1 : 0;
    return verdict;
}

void
mark(HafacesHaTrigger *self, GstBuffer *buffer, const TriggerMark &mark)
{
    GST_LOG_OBJECT(self, "trigger %s, frame %u%s", mark.trigger.c_str(), mark.seq,
                   mark.last ? ", the last" : "");
    attachTriggerMark(buffer, mark);
    /* A decoder may hold the frame back for long: this tells when it was taken. */
    if (gst_buffer_get_reference_timestamp_meta(buffer, nullptr) == nullptr)
        gst_buffer_add_reference_timestamp_meta(
            buffer, self->impl->unixTime.get(),
            static_cast<GstClockTime>(g_get_real_time()) * GST_USECOND, GST_CLOCK_TIME_NONE);
}

GstStructure *
statsStructure(Impl &impl)
{
    std::shared_ptr<TriggerServer> server;
    {
        const std::lock_guard lock(impl.mutex);
        server = impl.server;
    }
    const guint64 refusedByServer = server ? server->stats().refused : 0;
    const std::lock_guard lock(impl.mutex);
    const Counts &counts = impl.counts;
    return gst_structure_new("stats", "started", G_TYPE_UINT64, counts.started, "coalesced",
                             G_TYPE_UINT64, counts.coalesced, "refused", G_TYPE_UINT64,
                             counts.refused + refusedByServer, "frames-in", G_TYPE_UINT64,
                             counts.framesIn, "frames-through", G_TYPE_UINT64, counts.framesThrough,
                             "motion-score", G_TYPE_DOUBLE, counts.motionScore, nullptr);
}

} // namespace

static gchar *
hafaces_ha_trigger_trigger(HafacesHaTrigger *self)
{
    return guarded<HafacesHaTrigger, gchar *>(self, nullptr, [&]() -> gchar * {
        const TriggerAnswer answer = trigger(self, {"signal", {}});
        followGate(self);
        return answer.trigger ? g_strdup(answer.trigger->c_str()) : nullptr;
    });
}

static gboolean
hafaces_ha_trigger_start(GstBaseTransform *base)
{
    auto *self = HAFACES_HA_TRIGGER(base);
    Impl &impl = *self->impl;
    const Settings settings = copySettings(impl);
    impl.motion.reset();
    impl.saidBlind = false;
    {
        const std::lock_guard lock(impl.mutex);
        impl.counts = {};
        impl.gate = {};
        impl.hasPassed = false;
        impl.isStarted = true;
    }
    try {
        std::shared_ptr<TriggerServer> server;
        if (settings.server.port != 0)
            server = std::make_shared<TriggerServer>(settings.server, [self] {
                TriggerAnswer answer = trigger(self, {"http", {}});
                answer.afterwards = [self] { followGate(self); };
                return answer;
            });
        const std::lock_guard lock(impl.mutex);
        impl.server = std::move(server);
        return TRUE;
    } catch (const std::exception &error) {
        {
            const std::lock_guard lock(impl.mutex);
            impl.isStarted = false;
        }
        GST_ELEMENT_ERROR(self, RESOURCE, SETTINGS, ("%s", error.what()), (nullptr));
        return FALSE;
    }
}

static gboolean
hafaces_ha_trigger_stop(GstBaseTransform *base)
{
    auto *self = HAFACES_HA_TRIGGER(base);
    return guarded(self, FALSE, [&]() -> gboolean {
        Impl &impl = *self->impl;
        std::shared_ptr<TriggerServer> server;
        {
            const std::lock_guard lock(impl.mutex);
            server = std::exchange(impl.server, nullptr);
            if (server)
                impl.counts.refused += server->stats().refused;
        }
        server.reset(); /* without the mutex, which a request may be waiting for */
        {
            const std::lock_guard lock(impl.mutex);
            impl.isStarted = false;
            impl.gate.shut("stopped", now());
            tell(self, impl.gate.takeLastNews());
        }
        followGate(self);
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_STATS]);
        return TRUE;
    });
}

static gboolean
hafaces_ha_trigger_set_caps(GstBaseTransform *base, GstCaps *caps, GstCaps * /*out_caps*/)
{
    auto *self = HAFACES_HA_TRIGGER(base);
    return guarded(self, FALSE, [&]() -> gboolean {
        Impl &impl = *self->impl;
        const std::string kind = gst_structure_get_name(gst_caps_get_structure(caps, 0));
        const bool standsAlone = kind.starts_with("image/") || kind == "video/x-raw";
        impl.seesMotion = impl.motion.setCaps(caps);
        impl.saidBlind = false;
        GST_INFO_OBJECT(self, "caps %" GST_PTR_FORMAT, caps);
        {
            const std::lock_guard lock(impl.mutex);
            impl.gate.setIntraOnly(standsAlone);
        }
        if (!copySettings(impl).motion || impl.seesMotion)
            return TRUE;
        GST_ELEMENT_ERROR(self, STREAM, WRONG_TYPE, ("%s", kBlind),
                          ("caps %" GST_PTR_FORMAT, caps));
        return FALSE;
    });
}

static GstFlowReturn
hafaces_ha_trigger_transform_ip(GstBaseTransform *base, GstBuffer *buffer)
{
    auto *self = HAFACES_HA_TRIGGER(base);
    return guarded(self, GST_FLOW_ERROR, [&] {
        const auto time = frameTime(base, buffer);
        watchMotion(self, buffer, time);
        const auto verdict = passGate(self, buffer, time);
        followGate(self);
        if (!verdict.passes)
            return GST_BASE_TRANSFORM_FLOW_DROPPED;
        if (verdict.mark)
            mark(self, buffer, *verdict.mark);
        if (verdict.isFirst)
            GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
        return GST_FLOW_OK;
    });
}

static gboolean
hafaces_ha_trigger_sink_event(GstBaseTransform *base, GstEvent *event)
{
    auto *self = HAFACES_HA_TRIGGER(base);
    guarded(self, FALSE, [&]() -> gboolean {
        Impl &impl = *self->impl;
        if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) {
            const std::lock_guard lock(impl.mutex);
            impl.hasPassed = false;
        } else if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) {
            {
                const std::lock_guard lock(impl.mutex);
                impl.gate.shut("eos", now());
            }
            followGate(self);
        }
        return TRUE;
    });
    return GST_BASE_TRANSFORM_CLASS(hafaces_ha_trigger_parent_class)->sink_event(base, event);
}

/* False: it is for those upstream too. */
static bool
hafaces_ha_trigger_consume(HafacesHaTrigger *self, GstEvent *event)
{
    Impl &impl = *self->impl;
    const auto isNew = [&impl](const std::string &id) {
        const std::lock_guard lock(impl.mutex);
        return impl.events.isNew(id);
    };
    if (const auto request = parseTriggerEvent(event)) {
        if (isNew(request->id)) {
            trigger(self, {"event", *request});
            followGate(self);
        }
        return true; /* the source has been told */
    }
    if (const auto enable = parseEnableEvent(event)) {
        if (isNew(enable->id))
            g_object_set(self, "enabled", gboolean{enable->enabled}, nullptr);
        return true;
    }
    if (const auto report = parseResultEvent(event)) {
        bool isOurs = false;
        {
            const std::lock_guard lock(impl.mutex);
            if (!impl.events.isNew(report->id))
                return true;
            isOurs = impl.gate.result(
                {report->trigger, report->seq, report->faces, !report->names.empty()}, now());
        }
        followGate(self);
        return isOurs;
    }
    return false;
}

static gboolean
hafaces_ha_trigger_src_event(GstBaseTransform *base, GstEvent *event)
{
    auto *self = HAFACES_HA_TRIGGER(base);
    if (GST_EVENT_TYPE(event) == GST_EVENT_CUSTOM_UPSTREAM &&
        guarded(self, false, [&] { return hafaces_ha_trigger_consume(self, event); })) {
        gst_event_unref(event);
        return TRUE;
    }
    return GST_BASE_TRANSFORM_CLASS(hafaces_ha_trigger_parent_class)->src_event(base, event);
}

static gboolean
hafaces_ha_trigger_query(GstBaseTransform *base, GstPadDirection direction, GstQuery *query)
{
    if (direction == GST_PAD_SRC && isGateQuery(query))
        return TRUE;
    return GST_BASE_TRANSFORM_CLASS(hafaces_ha_trigger_parent_class)->query(base, direction, query);
}

static void
hafaces_ha_trigger_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
    auto *self = HAFACES_HA_TRIGGER(object);
    if (id == PROP_ENABLED) {
        guarded(self, false, [&] {
            setEnabled(self, g_value_get_boolean(value));
            return true;
        });
        return;
    }
    const std::lock_guard lock(self->impl->mutex);
    Settings &settings = self->impl->settings;
    switch (id) {
    case PROP_ADDRESS:
        settings.server.address = toStdString(g_value_get_string(value));
        break;
    case PROP_PORT:
        settings.server.port = static_cast<int>(g_value_get_uint(value));
        break;
    case PROP_PATH:
        settings.server.path = toStdString(g_value_get_string(value));
        break;
    case PROP_TOKEN_FILE:
        settings.server.tokenFile = toStdString(g_value_get_string(value));
        break;
    case PROP_BURST:
        settings.gate.burst = g_value_get_uint(value);
        break;
    case PROP_INTERVAL:
        settings.gate.interval = std::chrono::milliseconds(g_value_get_uint(value));
        break;
    case PROP_WINDOW:
        settings.gate.window = std::chrono::milliseconds(g_value_get_uint(value));
        break;
    case PROP_UNTIL:
        settings.gate.until = static_cast<Until>(g_value_get_enum(value));
        break;
    case PROP_IDLE:
        settings.idle = static_cast<Idle>(g_value_get_enum(value));
        break;
    case PROP_MOTION:
        settings.motion = g_value_get_boolean(value);
        break;
    case PROP_MOTION_RATE:
        settings.motionRate = g_value_get_double(value);
        break;
    case PROP_MOTION_THRESHOLD:
        settings.motionThreshold = g_value_get_double(value);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void
hafaces_ha_trigger_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    Impl &impl = *HAFACES_HA_TRIGGER(object)->impl;
    const Settings settings = copySettings(impl);
    const auto put = [value](const std::string &text) {
        g_value_set_string(value, text.empty() ? nullptr : text.c_str());
    };
    switch (id) {
    case PROP_ADDRESS:
        put(settings.server.address);
        break;
    case PROP_PORT:
        g_value_set_uint(value, static_cast<guint>(settings.server.port));
        break;
    case PROP_PATH:
        put(settings.server.path);
        break;
    case PROP_TOKEN_FILE:
        put(settings.server.tokenFile);
        break;
    case PROP_BURST:
        g_value_set_uint(value, settings.gate.burst);
        break;
    case PROP_INTERVAL:
        g_value_set_uint(value, static_cast<guint>(settings.gate.interval.count()));
        break;
    case PROP_WINDOW:
        g_value_set_uint(value, static_cast<guint>(settings.gate.window.count()));
        break;
    case PROP_UNTIL:
        g_value_set_enum(value, static_cast<gint>(settings.gate.until));
        break;
    case PROP_IDLE:
        g_value_set_enum(value, static_cast<gint>(settings.idle));
        break;
    case PROP_MOTION:
        g_value_set_boolean(value, settings.motion);
        break;
    case PROP_MOTION_RATE:
        g_value_set_double(value, settings.motionRate);
        break;
    case PROP_MOTION_THRESHOLD:
        g_value_set_double(value, settings.motionThreshold);
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
hafaces_ha_trigger_init(HafacesHaTrigger *self)
{
    self->impl = std::make_unique<Impl>(self).release();
    gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
    gst_base_transform_set_qos_enabled(GST_BASE_TRANSFORM(self), FALSE);
}

static void
hafaces_ha_trigger_finalize(GObject *object)
{
    const std::unique_ptr<Impl> impl(HAFACES_HA_TRIGGER(object)->impl);
    G_OBJECT_CLASS(hafaces_ha_trigger_parent_class)->finalize(object);
}

constexpr auto kReadWrite = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
constexpr auto kFixed = static_cast<GParamFlags>(kReadWrite | GST_PARAM_MUTABLE_READY);
constexpr auto kLive = static_cast<GParamFlags>(kReadWrite | GST_PARAM_MUTABLE_PLAYING);

static void
install_listener_properties(const TriggerServerSettings &defaults)
{
    properties[PROP_ADDRESS] = g_param_spec_string(
        "address", "Address",
        "Address to listen on; one that other machines reach (0.0.0.0: all) needs a token-file",
        defaults.address.c_str(), kFixed);
    properties[PROP_PORT] = g_param_spec_uint(
        "port", "Port", "Port to listen on for web hooks; 0: no listener", 0, 65535, 0, kFixed);
    properties[PROP_PATH] =
        g_param_spec_string("path", "Path", "Path of the web hook", defaults.path.c_str(), kFixed);
    properties[PROP_TOKEN_FILE] = g_param_spec_string(
        "token-file", "Token file",
        "File whose first line requests have to give: behind the path, as token in query, form or "
        "JSON, or as Authorization: Bearer",
        nullptr, kFixed);
}

static void
install_gate_properties(const GateSettings &defaults)
{
    properties[PROP_BURST] =
        g_param_spec_uint("burst", "Burst", "Frames to look at after a trigger", 1, kMostFrames,
                          defaults.burst, kLive);
    properties[PROP_INTERVAL] =
        g_param_spec_uint("interval", "Interval", "Milliseconds from one such frame to the next", 0,
                          kMostMs, static_cast<guint>(defaults.interval.count()), kLive);
    properties[PROP_WINDOW] =
        g_param_spec_uint("window", "Window",
                          "Milliseconds after the last trigger when the gate closes at the latest",
                          1, kMostMs, static_cast<guint>(defaults.window.count()), kLive);
    properties[PROP_UNTIL] =
        g_param_spec_enum("until", "Until", "What closes the gate before that", HAFACES_TYPE_UNTIL,
                          static_cast<gint>(defaults.until), kLive);
    properties[PROP_IDLE] =
        g_param_spec_enum("idle", "Idle", "What becomes of frames while the gate is closed",
                          HAFACES_TYPE_IDLE, static_cast<gint>(kDefaultIdle), kLive);
    properties[PROP_ENABLED] = g_param_spec_boolean(
        "enabled", "Enabled", "If false no frame passes at all, and triggers are refused",
        kDefaultEnabled, kLive);
}

static void
install_motion_properties()
{
    properties[PROP_MOTION] = g_param_spec_boolean(
        "motion", "Motion",
        "Trigger by motion in the frames, which have to be JPEG or raw video, for web hooks come "
        "late or never",
        kDefaultMotion, kLive);
    properties[PROP_MOTION_RATE] =
        g_param_spec_double("motion-rate", "Motion rate", "Frames a second that are compared", 0.1,
                            60, kDefaultMotionRate, kLive);
    properties[PROP_MOTION_THRESHOLD] =
        g_param_spec_double("motion-threshold", "Motion threshold",
                            "Score above which there is motion: a walker's change of the picture, "
                            "by what noise, light, shaking and rain explain; larger is less "
                            "sensitive (see motion-score in stats)",
                            0, 1000, kDefaultMotionThreshold, kLive);
}

static void
install_properties(GObjectClass *object_class)
{
    install_listener_properties({});
    install_gate_properties({});
    install_motion_properties();
    properties[PROP_STATS] = g_param_spec_boxed(
        "stats", "Statistics",
        "Since the start: triggers started, coalesced (the gate was open), refused; frames-in, "
        "frames-through (all guint64); motion-score (gdouble) of the last frame compared, which is "
        "motion above motion-threshold. Notified when the element stops",
        GST_TYPE_STRUCTURE, static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
    g_object_class_install_properties(object_class, PROP_LAST, properties);
}

static void
install_signals(GObjectClass *object_class)
{
    /**
     * HafacesHaTrigger::trigger:
     *
     * Open the gate.
     *
     * Returns: (transfer full) (nullable): the id of the trigger that the frames are marked with;
     * %NULL while the element is not enabled
     */
    signals[SIGNAL_TRIGGER] = g_signal_new_class_handler(
        "trigger", G_TYPE_FROM_CLASS(object_class),
        static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
        G_CALLBACK(hafaces_ha_trigger_trigger), nullptr, nullptr, nullptr, G_TYPE_STRING, 0);
}

static void
hafaces_ha_trigger_class_init(HafacesHaTriggerClass *klass)
{
    auto *object_class = G_OBJECT_CLASS(klass);
    auto *element_class = GST_ELEMENT_CLASS(klass);
    auto *transform_class = GST_BASE_TRANSFORM_CLASS(klass);

    GST_DEBUG_CATEGORY_INIT(hafaces_ha_trigger_debug, "hatrigger", 0, "Trigger gate");
    registerTriggerMark();

    object_class->set_property = hafaces_ha_trigger_set_property;
    object_class->get_property = hafaces_ha_trigger_get_property;
    object_class->finalize = hafaces_ha_trigger_finalize;
    install_properties(object_class);
    install_signals(object_class);

    gst_element_class_set_static_metadata(
        element_class, "Trigger gate", "Filter/Network/Video",
        "Passes frames on when motion is reported, by web hook, signal, event or its own eyes",
        "hafaces");
    gst_element_class_add_static_pad_template(element_class, &sink_template);
    gst_element_class_add_static_pad_template(element_class, &src_template);
    gst_type_mark_as_plugin_api(HAFACES_TYPE_UNTIL, static_cast<GstPluginAPIFlags>(0));
    gst_type_mark_as_plugin_api(HAFACES_TYPE_IDLE, static_cast<GstPluginAPIFlags>(0));

    transform_class->start = hafaces_ha_trigger_start;
    transform_class->stop = hafaces_ha_trigger_stop;
    transform_class->set_caps = hafaces_ha_trigger_set_caps;
    transform_class->transform_ip = hafaces_ha_trigger_transform_ip;
    transform_class->sink_event = hafaces_ha_trigger_sink_event;
    transform_class->src_event = hafaces_ha_trigger_src_event;
    transform_class->query = hafaces_ha_trigger_query;
    transform_class->transform_ip_on_passthrough = FALSE;
}
