/* SPDX-License-Identifier: MIT */
#include "transport.h"

#include "config.h"
#include "core/secret_file.h"
#include "file_publisher.h"
#include "http_publisher.h"

#ifdef HAVE_MQTT
#include "mqtt_publisher.h"
#endif

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace hafaces {

namespace {

bool
hasImageLocation(const TransportSettings &settings)
{
    return !settings.imageLocation.empty() || !settings.imageLocationFile.empty();
}

bool
isHttp(Transport transport)
{
    return transport == Transport::Webhook || transport == Transport::Rest;
}

/* What is meant to be an address, and may lack what makes it one. */
std::string
shownAddress(const std::string &address)
{
    return address.empty() || address.find("://") != std::string::npos ? shownOrigin(address) : "…";
}

/* Of a property, or of the file that another one names. */
std::string
addressFrom(const std::string &value, const std::string &name, const std::string &file)
{
    if (file.empty())
        return value;
    if (!value.empty())
        throw std::runtime_error(name + " and " + name + "-file are both set: set one of them");
    std::string address = readSecretFile(name + "-file", file);
    if (address.empty())
        throw std::runtime_error(name + "-file " + file + ": its first line is empty");
    return address;
}

std::string
passwordFrom(const TransportSettings &settings)
{
    return settings.passwordFile.empty() ? ""
                                         : readSecretFile("password-file", settings.passwordFile);
}

/* What would be ignored is more likely a mistake. */
void
refuseWhatIsNotUsed(const TransportSettings &settings)
{
    const Transport transport = settings.transport;
    const auto refuse = [](bool isSet, const std::string &what) {
        if (isSet)
            throw std::runtime_error(what);
    };
    refuse(hasImageLocation(settings) && !isHttp(transport),
           "image-location is for transport=webhook and transport=rest; the others bring the "
           "picture to where the events go");
    refuse(!settings.tokenFile.empty() && transport != Transport::Rest,
           "token-file is for transport=rest");
    refuse(!settings.username.empty() &&
               (transport == Transport::Rest || transport == Transport::File),
           "username is for transport=mqtt and transport=webhook");
}

HttpPublisherSettings
httpSettings(const TransportSettings &settings, const std::string &location)
{
    HttpPublisherSettings result;
    result.location = location;
    result.imageLocation =
        addressFrom(settings.imageLocation, "image-location", settings.imageLocationFile);
    for (const std::string &address : {result.location, result.imageLocation})
        if (!address.empty() && !Url(address).user().empty())
            throw std::runtime_error("the address has a user in it: set username and "
                                     "password-file, which nobody sees in a list of processes");
    HttpSettings &http = result.delivery.http;
    http.verify = settings.verify;
    http.caFile = settings.caFile;
    http.clientCert = settings.clientCert;
    http.clientKey = settings.clientKey;
    http.login = {settings.username, passwordFrom(settings)};
    const bool hasLogin = !settings.username.empty();
    http.wantsLogin = [hasLogin](const std::string &) { return hasLogin; };
    return result;
}

std::unique_ptr<Publisher>
makeRest(const TransportSettings &settings, const std::string &location)
{
    if (settings.tokenFile.empty())
        throw std::runtime_error("transport=rest needs token-file: a file whose first line is a "
                                 "long-lived access token, made in Home Assistant under your "
                                 "profile, Security");
    const std::string token = readSecretFile("token-file", settings.tokenFile);
    const auto isPlain = [](char letter) { return letter > ' ' && letter <= '~'; };
    if (token.empty() || !std::ranges::all_of(token, isPlain))
        throw std::runtime_error("token-file " + settings.tokenFile +
                                 ": its first line is no token");
    HttpPublisherSettings result = httpSettings(settings, location);
    result.delivery.http.bearerToken = token;
    return std::make_unique<RestPublisher>(std::move(result));
}

#ifdef HAVE_MQTT
std::unique_ptr<Publisher>
makeMqtt(const TransportSettings &settings, const std::string &location, CameraCommands commands)
{
    MqttPublisherSettings result;
    result.broker = mqttSettingsFrom(location);
    result.broker.user = settings.username;
    result.broker.password = passwordFrom(settings);
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
makeMqtt(const TransportSettings & /*settings*/, const std::string & /*location*/,
         CameraCommands /*commands*/)
{
    throw std::runtime_error("this hafaces was built without MQTT");
}
#endif

} // namespace

std::string
shownLocation(const TransportSettings &settings)
{
    return isHttp(settings.transport) ? shownAddress(settings.location)
                                      : shownOrigin(settings.location);
}

std::string
shownImageLocation(const TransportSettings &settings)
{
    return shownAddress(settings.imageLocation);
}

bool
takesPictures(const TransportSettings &settings)
{
    return !isHttp(settings.transport) || hasImageLocation(settings);
}

std::unique_ptr<Publisher>
makePublisher(const TransportSettings &settings, CameraCommands commands)
{
    refuseWhatIsNotUsed(settings);
    const std::string location = addressFrom(settings.location, "location", settings.locationFile);
    if (location.empty())
        throw std::runtime_error(
            "the property location is not set: give the folder for last-detection.jpg and "
            "events.jsonl, as in location=out; or a broker, as in transport=mqtt "
            "location=mqtt://127.0.0.1; or, with transport=webhook or transport=rest, an address");
    switch (settings.transport) {
    case Transport::File:
        if (location.find("://") != std::string::npos)
            throw std::runtime_error("location is an address, and transport=file wants a folder: "
                                     "set transport=mqtt, webhook or rest");
        return std::make_unique<FilePublisher>(location);
    case Transport::Mqtt:
        return makeMqtt(settings, location, std::move(commands));
    case Transport::Webhook:
        return std::make_unique<WebhookPublisher>(httpSettings(settings, location));
    case Transport::Rest:
        return makeRest(settings, location);
    }
    throw std::logic_error("unknown transport");
}

} // namespace hafaces
