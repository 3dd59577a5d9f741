/* SPDX-License-Identifier: MIT */
#include "notify_settings.h"

#include "config.h"
#include "glibutil/glib_ptr.h"

#include <algorithm>
#include <array>

namespace hafaces {

namespace {

constexpr guint kMostSeconds = 7 * 24 * 3600;

enum {
    PROP_0,
    PROP_TRANSPORT,
    PROP_PUBLISH,
    PROP_IMAGE,
    PROP_JPEG_QUALITY,
    PROP_QUEUE_SIZE,
    PROP_MAX_AGE,
    PROP_CLEAR_AFTER,
    PROP_VERIFY,
    PROP_FIRST_TEXT
};

constexpr auto kFixed =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
constexpr auto kLive = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                GST_PARAM_MUTABLE_PLAYING);

struct TextProperty {
    std::string TransportSettings::*value;
    const char *name;
    const char *nick;
    const char *blurb;
};

/* Their ids follow PROP_FIRST_TEXT. */
constexpr std::array kTexts{
    TextProperty{
        &TransportSettings::location, "location", "Location",
        "Where to deliver; this or location-file must be set. transport=file: a folder, "
        "made if it is missing; mqtt: mqtt://HOST or, with TLS, mqtts://HOST, and :PORT if "
        "it is not 1883 or 8883; webhook: http[s]://HOST:8123/api/webhook/ID; rest: "
        "http[s]://HOST:8123. Read back without the path of an address"},
    TextProperty{&TransportSettings::locationFile, "location-file", "Location file",
                 "File whose first line is the location: keeps a webhook's id out of sight"},
    TextProperty{
        &TransportSettings::imageLocation, "image-location", "Image location",
        "Where pictures go with transport=webhook and rest: the webhook of a push camera, "
        "http[s]://HOST:8123/api/webhook/ID (none: only events go). Read back as location"},
    TextProperty{&TransportSettings::imageLocationFile, "image-location-file",
                 "Image location file", "File whose first line is the image-location"},
    TextProperty{&TransportSettings::camera, "camera", "Camera",
                 "Name of the camera, as told in events"},
    TextProperty{&TransportSettings::username, "username", "User name",
                 "For the broker, or a web server before the webhook; none if not set"},
    TextProperty{&TransportSettings::passwordFile, "password-file", "Password file",
                 "File whose first line is the password for username"},
    TextProperty{&TransportSettings::tokenFile, "token-file", "Token file",
                 "File whose first line is Home Assistant's long-lived access token, for "
                 "transport=rest"},
    TextProperty{&TransportSettings::caFile, "ca-file", "CA file",
                 "PEM file with the certificates to trust (default: the system's)"},
    TextProperty{&TransportSettings::clientCert, "client-cert", "Client certificate",
                 "PEM file with the certificate that the broker or server asks for"},
    TextProperty{&TransportSettings::clientKey, "client-key", "Client key",
                 "PEM file with the key of client-cert"},
    TextProperty{&TransportSettings::discoveryPrefix, "discovery-prefix", "Discovery prefix",
                 "First part of the topics by which Home Assistant finds devices"},
    TextProperty{&TransportSettings::topicPrefix, "topic-prefix", "Topic prefix",
                 "First part of all other topics"},
};

const TextProperty *
textProperty(guint id)
{
    const bool isText = id >= PROP_FIRST_TEXT && id - PROP_FIRST_TEXT < kTexts.size();
    return isText ? &kTexts.at(id - PROP_FIRST_TEXT) : nullptr;
}

GType
transportType()
{
    static const GEnumValue values[] = {
        {static_cast<gint>(Transport::File), "A folder: last-detection.jpg and events.jsonl",
         "file"},
#ifdef HAVE_MQTT
        {static_cast<gint>(Transport::Mqtt),
         "Home Assistant by an MQTT broker: a device with entities", "mqtt"},
#endif
        {static_cast<gint>(Transport::Webhook), "An automation's webhook, which gets JSON",
         "webhook"},
        {static_cast<gint>(Transport::Rest), "Home Assistant's event bus, by its REST API", "rest"},
        {0, nullptr, nullptr},
    };
    static const GType type = g_enum_register_static("HafacesTransport", values);
    return type;
}

GType
publishType()
{
    static const GEnumValue values[] = {
        {static_cast<gint>(Publish::Visits), "One event for each visit", "visits"},
        {static_cast<gint>(Publish::Faces), "One for each frame with faces", "faces"},
        {static_cast<gint>(Publish::All), "Those, and no_face for bursts or frames without", "all"},
        {0, nullptr, nullptr},
    };
    static const GType type = g_enum_register_static("HafacesPublish", values);
    return type;
}

GType
imageType()
{
    static const GEnumValue values[] = {
        {static_cast<gint>(NotifyImage::Buffer), "The frame as it passes here", "buffer"},
        {static_cast<gint>(NotifyImage::None), "No picture, only events", "none"},
        {0, nullptr, nullptr},
    };
    static const GType type = g_enum_register_static("HafacesImage", values);
    return type;
}

void
installTexts(GObjectClass *klass, const TransportSettings &defaults)
{
    guint id = PROP_FIRST_TEXT;
    for (const TextProperty &text : kTexts) {
        const std::string &value = defaults.*text.value;
        g_object_class_install_property(klass, id++,
                                        g_param_spec_string(text.name, text.nick, text.blurb,
                                                            value.empty() ? nullptr : value.c_str(),
                                                            kFixed));
    }
}

} // namespace

guint
notifyPropertyCount()
{
    return PROP_FIRST_TEXT - 1 + static_cast<guint>(kTexts.size());
}

void
markNotifyTypes()
{
    for (const GType type : {transportType(), publishType(), imageType()})
        gst_type_mark_as_plugin_api(type, static_cast<GstPluginAPIFlags>(0));
}

void
installNotifyProperties(GObjectClass *klass)
{
    const NotifySettings defaults;
    const auto install = [klass](guint id, GParamSpec *spec) {
        g_object_class_install_property(klass, id, spec);
    };
    install(PROP_TRANSPORT,
            g_param_spec_enum("transport", "Transport", "How events and pictures are delivered",
                              transportType(), static_cast<gint>(defaults.transport.transport),
                              kFixed));
    install(PROP_PUBLISH,
            g_param_spec_enum("publish", "Publish", "Which detections become events", publishType(),
                              static_cast<gint>(defaults.publish), kLive));
    install(PROP_IMAGE, g_param_spec_enum("image", "Image", "Which picture is delivered",
                                          imageType(), static_cast<gint>(defaults.image), kLive));
    install(PROP_JPEG_QUALITY,
            g_param_spec_uint("jpeg-quality", "JPEG quality",
                              "Quality of pictures that are encoded here, which are those of raw "
                              "frames; higher is better and larger",
                              0, 100, defaults.jpegQuality, kFixed));
    install(PROP_QUEUE_SIZE,
            g_param_spec_uint("queue-size", "Queue size",
                              "Events and pictures that may wait for delivery; when full, the "
                              "oldest is dropped",
                              1, 100000, defaults.queueSize, kFixed));
    install(PROP_MAX_AGE,
            g_param_spec_uint("max-age", "Maximum age",
                              "Seconds after which a waiting event is not delivered any more", 1,
                              kMostSeconds, defaults.maxAgeSeconds, kFixed));
    install(PROP_CLEAR_AFTER,
            g_param_spec_uint("clear-after", "Clear after",
                              "Seconds after the last face until a visit is over", 1, kMostSeconds,
                              defaults.clearAfterSeconds, kLive));
    install(PROP_VERIFY,
            g_param_spec_boolean("verify", "Verify", "Whether TLS certificates are verified",
                                 defaults.transport.verify, kFixed));
    installTexts(klass, defaults.transport);
}

bool
setNotifyProperty(NotifySettings &settings, guint id, const GValue *value)
{
    if (const TextProperty *text = textProperty(id)) {
        settings.transport.*text->value = toStdString(g_value_get_string(value));
        return true;
    }
    switch (id) {
    case PROP_TRANSPORT:
        settings.transport.transport = static_cast<Transport>(g_value_get_enum(value));
        return true;
    case PROP_PUBLISH:
        settings.publish = static_cast<Publish>(g_value_get_enum(value));
        return true;
    case PROP_IMAGE:
        settings.image = static_cast<NotifyImage>(g_value_get_enum(value));
        return true;
    case PROP_JPEG_QUALITY:
        settings.jpegQuality = g_value_get_uint(value);
        return true;
    case PROP_QUEUE_SIZE:
        settings.queueSize = g_value_get_uint(value);
        return true;
    case PROP_MAX_AGE:
        settings.maxAgeSeconds = g_value_get_uint(value);
        return true;
    case PROP_CLEAR_AFTER:
        settings.clearAfterSeconds = g_value_get_uint(value);
        return true;
    case PROP_VERIFY:
        settings.transport.verify = g_value_get_boolean(value) != FALSE;
        return true;
    default:
        return false;
    }
}

bool
getNotifyProperty(const NotifySettings &settings, guint id, GValue *value)
{
    if (const TextProperty *text = textProperty(id)) {
        const std::string shown = text->value == &TransportSettings::location
                                      ? shownLocation(settings.transport)
                                  : text->value == &TransportSettings::imageLocation
                                      ? shownImageLocation(settings.transport)
                                      : settings.transport.*text->value;
        g_value_set_string(value, shown.empty() ? nullptr : shown.c_str());
        return true;
    }
    switch (id) {
    case PROP_TRANSPORT:
        g_value_set_enum(value, static_cast<gint>(settings.transport.transport));
        return true;
    case PROP_PUBLISH:
        g_value_set_enum(value, static_cast<gint>(settings.publish));
        return true;
    case PROP_IMAGE:
        g_value_set_enum(value, static_cast<gint>(settings.image));
        return true;
    case PROP_JPEG_QUALITY:
        g_value_set_uint(value, settings.jpegQuality);
        return true;
    case PROP_QUEUE_SIZE:
        g_value_set_uint(value, settings.queueSize);
        return true;
    case PROP_MAX_AGE:
        g_value_set_uint(value, settings.maxAgeSeconds);
        return true;
    case PROP_CLEAR_AFTER:
        g_value_set_uint(value, settings.clearAfterSeconds);
        return true;
    case PROP_VERIFY:
        g_value_set_boolean(value, settings.transport.verify);
        return true;
    default:
        return false;
    }
}

} // namespace hafaces
