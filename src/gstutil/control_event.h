/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/burst_watch.h"
#include "gst_ptr.h"

#include <optional>
#include <string>
#include <vector>

namespace hafaces {

/*
 * The custom events by which our elements talk to each other, and the query by which they learn of
 * each other. A parse function gives none for every other event.
 *
 * Upstream each has an `id` (string), since it arrives more than once where branches meet:
 * whoever obeys one leaves out those seen before.
 */

/* "hafaces-trigger", upstream: look for faces now, in so many frames, so far apart. `burst` (guint)
 * and `interval` (guint, ms) may be missing: the receiver's own then hold. The id names the trigger
 * in marks, messages and events. */
struct TriggerRequest {
    std::string id;
    std::optional<guint> burst;
    std::optional<guint> intervalMs;
};
MiniObjectPtr<GstEvent> makeTriggerEvent(const TriggerRequest &request);
std::optional<TriggerRequest> parseTriggerEvent(GstEvent *event);

/* "hafaces-enable", upstream: whether to look for faces at all (`enabled`, gboolean). */
struct EnableRequest {
    std::string id;
    bool enabled = true;
};
MiniObjectPtr<GstEvent> makeEnableEvent(const EnableRequest &request);
std::optional<EnableRequest> parseEnableEvent(GstEvent *event);

/* "hafaces-result", upstream: what was found in the frame of a mark: `trigger` (string), `seq`
 * (guint), `faces` (guint), `names` (list of strings). */
struct ResultReport {
    std::string id;
    std::string trigger;
    guint seq = 0;
    guint faces = 0;
    std::vector<std::string> names;
};
MiniObjectPtr<GstEvent> makeResultEvent(const ResultReport &report);
std::optional<ResultReport> parseResultEvent(GstEvent *event);

/*
 * "hafaces-source", downstream: whether the camera gives pictures (`connected`, gboolean) and if
 * not, why (`reason`, string). Out of band, since decoders and encoders hold serialized events back
 * until the next frame: it may overtake frames and come on another thread than they.
 */
struct SourceState {
    bool connected = false;
    std::string reason;
};

MiniObjectPtr<GstEvent> makeSourceEvent(const SourceState &state);

std::optional<SourceState> parseSourceEvent(GstEvent *event);

/* "hafaces-burst-end", downstream and out of band like that: no more frames of `trigger` (string)
 * will be marked, the last one was `last-seq` (guint; missing if there was none), for `reason`
 * (string), and results are waited for until `deadline` (gint64, us of the monotonic clock). */
MiniObjectPtr<GstEvent> makeBurstEndEvent(const BurstWatch::Closing &closing);
std::optional<BurstWatch::Closing> parseBurstEndEvent(GstEvent *event);

/* "hafaces-gate", a query upstream: whether a hatrigger is there, which answers it. */
bool hasGate(GstPad *sinkPad);
bool isGateQuery(GstQuery *query);

std::string newUuid();

} // namespace hafaces
