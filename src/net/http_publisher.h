/* SPDX-License-Identifier: MIT */
#pragma once

#include "http_delivery.h"
#include "publisher.h"
#include "url.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace hafaces {

struct HttpPublisherSettings {
    std::string location;      /* http or https */
    std::string imageLocation; /* of a push camera's webhook; empty: pictures are not sent */
    HttpDeliverySettings delivery;
    std::chrono::milliseconds startPatience{15000};
};

/*
 * What the two transports over HTTP share. Pictures go as the field `image` of a form to a webhook,
 * which is what Home Assistant's push camera takes. A picture that can't be delivered is given up, so
 * that its event goes; but where nobody is there for either, both wait. After Home Assistant was gone
 * events wait until it has started, since one that comes too early is answered and heard by nobody.
 */
class HttpPublisher : public Publisher {
public:
    void open() override;
    void publishImage(std::span<const std::uint8_t> jpeg) override;
    void publishEvent(const FaceEvent &event) final;
    std::chrono::steady_clock::time_point eventsFrom() const override { return eventsFrom_; }
    void interrupt() override;
    void close() override;

protected:
    using Clock = std::chrono::steady_clock;

    explicit HttpPublisher(HttpPublisherSettings settings);

    /* Throws as HttpDelivery does. Returns from when events are heard, if it was gone. */
    virtual Clock::time_point check() = 0;
    virtual Url addressFor(const FaceEvent &event) const = 0;

    /* Since the last check. */
    bool wasGone() const { return wasGone_; }

    const HttpPublisherSettings settings_;
    const Url location_;
    HttpDelivery delivery_;

private:
    void noteIfGone();
    void givePictureUp(Clock::time_point begin, std::chrono::seconds pause, const std::string &why);

    const std::optional<Url> imageLocation_;
    const std::unique_ptr<HttpDelivery> otherServer_; /* of pictures; gets none of our secrets */
    HttpDelivery &pictures_;
    bool isChecked_ = false;
    bool wasGone_ = false;
    Clock::time_point picturesFrom_; /* none is tried before */
    std::atomic<Clock::time_point> eventsFrom_{};
};

/* An automation's webhook, or any other address that takes JSON. */
class WebhookPublisher final : public HttpPublisher {
public:
    explicit WebhookPublisher(HttpPublisherSettings settings);

private:
    Clock::time_point check() override;
    Url addressFor(const FaceEvent & /*event*/) const override { return location_; }
};

/* Events on Home Assistant's bus, by its REST API. The token is in settings.delivery.http. */
class RestPublisher final : public HttpPublisher {
public:
    explicit RestPublisher(HttpPublisherSettings settings);

private:
    Clock::time_point check() override;
    Url addressFor(const FaceEvent &event) const override;
    Url api(const std::string &path) const;
};

} // namespace hafaces
