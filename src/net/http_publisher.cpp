/* SPDX-License-Identifier: MIT */
#include "http_publisher.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace hafaces {

namespace {

constexpr const char *kRunning = "RUNNING";

/* Scheme, host and port. */
bool
isSameServer(const Url &one, const Url &other)
{
    return one.resolved("/") == other.resolved("/");
}

std::optional<Url>
optionalUrl(const std::string &address)
{
    return address.empty() ? std::nullopt : std::optional<Url>(address);
}

std::unique_ptr<HttpDelivery>
otherServerFor(const std::optional<Url> &imageLocation, const Url &location,
               const HttpDeliverySettings &settings)
{
    if (!imageLocation || isSameServer(*imageLocation, location))
        return {};
    HttpDeliverySettings result = settings;
    result.http = {};
    result.http.verify = settings.http.verify;
    result.http.caFile = settings.http.caFile;
    return std::make_unique<HttpDelivery>(std::move(result));
}

} // namespace

HttpPublisher::HttpPublisher(HttpPublisherSettings settings)
    : settings_{std::move(settings)}
    , location_{settings_.location}
    , delivery_{settings_.delivery}
    , imageLocation_{optionalUrl(settings_.imageLocation)}
    , otherServer_{otherServerFor(imageLocation_, location_, settings_.delivery)}
    , pictures_{otherServer_ ? *otherServer_ : delivery_}
{
}

void
HttpPublisher::interrupt()
{
    delivery_.interrupt();
    pictures_.interrupt();
}

void
HttpPublisher::close()
{
    delivery_.close();
    pictures_.close();
}

void
HttpPublisher::noteIfGone()
{
    if (!delivery_.isGone())
        return;
    isChecked_ = false;
    wasGone_ = true;
}

void
HttpPublisher::open()
{
    delivery_.open();
    if (isChecked_)
        return;
    try {
        const auto heardFrom = check();
        eventsFrom_ = std::exchange(wasGone_, false) ? heardFrom : Clock::time_point();
        isChecked_ = true;
    } catch (const std::exception &) {
        noteIfGone();
        throw;
    }
}

void
HttpPublisher::publishImage(std::span<const std::uint8_t> jpeg)
{
    if (!imageLocation_)
        return;
    const auto begin = Clock::now();
    if (begin < picturesFrom_)
        throw Refused("the server of image-location wants no pictures for now");
    try {
        pictures_.post(*imageLocation_, {"image", "last-detection.jpg", "image/jpeg", jpeg});
    } catch (const Refused &) {
        throw;
    } catch (const RetryLater &error) {
        givePictureUp(begin, error.pause(), error.what());
    } catch (const Unconfirmed &error) { /* it matters little whether it came */
        givePictureUp(begin, {}, error.what());
    } catch (const std::exception &error) {
        if (otherServer_ || !delivery_.isGone())
            givePictureUp(begin, {}, error.what());
        noteIfGone();
        throw;
    }
}

/* The longer that took the longer none is tried, so that events lose little time with it. */
void
HttpPublisher::givePictureUp(Clock::time_point begin, std::chrono::seconds pause,
                             const std::string &why)
{
    constexpr int kLeisure = 6;
    const auto now = Clock::now();
    picturesFrom_ = now + std::max<Clock::duration>(pause, kLeisure * (now - begin));
    throw Refused(why);
}

void
HttpPublisher::publishEvent(const FaceEvent &event)
{
    try {
        delivery_.post(addressFor(event), "application/json", toJson(event));
    } catch (const std::exception &) {
        noteIfGone();
        throw;
    }
}

WebhookPublisher::WebhookPublisher(HttpPublisherSettings settings)
    : HttpPublisher{std::move(settings)}
{
}

/* A webhook can't be asked how it is; a request would fire it. */
HttpPublisher::Clock::time_point
WebhookPublisher::check()
{
    delivery_.connect(location_);
    return Clock::now() + settings_.startPatience;
}

RestPublisher::RestPublisher(HttpPublisherSettings settings)
    : HttpPublisher{std::move(settings)}
{
}

Url
RestPublisher::api(const std::string &path) const
{
    std::string base = location_.address();
    while (base.ends_with('/'))
        base.pop_back();
    return Url(base + "/api/" + path);
}

Url
RestPublisher::addressFor(const FaceEvent &event) const
{
    return api(std::string("events/hafaces_") + toString(event.type));
}

/* A wrong token is told now, and not when the first person comes. What is not Home Assistant's
 * answer says nothing: the events will show. */
HttpPublisher::Clock::time_point
RestPublisher::check()
{
    std::string answer;
    try {
        answer = delivery_.get(api("config"));
    } catch (const RetryLater &) {
        throw;
    } catch (const std::exception &) {
        if (delivery_.isGone() || wasGone())
            throw;
        return {};
    }
    const auto config = nlohmann::json::parse(answer, nullptr, false);
    const auto state = config.is_object() ? config.value("state", nlohmann::json(kRunning))
                                          : nlohmann::json(kRunning);
    if (state.is_string() && state.get<std::string>() != kRunning)
        throw std::runtime_error("Home Assistant is still starting");
    return {};
}

} // namespace hafaces
