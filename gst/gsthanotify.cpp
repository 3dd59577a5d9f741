/* SPDX-License-Identifier: MIT */
/**
 * SECTION:element-hanotify
 * @title: hanotify
 *
 * Tells what hafacedetect found, as events and pictures.
 *
 * Frames, raw or JPEG, pass through unchanged and never wait: what is to be told is put into a
 * bounded queue, and a thread of the element's own delivers it. A folder that can't be written, or
 * a full disk, is a warning, a counter in `stats` and another try after 1 s to 60 s, never an error
 * of the pipeline.
 *
 * With `transport=file` the folder `location` (made if missing) gets `last-detection.jpg`, which is
 * replaced in one step, and `events.jsonl` with one event a line. At 10 MB that file becomes
 * `events.jsonl.1`, and so on to `.5`.
 *
 * With `transport=mqtt` a device with all entities appears in Home Assistant (MQTT discovery), with
 * the picture, the events, and the states of camera and detection; it can ask for a detection, and
 * switch detection off, which hatrigger obeys or, without one, the detector. An event counts as
 * delivered when the broker has confirmed it; if the connection breaks before that it is counted as
 * `unconfirmed` and never sent again. After a lost connection events wait for Home Assistant to be
 * back, or 15 s.
 *
 * With `transport=webhook` each event is posted as JSON to `location`, and with `transport=rest` it is
 * fired on Home Assistant's bus as `hafaces_` and its type. Pictures go to `image-location`, the
 * webhook of a push camera, before their event. Delivered is what was answered with 2xx, which says
 * nothing of an automation: Home Assistant answers so to any webhook. What was sent and not answered
 * is `unconfirmed`, and never sent again.
 *
 * A webhook's id, a token and a password belong into files (`location-file`, `image-location-file`,
 * `token-file`, `password-file`), for a command line is seen by all.
 *
 * By default one event `face_detected` is told for each visit. A visit begins with the first face
 * and ends when none was seen for `clear-after`, or with the stream. A better picture within the
 * visit (a larger, surer face), and the first one of another trigger, replaces `last-detection.jpg`
 * without an event.
 *
 * An event is a JSON object:
 *
 * * `schema`: 1; `event_type`: `face_detected`, or `no_face` with `publish=all`
 * * `id`, `visit`: UUIDs of the event and its visit (null: no visit is open)
 * * `camera`: the property; `time`: when the frame was taken, RFC 3339, UTC
 * * `trigger`: the id of the trigger that the frame was taken for, or null
 * * `frame`: `width`, `height` in px
 * * `faces`: of the whole frame, surest first: `box` (`x`, `y`, `width`, `height` in px of the
 *   frame, origin at the top left), `confidence` (0 to 1), and of recognition `status`, `name`,
 *   `distance`, `reason` (null where it does not run)
 * * `person`: null without recognition
 * * `inference_ms`, `latency_ms`: for the network, and from the trigger (the last one before the
 *   frame), else the frame's arrival at hafacedetect, to the delivery
 *
 * With `publish=all` there is also `no_face`: once for each burst of a hatrigger in which no face
 * was found, when the results for its frames are there or 1.5 s after its window, with the last
 * frame that was looked at; and for each such frame where nothing triggers. Frames that were not
 * looked at say nothing.
 *
 * An event that could not be delivered within `max-age` of its frame is dropped and counted, for
 * late news opens doors; a frame that a decoder held back for so long is no news at all. On
 * stopping, what is left is delivered for at most 1 s.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 filesrc location=tests/data/three_faces.jpg ! jpegdec ! hafacedetect ! facedraw ! jpegenc ! hanotify location=out ! fakesink
 * ]|
 */
#include "gsthanotify.h"

#include "core/camera_state.h"
#include "core/visit_reporter.h"
#include "gstutil/control_event.h"
#include "gstutil/face_message.h"
#include "gstutil/face_meta.h"
#include "gstutil/gst_ptr.h"
#include "gstutil/guarded.h"
#include "gstutil/timer.h"
#include "jpeg_encoder.h"
#include "net/outbox.h"
#include "net/transport.h"
#include "notify_settings.h"

#include <memory>
#include <mutex>
#include <string>
#include <utility>

GST_DEBUG_CATEGORY_STATIC(hafaces_ha_notify_debug);
#define GST_CAT_DEFAULT hafaces_ha_notify_debug

using namespace hafaces;

namespace {

GParamSpec *statsSpec;

/* Whatever goes wrong in `work`, the stream goes on. */
template<typename Work>
void
harmlessly(HafacesHaNotify *self, Work &&work) noexcept
{
    try {
        std::forward<Work>(work)();
    } catch (const std::exception &error) {
        GST_ELEMENT_WARNING(self, LIBRARY, FAILED, ("%s", error.what()), (nullptr));
    }
}

void sendNoFaces(HafacesHaNotify *self);
void clearFace(HafacesHaNotify *self);

struct Impl {
    explicit Impl(HafacesHaNotify *self)
        : burstTimer{[self] { harmlessly(self, [&] { sendNoFaces(self); }); }}
        , clearTimer{[self] { harmlessly(self, [&] { clearFace(self); }); }}
    {
    }

    std::mutex mutex;
    NotifySettings settings;          /* protected by mutex */
    std::shared_ptr<Outbox> outbox;   /* protected by mutex; from start to stop */
    Outbox::Stats finalStats;         /* protected by mutex; of the outbox that ended */
    guint64 visitCount = 0;           /* protected by mutex */
    VisitReporter reporter{newUuid};  /* protected by mutex */
    StateReporter state;              /* protected by mutex */
    std::optional<bool> askedEnabled; /* protected by mutex; nobody upstream has heard it yet */

    MiniObjectPtr<GstCaps> caps;          /* streaming thread only */
    std::shared_ptr<JpegEncoder> encoder; /* streaming thread; null if frames are JPEG already */

    Timer
        burstTimer; /* when a burst is over though nothing comes; last: it uses all of the above */
    Timer clearTimer; /* when nobody was seen for clear-after; it too */
};

} // namespace

struct _HafacesHaNotify {
    GstBaseTransform parent;
    Impl *impl;
};

#define HAFACES_NOTIFY_CAPS "image/jpeg; video/x-raw"

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(HAFACES_NOTIFY_CAPS));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(HAFACES_NOTIFY_CAPS));

G_DEFINE_TYPE(HafacesHaNotify, hafaces_ha_notify, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE(hanotify, "hanotify", GST_RANK_NONE, HAFACES_TYPE_HA_NOTIFY)

namespace {

/* A copy of a frame, so that none of a camera's few buffers is held back. */
class FramePicture final : public PendingPicture {
public:
    FramePicture(GstBuffer *frame, GstCaps *caps, std::shared_ptr<JpegEncoder> encoder)
        : encoder_{std::move(encoder)}
    {
        const MiniObjectPtr<GstBuffer> copy(gst_buffer_copy_deep(frame));
        sample_.reset(gst_sample_new(copy.get(), caps, nullptr, nullptr));
    }

    std::vector<std::uint8_t> jpeg() override
    {
        return encoder_ ? encoder_->encode(sample_.get())
                        : bytesOf(gst_sample_get_buffer(sample_.get()));
    }

    std::size_t heldBytes() const override
    {
        return gst_buffer_get_size(gst_sample_get_buffer(sample_.get()));
    }

private:
    MiniObjectPtr<GstSample> sample_;
    std::shared_ptr<JpegEncoder> encoder_;
};

NotifySettings
copySettings(Impl &impl)
{
    const std::lock_guard lock(impl.mutex);
    return impl.settings;
}

std::shared_ptr<Outbox>
currentOutbox(Impl &impl)
{
    const std::lock_guard lock(impl.mutex);
    return impl.outbox;
}

/* What was asked for goes to hatrigger, or to the detector where there is none. While a pipeline
 * starts those are not there yet: then it is sent again with the stream's first event. */
void
sendEnabled(HafacesHaNotify *self)
{
    Impl &impl = *self->impl;
    std::optional<bool> enabled;
    {
        const std::lock_guard lock(impl.mutex);
        enabled = impl.askedEnabled;
    }
    if (!enabled || !gst_pad_push_event(GST_BASE_TRANSFORM_SINK_PAD(self),
                                        makeEnableEvent({newUuid(), *enabled}).release()))
        return;
    const std::lock_guard lock(impl.mutex);
    if (impl.askedEnabled == enabled)
        impl.askedEnabled.reset();
}

/* They go upstream. */
CameraCommands
commandsFor(HafacesHaNotify *self)
{
    return {
        [self] {
            GST_INFO_OBJECT(self, "asked to detect now");
            gst_pad_push_event(GST_BASE_TRANSFORM_SINK_PAD(self),
                               makeTriggerEvent({newUuid(), std::nullopt, std::nullopt}).release());
        },
        [self](bool enabled) {
            GST_INFO_OBJECT(self, "detection is %s", enabled ? "enabled" : "disabled");
            {
                const std::lock_guard lock(self->impl->mutex);
                self->impl->askedEnabled = enabled;
            }
            sendEnabled(self);
        },
    };
}

OutboxSettings
outboxSettings(const NotifySettings &settings)
{
    OutboxSettings result;
    result.queueSize = settings.queueSize;
    result.maxAge = std::chrono::seconds(settings.maxAgeSeconds);
    return result;
}

Outbox::Reports
reportsFor(HafacesHaNotify *self)
{
    return {
        [self](const std::string &error) {
            GST_ELEMENT_WARNING(self, RESOURCE, WRITE, ("%s", error.c_str()),
                                ("events wait and are tried again, at most for max-age"));
        },
        [self] { GST_ELEMENT_INFO(self, RESOURCE, WRITE, ("delivery works again"), (nullptr)); },
        [self](const std::string &what) { GST_WARNING_OBJECT(self, "lost: %s", what.c_str()); },
    };
}

bool
takesPictures(const NotifySettings &settings)
{
    return settings.image == NotifyImage::Buffer && takesPictures(settings.transport);
}

ReportSettings
reportSettings(const NotifySettings &settings)
{
    return {settings.transport.camera, settings.publish, takesPictures(settings),
            std::chrono::seconds(settings.clearAfterSeconds),
            std::chrono::seconds(settings.maxAgeSeconds)};
}

VisitTracker::Moment
momentOf(HafacesHaNotify *self, GstBuffer *buffer)
{
    const auto running = timesOf(buffer, &GST_BASE_TRANSFORM(self)->segment).runningTime;
    VisitTracker::Moment now;
    now.steady = std::chrono::steady_clock::now().time_since_epoch();
    if (GST_CLOCK_TIME_IS_VALID(running))
        now.stream = std::chrono::nanoseconds(running);
    return now;
}

/* g_get_monotonic_time() and steady_clock are the same clock. */
std::chrono::steady_clock::time_point
steadyTime(std::int64_t monotonicUs)
{
    return std::chrono::steady_clock::time_point(std::chrono::microseconds(monotonicUs));
}

/* The transport has them from here. */
void
send(HafacesHaNotify *self, Outbox &outbox, Report &&report,
     std::unique_ptr<PendingPicture> picture = {})
{
    GST_DEBUG_OBJECT(self, "%s%s, visit %s", report.event ? toString(report.event->type) : "",
                     picture ? " picture" : "", report.visit.c_str());
    Notice news;
    news.since = steadyTime(report.sinceMonotonicUs);
    news.taken = steadyTime(report.takenMonotonicUs);
    news.visit = std::move(report.visit);
    news.event = std::move(report.event);
    news.picture = std::move(picture);
    outbox.send(std::move(news));
}

/* For the bursts that are over by now. Any thread. */
void
sendNoFaces(HafacesHaNotify *self)
{
    Impl &impl = *self->impl;
    const auto outbox = currentOutbox(impl);
    if (!outbox)
        return;
    std::vector<Report> reports;
    {
        const std::lock_guard lock(impl.mutex);
        reports = impl.reporter.takeNoFaces(std::chrono::steady_clock::now(),
                                            reportSettings(impl.settings));
        impl.burstTimer.setTo(impl.reporter.nextDeadline());
    }
    for (Report &report : reports)
        send(self, *outbox, std::move(report));
}

/* What `change`, which gets the StateReporter, says is different now. */
template<typename Change>
void
showState(HafacesHaNotify *self, Change change)
{
    Impl &impl = *self->impl;
    CameraState changes;
    std::shared_ptr<Outbox> outbox;
    {
        const std::lock_guard lock(impl.mutex);
        changes = change(impl.state);
        impl.clearTimer.setTo(impl.state.clearAt());
        outbox = impl.outbox;
    }
    if (outbox && !changes.isEmpty())
        outbox->show(changes);
}

/* The stream is over, and with it visits and bursts. */
void
endReports(HafacesHaNotify *self)
{
    Impl &impl = *self->impl;
    const auto outbox = currentOutbox(impl);
    std::vector<Report> reports;
    {
        const std::lock_guard lock(impl.mutex);
        reports =
            impl.reporter.end(std::chrono::steady_clock::now(), reportSettings(impl.settings));
        impl.burstTimer.setTo(std::nullopt);
    }
    for (Report &report : reports)
        if (outbox)
            send(self, *outbox, std::move(report));
    showState(self, [](StateReporter &state) { return state.begin(); });
}

void
clearFace(HafacesHaNotify *self)
{
    showState(self,
              [](StateReporter &state) { return state.clear(StateReporter::Time::clock::now()); });
}

void
notice(HafacesHaNotify *self, GstBuffer *buffer)
{
    Impl &impl = *self->impl;
    const auto detection = readDetection(buffer);
    const auto outbox = currentOutbox(impl);
    if (!outbox)
        return;
    showState(self, [](StateReporter &state) { return state.frame(); });
    if (!detection)
        return;
    showState(self, [&](StateReporter &state) {
        return state.see(*detection, {StateReporter::Time::clock::now(), g_get_real_time()},
                         std::chrono::seconds(impl.settings.clearAfterSeconds));
    });
    Report report;
    {
        const std::lock_guard lock(impl.mutex);
        report =
            impl.reporter.report(*detection, momentOf(self, buffer), reportSettings(impl.settings));
        impl.visitCount += report.beginsVisit ? 1 : 0;
    }
    if (report.event || report.picture) {
        std::unique_ptr<PendingPicture> picture;
        if (report.picture)
            picture = std::make_unique<FramePicture>(buffer, impl.caps.get(), impl.encoder);
        send(self, *outbox, std::move(report), std::move(picture));
    }
    if (detection->trigger)
        sendNoFaces(self);
}

GstStructure *
statsStructure(Impl &impl)
{
    const auto outbox = currentOutbox(impl);
    const std::lock_guard lock(impl.mutex);
    const Outbox::Stats stats = outbox ? outbox->stats() : impl.finalStats;
    return gst_structure_new(
        "stats", "visits", G_TYPE_UINT64, impl.visitCount, "events", G_TYPE_UINT64,
        guint64{stats.events}, "images", G_TYPE_UINT64, guint64{stats.images}, "queued",
        G_TYPE_UINT64, guint64{stats.queued}, "dropped", G_TYPE_UINT64, guint64{stats.dropped},
        "dropped-images", G_TYPE_UINT64, guint64{stats.droppedImages}, "expired", G_TYPE_UINT64,
        guint64{stats.expired}, "unconfirmed", G_TYPE_UINT64, guint64{stats.unconfirmed},
        "failures", G_TYPE_UINT64, guint64{stats.failures}, "last-error", G_TYPE_STRING,
        stats.lastError.c_str(), nullptr);
}

} // namespace

static gboolean
hafaces_ha_notify_start(GstBaseTransform *base)
{
    auto *self = HAFACES_HA_NOTIFY(base);
    return guarded(self, FALSE, [&]() -> gboolean {
        Impl &impl = *self->impl;
        const NotifySettings settings = copySettings(impl);
        auto publisher = makePublisher(settings.transport, commandsFor(self));
        GST_INFO_OBJECT(self, "camera %s, to %s", settings.transport.camera.c_str(),
                        shownLocation(settings.transport).c_str());
        auto outbox = std::make_shared<Outbox>(std::move(publisher), outboxSettings(settings),
                                               reportsFor(self));
        {
            const std::lock_guard lock(impl.mutex);
            impl.outbox = std::move(outbox);
            impl.visitCount = 0;
        }
        showState(self, [](StateReporter &state) { return state.begin(); });
        return TRUE;
    });
}

static gboolean
hafaces_ha_notify_stop(GstBaseTransform *base)
{
    auto *self = HAFACES_HA_NOTIFY(base);
    return guarded(self, FALSE, [&]() -> gboolean {
        Impl &impl = *self->impl;
        endReports(self);
        if (const auto outbox = currentOutbox(impl)) {
            const Outbox::Stats stats = outbox->finish();
            const std::lock_guard lock(impl.mutex);
            impl.finalStats = stats;
            impl.outbox.reset();
        }
        impl.encoder.reset();
        impl.caps.reset();
        g_object_notify_by_pspec(G_OBJECT(self), statsSpec);
        return TRUE;
    });
}

static gboolean
hafaces_ha_notify_set_caps(GstBaseTransform *base, GstCaps *caps, GstCaps * /*out_caps*/)
{
    auto *self = HAFACES_HA_NOTIFY(base);
    return guarded(self, FALSE, [&]() -> gboolean {
        Impl &impl = *self->impl;
        impl.caps.reset(gst_caps_ref(caps));
        const GstStructure *structure = gst_caps_get_structure(caps, 0);
        if (gst_structure_has_name(structure, "image/jpeg"))
            impl.encoder.reset();
        else if (!impl.encoder)
            impl.encoder =
                std::make_shared<JpegEncoder>(static_cast<int>(copySettings(impl).jpegQuality));
        GST_INFO_OBJECT(self, "caps %" GST_PTR_FORMAT, caps);
        return TRUE;
    });
}

static GstFlowReturn
hafaces_ha_notify_transform_ip(GstBaseTransform *base, GstBuffer *buffer)
{
    auto *self = HAFACES_HA_NOTIFY(base);
    harmlessly(self, [&] { notice(self, buffer); });
    return GST_FLOW_OK;
}

static void
hafaces_ha_notify_follow_event(HafacesHaNotify *self, GstEvent *event)
{
    if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) {
        endReports(self);
    } else if (GST_EVENT_TYPE(event) == GST_EVENT_STREAM_START) {
        sendEnabled(self);
    } else if (GST_EVENT_TYPE(event) == GST_EVENT_CUSTOM_DOWNSTREAM_OOB) {
        if (const auto source = parseSourceEvent(event))
            showState(self, [&](StateReporter &state) { return state.connect(source->connected); });
        const auto closing = parseBurstEndEvent(event);
        if (!closing)
            return;
        {
            const std::lock_guard lock(self->impl->mutex);
            self->impl->reporter.close(*closing, std::chrono::steady_clock::now());
        }
        sendNoFaces(self);
    }
}

static gboolean
hafaces_ha_notify_sink_event(GstBaseTransform *base, GstEvent *event)
{
    auto *self = HAFACES_HA_NOTIFY(base);
    harmlessly(self, [&] { hafaces_ha_notify_follow_event(self, event); });
    return GST_BASE_TRANSFORM_CLASS(hafaces_ha_notify_parent_class)->sink_event(base, event);
}

static void
hafaces_ha_notify_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
    Impl &impl = *HAFACES_HA_NOTIFY(object)->impl;
    const std::lock_guard lock(impl.mutex);
    if (!setNotifyProperty(impl.settings, id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void
hafaces_ha_notify_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    Impl &impl = *HAFACES_HA_NOTIFY(object)->impl;
    if (spec == statsSpec)
        g_value_take_boxed(value, statsStructure(impl));
    else if (!getNotifyProperty(copySettings(impl), id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void
hafaces_ha_notify_init(HafacesHaNotify *self)
{
    self->impl = std::make_unique<Impl>(self).release();
    gst_base_transform_set_passthrough(GST_BASE_TRANSFORM(self), TRUE);
    gst_base_transform_set_qos_enabled(GST_BASE_TRANSFORM(self), FALSE);
}

static void
hafaces_ha_notify_finalize(GObject *object)
{
    const std::unique_ptr<Impl> impl(HAFACES_HA_NOTIFY(object)->impl);
    G_OBJECT_CLASS(hafaces_ha_notify_parent_class)->finalize(object);
}

static void
install_properties(GObjectClass *object_class)
{
    installNotifyProperties(object_class);
    statsSpec = g_param_spec_boxed(
        "stats", "Statistics",
        "Since the start: visits, events and images delivered, queued now, dropped (events pushed "
        "out by newer ones, refused for good, or left over at the end), dropped-images, expired "
        "(events older than max-age), unconfirmed (events sent when the connection broke, never "
        "again), failures (of deliveries) (all guint64); last-error (string, empty when all is "
        "well). Notified when the element stops",
        GST_TYPE_STRUCTURE, static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
    g_object_class_install_property(object_class, notifyPropertyCount() + 1, statsSpec);
}

static void
hafaces_ha_notify_class_init(HafacesHaNotifyClass *klass)
{
    auto *object_class = G_OBJECT_CLASS(klass);
    auto *element_class = GST_ELEMENT_CLASS(klass);
    auto *transform_class = GST_BASE_TRANSFORM_CLASS(klass);

    GST_DEBUG_CATEGORY_INIT(hafaces_ha_notify_debug, "hanotify", 0, "Face notifier");
    registerFaceMeta();

    object_class->set_property = hafaces_ha_notify_set_property;
    object_class->get_property = hafaces_ha_notify_get_property;
    object_class->finalize = hafaces_ha_notify_finalize;
    install_properties(object_class);

    gst_element_class_set_static_metadata(element_class, "Face notifier", "Filter/Network/Video",
                                          "Tells what hafacedetect found, as events and pictures",
                                          "hafaces");
    gst_element_class_add_static_pad_template(element_class, &sink_template);
    gst_element_class_add_static_pad_template(element_class, &src_template);
    markNotifyTypes();

    transform_class->start = hafaces_ha_notify_start;
    transform_class->stop = hafaces_ha_notify_stop;
    transform_class->set_caps = hafaces_ha_notify_set_caps;
    transform_class->transform_ip = hafaces_ha_notify_transform_ip;
    transform_class->sink_event = hafaces_ha_notify_sink_event;
}
