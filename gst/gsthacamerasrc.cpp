/* SPDX-License-Identifier: MIT */
/**
 * SECTION:element-hacamerasrc
 * @title: hacamerasrc
 *
 * Pictures of an HTTP camera: an MJPEG stream or a snapshot address, told apart by the answer. Made
 * for Motion and motionEye, of use with any other.
 *
 * Nothing that a camera does ends the stream. When the connection breaks, the camera stalls, sends
 * a log-in page instead of pictures or asks for a password that is wrong, no frame comes for a
 * while, the reason is told, and another connection is tried after a wait that grows up to
 * `max-backoff`. A picture is believed by its bytes, FF D8 FF to FF D9, never by the status, type or
 * length that is told with it; what is cut short or garbled is left out. Redirections are followed
 * on the same host only, and no proxy is asked.
 *
 * It is a live source. When what follows is slower than the camera, the newest picture is passed on
 * and those before are dropped, so at most two pictures are in memory: one that waits, one that
 * comes in. A buffer's time is that of the picture's last byte; a GstReferenceTimestampMeta
 * (`timestamp/x-unix`) tells it by the wall clock.
 *
 * With `fetch=triggered` a snapshot address is asked once in the beginning, and then only when the
 * upstream event `hafaces-trigger` comes, as hatrigger sends it: for `burst` (#guint) pictures,
 * `interval` (#guint, ms) apart; without these one picture.
 *
 * ## Messages
 * An element message `hacamerasrc` is posted when the camera is `connected` or `lost`, and when
 * another fault is in the way than before:
 *
 * * `state` (string): `connected` or `lost`
 * * `fault` (string): empty, or `unreachable`, `tls`, `no-answer`, `status`, `unauthorized`,
 *   `redirected`, `not-a-picture`, `closed`, `stalled`, `too-large`
 * * `reason` (string): a sentence for people, without secrets
 *
 * The same goes downstream as the event `hafaces-source` (`connected`, gboolean; `reason`, string),
 * out of band, and again before the first frame after each new connection.
 *
 * ## Passwords
 * By the camera's choice HTTP Basic or Digest, the session of motionEye 0.44 or the signed address
 * of those before. Give `user-id` and `password-file`. The `location` property is read back without
 * user, password and query.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 hacamerasrc location=http://127.0.0.1:8081/ ! jpegdec ! videoconvert ! autovideosink
 * ]|
 */
#include "gsthacamerasrc.h"

#include "core/recent_ids.h"
#include "core/secret_file.h"
#include "gstutil/control_event.h"
#include "gstutil/gst_ptr.h"
#include "gstutil/guarded.h"
#include "net/camera_client.h"
#include "net/url.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

GST_DEBUG_CATEGORY_STATIC(hafaces_ha_camera_src_debug);
#define GST_CAT_DEFAULT hafaces_ha_camera_src_debug

using namespace hafaces;

namespace {

enum class Fetch { Continuous, Interval, Triggered };

constexpr Fetch kDefaultFetch = Fetch::Continuous;
constexpr guint kDefaultIntervalMs = 1000;
constexpr guint kMostMs = 24 * 3600 * 1000;
constexpr guint kSmallestLimit = 1024;

enum {
    PROP_0,
    PROP_LOCATION,
    PROP_LOCATION_FILE,
    PROP_AUTH,
    PROP_USER_ID,
    PROP_PASSWORD_FILE,
    PROP_FETCH,
    PROP_INTERVAL,
    PROP_CONNECT_TIMEOUT,
    PROP_STALL_TIMEOUT,
    PROP_MAX_BACKOFF,
    PROP_MAX_PICTURE_BYTES,
    PROP_VERIFY,
    PROP_CA_FILE,
    PROP_STATS,
    PROP_LAST
};

GParamSpec *properties[PROP_LAST];

struct Settings {
    CameraSettings camera; /* without the interval */
    std::string locationFile;
    Fetch fetch = kDefaultFetch;
    guint intervalMs = kDefaultIntervalMs;
};

struct Arrival {
    MjpegParser::Picture picture;
    gint64 monotonicUs = 0;
    gint64 unixUs = 0;
};

/* What the client's thread tells, until the streaming thread takes it. */
class Inbox final : public CameraClient::Listener {
public:
    explicit Inbox(HafacesHaCameraSrc *self)
        : self_{self}
    {
    }

    void onPicture(MjpegParser::Picture &&picture) override;
    void onConnected() override;
    void onLost(CameraFault fault, const std::string &reason) override;

    /* Forgets what the last client told. Only while there is none. */
    void clear();

    /* Waits for a picture. None: the element is flushing. */
    std::optional<Arrival> take();

    /* Whether the next picture is the first of a connection; true once. */
    bool isNewConnection();

    void setFlushing(bool flushing);
    guint64 dropped() const;

private:
    void post(const SourceState &state, const char *fault);

    HafacesHaCameraSrc *self_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Arrival> waiting_; /* protected by mutex_, like all below */
    bool flushing_ = false;
    bool newConnection_ = false;
    guint64 dropped_ = 0;

    /* The client's thread only */
    std::optional<CameraFault> lastFault_;
    guint failuresInARow_ = 0;
};

struct Impl {
    explicit Impl(HafacesHaCameraSrc *self)
        : inbox{self}
    {
    }

    std::mutex mutex;
    Settings settings;                    /* protected by mutex */
    std::shared_ptr<CameraClient> client; /* protected by mutex; from start to stop */
    CameraClient::Stats finalStats;       /* protected by mutex; of the client that ended */
    RecentIds requests;                   /* protected by mutex */
    Inbox inbox;

    int width = 0;            /* of the caps; streaming thread only */
    int height = 0;           /* streaming thread only */
    GstClockTime lastPts = 0; /* streaming thread only */
    MiniObjectPtr<GstCaps> unixTime{gst_caps_new_empty_simple("timestamp/x-unix")};
};

} // namespace

struct _HafacesHaCameraSrc {
    GstPushSrc parent;
    Impl *impl;
};

#define HAFACES_TYPE_CAMERA_AUTH (hafaces_camera_auth_get_type())
static GType
hafaces_camera_auth_get_type()
{
    static const GEnumValue values[] = {
        {static_cast<gint>(CameraAuth::Auto), "What the camera asks for", "auto"},
        {static_cast<gint>(CameraAuth::None), "No password is ever sent", "none"},
        {static_cast<gint>(CameraAuth::Basic), "HTTP Basic", "basic"},
        {static_cast<gint>(CameraAuth::Digest), "HTTP Digest", "digest"},
        {static_cast<gint>(CameraAuth::MotionEye), "motionEye's session or signed address",
         "motioneye"},
        {0, nullptr, nullptr},
    };
    static const GType type = g_enum_register_static("HafacesCameraAuth", values);
    return type;
}

#define HAFACES_TYPE_FETCH (hafaces_fetch_get_type())
static GType
hafaces_fetch_get_type()
{
    static const GEnumValue values[] = {
        {static_cast<gint>(Fetch::Continuous), "A snapshot after another, at most 25 a second",
         "continuous"},
        {static_cast<gint>(Fetch::Interval), "A snapshot each interval", "interval"},
        {static_cast<gint>(Fetch::Triggered), "Snapshots when hatrigger asks for them",
         "triggered"},
        {0, nullptr, nullptr},
    };
    static const GType type = g_enum_register_static("HafacesFetch", values);
    return type;
}

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS("image/jpeg"));

G_DEFINE_TYPE(HafacesHaCameraSrc, hafaces_ha_camera_src, GST_TYPE_PUSH_SRC)
GST_ELEMENT_REGISTER_DEFINE(hacamerasrc, "hacamerasrc", GST_RANK_NONE, HAFACES_TYPE_HA_CAMERA_SRC)

namespace {

void
Inbox::onPicture(MjpegParser::Picture &&picture)
{
    Arrival arrival{std::move(picture), g_get_monotonic_time(), g_get_real_time()};
    const std::lock_guard lock(mutex_);
    dropped_ += waiting_ ? 1 : 0;
    waiting_ = std::move(arrival);
    changed_.notify_all();
}

void
Inbox::onConnected()
{
    if (failuresInARow_ > 0)
        GST_INFO_OBJECT(self_, "connected after %u failures", failuresInARow_);
    failuresInARow_ = 0;
    lastFault_.reset();
    {
        const std::lock_guard lock(mutex_);
        newConnection_ = true;
    }
    post({true, ""}, "");
}

void
Inbox::onLost(CameraFault fault, const std::string &reason)
{
    ++failuresInARow_;
    if ((failuresInARow_ & (failuresInARow_ - 1)) == 0) /* the first, second, fourth, ... */
        GST_WARNING_OBJECT(self_, "%s (%u in a row)", reason.c_str(), failuresInARow_);
    if (std::exchange(lastFault_, fault) == fault)
        return;
    const SourceState state{false, reason};
    post(state, toString(fault));
    gst_pad_push_event(GST_BASE_SRC_PAD(self_), makeSourceEvent(state).release());
}

void
Inbox::post(const SourceState &state, const char *fault)
{
    GstStructure *structure = gst_structure_new(
        "hacamerasrc", "state", G_TYPE_STRING, state.connected ? "connected" : "lost", "fault",
        G_TYPE_STRING, fault, "reason", G_TYPE_STRING, state.reason.c_str(), nullptr);
    gst_element_post_message(GST_ELEMENT(self_),
                             gst_message_new_element(GST_OBJECT(self_), structure));
}

void
Inbox::clear()
{
    const std::lock_guard lock(mutex_);
    waiting_.reset();
    newConnection_ = false;
    dropped_ = 0;
    lastFault_.reset();
    failuresInARow_ = 0;
}

std::optional<Arrival>
Inbox::take()
{
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return flushing_ || waiting_; });
    return flushing_ ? std::nullopt : std::exchange(waiting_, std::nullopt);
}

bool
Inbox::isNewConnection()
{
    const std::lock_guard lock(mutex_);
    return std::exchange(newConnection_, false);
}

void
Inbox::setFlushing(bool flushing)
{
    const std::lock_guard lock(mutex_);
    flushing_ = flushing;
    changed_.notify_all();
}

guint64
Inbox::dropped() const
{
    const std::lock_guard lock(mutex_);
    return dropped_;
}

Settings
copySettings(Impl &impl)
{
    const std::lock_guard lock(impl.mutex);
    return impl.settings;
}

std::shared_ptr<CameraClient>
currentClient(Impl &impl)
{
    const std::lock_guard lock(impl.mutex);
    return impl.client;
}

CameraSettings
cameraSettings(const Settings &settings)
{
    CameraSettings camera = settings.camera;
    if (!settings.locationFile.empty())
        camera.location = readSecretFile("location-file", settings.locationFile);
    if (settings.fetch == Fetch::Interval)
        camera.interval = std::chrono::milliseconds(settings.intervalMs);
    camera.onRequest = settings.fetch == Fetch::Triggered;
    return camera;
}

/* As users may see it. */
std::string
displayed(const std::string &location)
{
    try {
        return Url(location).display();
    } catch (const std::exception &) {
        return "(not an http or https address)";
    }
}

/* The running time when the picture arrived, never before that of the last. */
GstClockTime
ptsOf(HafacesHaCameraSrc *self, const Arrival &arrival)
{
    const GstClockTime now = gst_element_get_current_running_time(GST_ELEMENT(self));
    if (!GST_CLOCK_TIME_IS_VALID(now))
        return GST_CLOCK_TIME_NONE;
    const auto age =
        static_cast<GstClockTime>(g_get_monotonic_time() - arrival.monotonicUs) * GST_USECOND;
    GstClockTime &last = self->impl->lastPts;
    last = std::max(last, now > age ? now - age : 0);
    return last;
}

/* Without a copy: the picture's memory goes with the buffer. */
GstBuffer *
bufferOf(std::vector<std::uint8_t> &&jpeg)
{
    auto owned = std::make_unique<std::vector<std::uint8_t>>(std::move(jpeg));
    auto *bytes = owned.release();
    return gst_buffer_new_wrapped_full(static_cast<GstMemoryFlags>(0), bytes->data(), bytes->size(),
                                       0, bytes->size(), bytes, [](gpointer data) {
                                           std::default_delete<std::vector<std::uint8_t>>()(
                                               static_cast<std::vector<std::uint8_t> *>(data));
                                       });
}

void
followSize(HafacesHaCameraSrc *self, const MjpegParser::Picture &picture)
{
    Impl &impl = *self->impl;
    if (impl.width == picture.width && impl.height == picture.height)
        return;
    impl.width = picture.width;
    impl.height = picture.height;
    const MiniObjectPtr<GstCaps> caps(
        gst_caps_new_simple("image/jpeg", "width", G_TYPE_INT, picture.width, "height", G_TYPE_INT,
                            picture.height, "framerate", GST_TYPE_FRACTION, 0, 1, nullptr));
    GST_INFO_OBJECT(self, "caps %" GST_PTR_FORMAT, caps.get());
    gst_base_src_set_caps(GST_BASE_SRC(self), caps.get());
}

GstStructure *
statsStructure(Impl &impl)
{
    const auto client = currentClient(impl);
    CameraClient::Stats stats;
    if (client) {
        stats = client->stats();
    } else {
        const std::lock_guard lock(impl.mutex);
        stats = impl.finalStats;
    }
    const StructurePtr faults(gst_structure_new_empty("faults"));
    for (std::size_t i = 0; i < kCameraFaults; ++i)
        gst_structure_set(faults.get(), toString(static_cast<CameraFault>(i)), G_TYPE_UINT64,
                          guint64{stats.faults[i]}, nullptr);
    const guint64 reconnects = stats.connections > 0 ? stats.connections - 1 : 0;
    return gst_structure_new("stats", "pictures", G_TYPE_UINT64, guint64{stats.pictures}, "dropped",
                             G_TYPE_UINT64, impl.inbox.dropped(), "damaged", G_TYPE_UINT64,
                             guint64{stats.damagedPictures}, "bytes", G_TYPE_UINT64,
                             guint64{stats.bytes}, "reconnects", G_TYPE_UINT64, reconnects,
                             "faults", GST_TYPE_STRUCTURE, faults.get(), "last-fault",
                             G_TYPE_STRING, stats.lastFault.c_str(), nullptr);
}

} // namespace

static gboolean
hafaces_ha_camera_src_start(GstBaseSrc *base)
{
    auto *self = HAFACES_HA_CAMERA_SRC(base);
    Impl &impl = *self->impl;
    const Settings settings = copySettings(impl);
    if (settings.camera.location.empty() && settings.locationFile.empty()) {
        GST_ELEMENT_ERROR(self, RESOURCE, SETTINGS,
                          ("the property location is not set: give the camera's address, as in "
                           "location=http://camera.local:8081/"),
                          (nullptr));
        return FALSE;
    }
    try {
        impl.width = impl.height = 0;
        impl.lastPts = 0;
        impl.inbox.clear();
        auto client = std::make_shared<CameraClient>(cameraSettings(settings), impl.inbox);
        const std::lock_guard lock(impl.mutex);
        impl.client = std::move(client);
        return TRUE;
    } catch (const std::exception &error) {
        GST_ELEMENT_ERROR(self, RESOURCE, SETTINGS, ("%s", error.what()), (nullptr));
        return FALSE;
    }
}

static gboolean
hafaces_ha_camera_src_stop(GstBaseSrc *base)
{
    auto *self = HAFACES_HA_CAMERA_SRC(base);
    return guarded(self, FALSE, [&]() -> gboolean {
        Impl &impl = *self->impl;
        auto client = currentClient(impl);
        if (!client)
            return TRUE;
        {
            const std::lock_guard lock(impl.mutex);
            impl.finalStats = client->stats();
            impl.client.reset();
        }
        client.reset();
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_STATS]);
        return TRUE;
    });
}

static gboolean
hafaces_ha_camera_src_unlock(GstBaseSrc *base)
{
    HAFACES_HA_CAMERA_SRC(base)->impl->inbox.setFlushing(true);
    return TRUE;
}

static gboolean
hafaces_ha_camera_src_unlock_stop(GstBaseSrc *base)
{
    HAFACES_HA_CAMERA_SRC(base)->impl->inbox.setFlushing(false);
    return TRUE;
}

static gboolean
hafaces_ha_camera_src_is_seekable(GstBaseSrc * /*base*/)
{
    return FALSE;
}

static gboolean
hafaces_ha_camera_src_obey(HafacesHaCameraSrc *self, GstEvent *event)
{
    Impl &impl = *self->impl;
    const auto request = parseTriggerEvent(event);
    const auto client = currentClient(impl);
    if (!request || !client)
        return FALSE;
    {
        const std::lock_guard lock(impl.mutex);
        if (!impl.requests.isNew(request->id))
            return TRUE;
    }
    client->request(request->burst.value_or(1),
                    std::chrono::milliseconds(request->intervalMs.value_or(0)));
    return TRUE;
}

static gboolean
hafaces_ha_camera_src_event(GstBaseSrc *base, GstEvent *event)
{
    auto *self = HAFACES_HA_CAMERA_SRC(base);
    if (GST_EVENT_TYPE(event) == GST_EVENT_CUSTOM_UPSTREAM &&
        guarded(self, FALSE, [&] { return hafaces_ha_camera_src_obey(self, event); }))
        return TRUE;
    return GST_BASE_SRC_CLASS(hafaces_ha_camera_src_parent_class)->event(base, event);
}

static GstFlowReturn
hafaces_ha_camera_src_create(GstPushSrc *push, GstBuffer **out)
{
    auto *self = HAFACES_HA_CAMERA_SRC(push);
    return guarded(self, GST_FLOW_ERROR, [&] {
        Impl &impl = *self->impl;
        auto arrival = impl.inbox.take();
        if (!arrival)
            return GST_FLOW_FLUSHING;
        const bool isFirst = impl.inbox.isNewConnection();
        if (isFirst)
            gst_pad_push_event(GST_BASE_SRC_PAD(self), makeSourceEvent({true, ""}).release());
        followSize(self, arrival->picture);
        GstBuffer *buffer = bufferOf(std::move(arrival->picture.jpeg));
        GST_BUFFER_PTS(buffer) = ptsOf(self, *arrival);
        gst_buffer_add_reference_timestamp_meta(
            buffer, impl.unixTime.get(), static_cast<GstClockTime>(arrival->unixUs) * GST_USECOND,
            GST_CLOCK_TIME_NONE);
        if (isFirst)
            GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
        *out = buffer;
        return GST_FLOW_OK;
    });
}

static void
hafaces_ha_camera_src_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
    Impl &impl = *HAFACES_HA_CAMERA_SRC(object)->impl;
    const std::lock_guard lock(impl.mutex);
    Settings &settings = impl.settings;
    CameraSettings &camera = settings.camera;
    const auto text = [value] { return toStdString(g_value_get_string(value)); };
    const auto duration = [value] { return std::chrono::milliseconds(g_value_get_uint(value)); };
    switch (id) {
    case PROP_LOCATION:
        camera.location = text();
        break;
    case PROP_LOCATION_FILE:
        settings.locationFile = text();
        break;
    case PROP_AUTH:
        camera.auth = static_cast<CameraAuth>(g_value_get_enum(value));
        break;
    case PROP_USER_ID:
        camera.userId = text();
        break;
    case PROP_PASSWORD_FILE:
        camera.passwordFile = text();
        break;
    case PROP_FETCH:
        settings.fetch = static_cast<Fetch>(g_value_get_enum(value));
        break;
    case PROP_INTERVAL:
        settings.intervalMs = g_value_get_uint(value);
        break;
    case PROP_CONNECT_TIMEOUT:
        camera.connectTimeout = duration();
        break;
    case PROP_STALL_TIMEOUT:
        camera.stallTimeout = duration();
        break;
    case PROP_MAX_BACKOFF:
        camera.maxBackoff = duration();
        break;
    case PROP_MAX_PICTURE_BYTES:
        camera.maxPictureBytes = g_value_get_uint(value);
        break;
    case PROP_VERIFY:
        camera.verify = g_value_get_boolean(value) != FALSE;
        break;
    case PROP_CA_FILE:
        camera.caFile = text();
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void
hafaces_ha_camera_src_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    Impl &impl = *HAFACES_HA_CAMERA_SRC(object)->impl;
    const Settings settings = copySettings(impl);
    const CameraSettings &camera = settings.camera;
    const auto put = [value](const std::string &text) {
        g_value_set_string(value, text.empty() ? nullptr : text.c_str());
    };
    const auto putDuration = [value](std::chrono::milliseconds duration) {
        g_value_set_uint(value, static_cast<guint>(duration.count()));
    };
    switch (id) {
    case PROP_LOCATION:
        put(camera.location.empty() ? "" : displayed(camera.location));
        break;
    case PROP_LOCATION_FILE:
        put(settings.locationFile);
        break;
    case PROP_AUTH:
        g_value_set_enum(value, static_cast<gint>(camera.auth));
        break;
    case PROP_USER_ID:
        put(camera.userId);
        break;
    case PROP_PASSWORD_FILE:
        put(camera.passwordFile);
        break;
    case PROP_FETCH:
        g_value_set_enum(value, static_cast<gint>(settings.fetch));
        break;
    case PROP_INTERVAL:
        g_value_set_uint(value, settings.intervalMs);
        break;
    case PROP_CONNECT_TIMEOUT:
        putDuration(camera.connectTimeout);
        break;
    case PROP_STALL_TIMEOUT:
        putDuration(camera.stallTimeout);
        break;
    case PROP_MAX_BACKOFF:
        putDuration(camera.maxBackoff);
        break;
    case PROP_MAX_PICTURE_BYTES:
        g_value_set_uint(value, static_cast<guint>(camera.maxPictureBytes));
        break;
    case PROP_VERIFY:
        g_value_set_boolean(value, camera.verify);
        break;
    case PROP_CA_FILE:
        put(camera.caFile);
        break;
    case PROP_STATS:
        g_value_take_boxed(value, statsStructure(impl));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void
hafaces_ha_camera_src_init(HafacesHaCameraSrc *self)
{
    self->impl = std::make_unique<Impl>(self).release();
    gst_base_src_set_live(GST_BASE_SRC(self), TRUE);
    gst_base_src_set_format(GST_BASE_SRC(self), GST_FORMAT_TIME);
}

static void
hafaces_ha_camera_src_finalize(GObject *object)
{
    const std::unique_ptr<Impl> impl(HAFACES_HA_CAMERA_SRC(object)->impl);
    G_OBJECT_CLASS(hafaces_ha_camera_src_parent_class)->finalize(object);
}

static void
install_properties(GObjectClass *object_class)
{
    const CameraSettings defaults;
    const auto flags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                GST_PARAM_MUTABLE_READY);
    const auto text = [&](guint id, const char *name, const char *nick, const char *blurb) {
        properties[id] = g_param_spec_string(name, nick, blurb, nullptr, flags);
    };
    const auto milliseconds = [&](guint id, const char *name, const char *nick, const char *blurb,
                                  std::chrono::milliseconds value) {
        properties[id] = g_param_spec_uint(name, nick, blurb, 1, kMostMs,
                                           static_cast<guint>(value.count()), flags);
    };
    text(PROP_LOCATION, "location", "Location",
         "The camera's http or https address, of a stream or a snapshot. Read back without user, "
         "password and query");
    text(PROP_LOCATION_FILE, "location-file", "Location file",
         "File whose first line is the location, for an address that is secret; goes before "
         "location");
    properties[PROP_AUTH] = g_param_spec_enum(
        "auth", "Authentication", "How user-id and password are given to the camera",
        HAFACES_TYPE_CAMERA_AUTH, static_cast<gint>(defaults.auth), flags);
    text(PROP_USER_ID, "user-id", "User",
         "User name at the camera; goes before that of the location");
    text(PROP_PASSWORD_FILE, "password-file", "Password file",
         "File whose first line is the password, read again at each log-in; goes before that of "
         "the location");
    properties[PROP_FETCH] = g_param_spec_enum(
        "fetch", "Fetch", "When a snapshot address is asked; a stream gives what it gives",
        HAFACES_TYPE_FETCH, static_cast<gint>(kDefaultFetch), flags);
    milliseconds(PROP_INTERVAL, "interval", "Interval",
                 "Milliseconds from one snapshot to the next with fetch=interval",
                 std::chrono::milliseconds(kDefaultIntervalMs));
    milliseconds(PROP_CONNECT_TIMEOUT, "connect-timeout", "Connect timeout",
                 "Milliseconds until the connection has to stand", defaults.connectTimeout);
    milliseconds(PROP_STALL_TIMEOUT, "stall-timeout", "Stall timeout",
                 "Milliseconds without a whole picture after which a new connection is made",
                 defaults.stallTimeout);
    milliseconds(PROP_MAX_BACKOFF, "max-backoff", "Maximum backoff",
                 "Milliseconds from one failed connection to the next, at most",
                 defaults.maxBackoff);
    properties[PROP_MAX_PICTURE_BYTES] = g_param_spec_uint(
        "max-picture-bytes", "Maximum picture size",
        "Bytes of a picture; what is larger is passed over and counted", kSmallestLimit, G_MAXINT,
        static_cast<guint>(defaults.maxPictureBytes), flags);
    properties[PROP_VERIFY] = g_param_spec_boolean(
        "verify", "Verify", "Whether TLS certificates are verified", defaults.verify, flags);
    text(PROP_CA_FILE, "ca-file", "CA file",
         "PEM file with the certificates to trust (default: the system's)");
    properties[PROP_STATS] = g_param_spec_boxed(
        "stats", "Statistics",
        "Since the start: pictures received, dropped (for a newer one), damaged (cut short or "
        "garbled), bytes, reconnects (all guint64), faults (structure with a guint64 for each kind "
        "of fault), last-fault (string, empty: none). Notified when the element stops",
        GST_TYPE_STRUCTURE, static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
    g_object_class_install_properties(object_class, PROP_LAST, properties);
}

static void
hafaces_ha_camera_src_class_init(HafacesHaCameraSrcClass *klass)
{
    auto *object_class = G_OBJECT_CLASS(klass);
    auto *element_class = GST_ELEMENT_CLASS(klass);
    auto *source_class = GST_BASE_SRC_CLASS(klass);

    GST_DEBUG_CATEGORY_INIT(hafaces_ha_camera_src_debug, "hacamerasrc", 0, "HTTP camera source");

    object_class->set_property = hafaces_ha_camera_src_set_property;
    object_class->get_property = hafaces_ha_camera_src_get_property;
    object_class->finalize = hafaces_ha_camera_src_finalize;
    install_properties(object_class);

    gst_element_class_set_static_metadata(
        element_class, "HTTP camera source", "Source/Network/Video",
        "Pictures of an HTTP camera, whatever the camera does", "hafaces");
    gst_element_class_add_static_pad_template(element_class, &src_template);
    gst_type_mark_as_plugin_api(HAFACES_TYPE_CAMERA_AUTH, static_cast<GstPluginAPIFlags>(0));
    gst_type_mark_as_plugin_api(HAFACES_TYPE_FETCH, static_cast<GstPluginAPIFlags>(0));

    source_class->start = hafaces_ha_camera_src_start;
    source_class->stop = hafaces_ha_camera_src_stop;
    source_class->unlock = hafaces_ha_camera_src_unlock;
    source_class->unlock_stop = hafaces_ha_camera_src_unlock_stop;
    source_class->event = hafaces_ha_camera_src_event;
    source_class->is_seekable = hafaces_ha_camera_src_is_seekable;
    GST_PUSH_SRC_CLASS(klass)->create = hafaces_ha_camera_src_create;
}
