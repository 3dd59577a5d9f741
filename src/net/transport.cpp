/* SPDX-License-Identifier: MIT */
#include "transport.h"

#include "config.h"
#include "core/secret_file.h"
#include "file_publisher.h"

#ifdef HAVE_MQTT
#include "mqtt_publisher.h"
#endif

#include <stdexcept>
#include <utility>

namespace hafaces {

namespace {

#ifdef HAVE_MQTT
std::unique_ptr<Publisher>
makeMqtt(const TransportSettings &settings, CameraCommands commands)
{
    MqttPublisherSettings result;
    result.broker = mqttSettingsFrom(settings.location);
    result.broker.user = settings.username;
    if (!settings.passwordFile.empty())
        result.broker.password = readSecretFile("password-file", settings.passwordFile);
    result.broker.caFile = settings.caFile;
    result.broker.clientCert = settings.clientCert;
    result.broker.clientKey = settings.clientKey;
    result.broker.verify = settings.verify;
    result.camera = settings.camera;
    result.discoveryPrefix = settings.discoveryPrefix;
    result.topicPrefix = settings.topicPrefix;
    return std::make_unique<MqttPublisher>(std::move(result), std::move(commands));
}
#else
std::unique_ptr<Publisher>
makeMqtt(const TransportSettings & /*settings*/, CameraCommands /*commands*/)
{
    throw std::runtime_error("this hafaces was built without MQTT");
}
#endif

} // namespace

std::unique_ptr<Publisher>
makePublisher(const TransportSettings &settings, CameraCommands commands)
{
    switch (settings.transport) {
    case Transport::File:
        return std::make_unique<FilePublisher>(settings.location);
    case Transport::Mqtt:
        return makeMqtt(settings, std::move(commands));
    }
    throw std::logic_error("unknown transport");
}

} // namespace hafaces
