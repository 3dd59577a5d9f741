/* SPDX-License-Identifier: MIT */
#include "net/outbox.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace hafaces {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/* What a transport did, seen from the test's thread, and how it is to behave. */
class Log {
public:
    void add(const std::string &what)
    {
        const std::lock_guard lock(mutex_);
        entries_.push_back(what);
        changed_.notify_all();
    }

    std::vector<std::string> entries() const
    {
        const std::lock_guard lock(mutex_);
        return entries_;
    }

    /* False: it did not come within the deadline. */
    bool waitFor(const std::string &what)
    {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 10s, [&] {
            return std::find(entries_.begin(), entries_.end(), what) != entries_.end();
        });
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> entries_;
};

struct Behaviour {
    Log log;
    std::atomic<bool> broken = false;
    std::atomic<bool> failsOnce = false;
    std::promise<void> release; /* publishing waits for it where `slow` */
    std::shared_future<void> released = release.get_future().share();
    std::atomic<bool> slow = false;
    std::atomic<double> lastLatencyMs = -1;

    /* Of a transport that stays connected. */
    bool staysConnected = false;
    std::atomic<bool> isOpen = true;
    std::atomic<Clock::time_point> eventsFrom{};
    std::atomic<bool> confirms = true;

    /* Of a server that answers. */
    std::atomic<bool> refusesImages = false;
    std::atomic<bool> refusesEvents = false;
    std::atomic<bool> wantsAPause = false; /* once */
    std::function<void()> wake;
};

/* Stands in for a server that fails or stalls when told to. */
class ScriptedPublisher : public Publisher {
public:
    explicit ScriptedPublisher(Behaviour &behaviour)
        : behaviour_{behaviour}
    {
    }

    void open() override
    {
        if (behaviour_.broken) {
            behaviour_.log.add("refused");
            throw std::runtime_error("refused");
        }
        behaviour_.isOpen = true;
        behaviour_.log.add("open");
    }

    void publishImage(std::span<const std::uint8_t> jpeg) override
    {
        behave();
        if (behaviour_.refusesImages)
            throw Refused("no pictures");
        behaviour_.log.add("image " + std::string(jpeg.begin(), jpeg.end()));
    }

    void publishState(const CameraState &state) override
    {
        behave();
        if (state.faces)
            behaviour_.log.add("faces " + std::to_string(*state.faces));
    }

    bool staysConnected() const override { return behaviour_.staysConnected; }
    bool isOpen() const override { return behaviour_.isOpen; }
    Clock::time_point eventsFrom() const override { return behaviour_.eventsFrom; }
    void setWake(const std::function<void()> &wake) override { behaviour_.wake = wake; }
    void interrupt() override { behaviour_.log.add("interrupted"); }

    void publishEvent(const FaceEvent &event) override
    {
        behave();
        if (behaviour_.refusesEvents)
            throw Refused("no events");
        if (behaviour_.wantsAPause.exchange(false)) {
            behaviour_.log.add("later");
            throw RetryLater(1s, "later");
        }
        if (!behaviour_.confirms) {
            behaviour_.log.add("unconfirmed " + event.id);
            throw Unconfirmed("not confirmed");
        }
        behaviour_.lastLatencyMs = event.latencyMs;
        behaviour_.log.add("event " + event.id);
    }

private:
    void behave()
    {
        if (behaviour_.slow) {
            behaviour_.log.add("stalls");
            behaviour_.released.wait();
        }
        if (behaviour_.broken)
            throw std::runtime_error("broken");
        if (behaviour_.failsOnce.exchange(false))
            throw std::runtime_error("failed once");
    }

    Behaviour &behaviour_;
};

class TextPicture : public PendingPicture {
public:
    explicit TextPicture(std::string text, std::size_t bytes = 1)
        : text_{std::move(text)}
        , bytes_{bytes}
    {
    }

    std::vector<std::uint8_t> jpeg() override
    {
        if (text_.empty())
            throw std::runtime_error("no such format");
        return {text_.begin(), text_.end()};
    }

    std::size_t heldBytes() const override { return bytes_; }

private:
    std::string text_;
    std::size_t bytes_;
};

Notice
eventNotice(const std::string &id, std::unique_ptr<PendingPicture> picture = nullptr)
{
    Notice notice;
    notice.event.emplace().id = id;
    notice.picture = std::move(picture);
    notice.since = notice.taken = Clock::now();
    return notice;
}

Notice
pictureNotice(const std::string &visit, const std::string &text)
{
    return {std::nullopt, std::make_unique<TextPicture>(text), visit, Clock::now()};
}

class OutboxTest : public testing::Test {
protected:
    OutboxTest()
    {
        settings_.minBackoff = 5ms;
        settings_.maxBackoff = 20ms;
        settings_.drain = 200ms;
    }

    Outbox &outbox()
    {
        if (!outbox_)
            outbox_.emplace(std::make_unique<ScriptedPublisher>(behaviour_), settings_,
                            Outbox::Reports{
                                [this](const std::string &) { reports_.add("failed"); },
                                [this] { reports_.add("recovered"); },
                                [this](const std::string &what) { reports_.add("lost " + what); },
                            });
        return *outbox_;
    }

    /* Holds the worker in a delivery, so that what follows waits in the queue. */
    void stall()
    {
        behaviour_.slow = true;
        outbox().send(eventNotice("stalled"));
        ASSERT_TRUE(behaviour_.log.waitFor("stalls"));
        behaviour_.slow = false;
    }

    std::vector<std::string> finish()
    {
        outbox().finish();
        auto entries = behaviour_.log.entries();
        std::erase(entries, "interrupted");
        return entries;
    }

    static CameraState faces(std::size_t count)
    {
        CameraState state;
        state.faces = count;
        return state;
    }

    Behaviour behaviour_;
    Log reports_;
    OutboxSettings settings_;
    std::optional<Outbox> outbox_;
};

using Entries = std::vector<std::string>;

TEST_F(OutboxTest, SendsThePictureBeforeItsEvent)
{
    outbox().send(eventNotice("1", std::make_unique<TextPicture>("a")));
    outbox().send(eventNotice("2"));
    EXPECT_EQ((Entries{"open", "image a", "event 1", "event 2"}), finish());
    EXPECT_EQ(2U, outbox().stats().events);
    EXPECT_EQ(1U, outbox().stats().images);
}

TEST_F(OutboxTest, TellsTheLatencySinceTheNoticeBegan)
{
    Notice notice = eventNotice("1");
    notice.since -= 100ms;
    outbox().send(std::move(notice));
    finish();
    EXPECT_GE(behaviour_.lastLatencyMs, 100);
    EXPECT_LT(behaviour_.lastLatencyMs, 10000);
}

TEST_F(OutboxTest, NeverMakesTheSenderWait)
{
    stall();
    const auto start = Clock::now();
    for (int i = 0; i < 1000; ++i)
        outbox().send(eventNotice("x"));
    EXPECT_LT(Clock::now() - start, 5s);
    behaviour_.release.set_value();
}

TEST_F(OutboxTest, DropsTheOldestWhenFull)
{
    settings_.queueSize = 2;
    stall();
    for (const char *id : {"1", "2", "3", "4"})
        outbox().send(eventNotice(id));
    EXPECT_EQ(2U, outbox().stats().dropped);
    EXPECT_EQ(2U, outbox().stats().queued);
    behaviour_.release.set_value();
    EXPECT_EQ((Entries{"open", "stalls", "event stalled", "event 3", "event 4"}), finish());
    EXPECT_EQ(1U, reports_.entries().size());
}

TEST_F(OutboxTest, DropsOldPicturesBeforeEventsWhenMemoryIsShort)
{
    settings_.pictureBytes = 250;
    stall();
    for (const char *id : {"1", "2", "3", "4"})
        outbox().send(eventNotice(id, std::make_unique<TextPicture>(id, 100)));
    behaviour_.release.set_value();
    EXPECT_EQ((Entries{"open", "stalls", "event stalled", "event 1", "event 2", "image 3",
                       "event 3", "image 4", "event 4"}),
              finish());
    EXPECT_EQ(2U, outbox().stats().droppedImages);
    EXPECT_EQ(0U, outbox().stats().dropped);
}

TEST_F(OutboxTest, KeepsTheNewestPictureHoweverLarge)
{
    settings_.pictureBytes = 10;
    outbox().send(eventNotice("1", std::make_unique<TextPicture>("large", 1000)));
    EXPECT_EQ((Entries{"open", "image large", "event 1"}), finish());
}

TEST_F(OutboxTest, SendsOnlyTheLastOfABetterPicturesOfAVisit)
{
    stall();
    outbox().send(pictureNotice("v", "first"));
    outbox().send(pictureNotice("other", "of another"));
    outbox().send(pictureNotice("v", "second"));
    behaviour_.release.set_value();
    EXPECT_EQ((Entries{"open", "stalls", "event stalled", "image of another", "image second"}),
              finish());
}

TEST_F(OutboxTest, TriesAgainUntilItSucceedsAndKeepsTheOrder)
{
    behaviour_.broken = true;
    outbox().send(eventNotice("1"));
    ASSERT_TRUE(behaviour_.log.waitFor("refused"));
    outbox().send(eventNotice("2"));
    ASSERT_TRUE(reports_.waitFor("failed"));
    EXPECT_EQ("refused", outbox().stats().lastError);
    behaviour_.broken = false;
    ASSERT_TRUE(behaviour_.log.waitFor("event 2"));
    ASSERT_TRUE(reports_.waitFor("recovered"));
    const auto entries = finish();
    EXPECT_EQ((Entries{"open", "event 1", "event 2"}), Entries(entries.end() - 3, entries.end()));
    EXPECT_GE(outbox().stats().failures, 1U);
    EXPECT_EQ("", outbox().stats().lastError);
    EXPECT_EQ(0U, outbox().stats().dropped);
}

TEST_F(OutboxTest, TellsWhatFailedBeforeWhatWaitsBehindIt)
{
    stall();
    outbox().send(eventNotice("1"));
    outbox().send(eventNotice("2"));
    behaviour_.failsOnce = true;
    behaviour_.release.set_value();
    ASSERT_TRUE(behaviour_.log.waitFor("event 2"));
    ASSERT_TRUE(behaviour_.log.waitFor("event stalled"));
    const auto entries = finish();
    EXPECT_EQ((Entries{"event stalled", "event 1", "event 2"}),
              Entries(entries.end() - 3, entries.end()));
}

TEST_F(OutboxTest, OpensAnewAfterAFailure)
{
    outbox().send(eventNotice("1"));
    ASSERT_TRUE(behaviour_.log.waitFor("event 1"));
    behaviour_.broken = true;
    outbox().send(eventNotice("2"));
    ASSERT_TRUE(behaviour_.log.waitFor("refused"));
    behaviour_.broken = false;
    ASSERT_TRUE(behaviour_.log.waitFor("event 2"));
    const auto entries = finish();
    EXPECT_EQ(2, std::count(entries.begin(), entries.end(), "open"));
}

TEST_F(OutboxTest, ReportsALastingFailureEverMoreSeldom)
{
    behaviour_.broken = true;
    outbox().send(eventNotice("1"));
    while (outbox().stats().failures < 20)
        std::this_thread::sleep_for(1ms);
    outbox().finish();
    const auto failures = outbox().stats().failures;
    const auto all = reports_.entries();
    const auto reported = std::count(all.begin(), all.end(), "failed");
    EXPECT_GE(reported, 5);
    EXPECT_LT(static_cast<std::uint64_t>(reported), failures / 2);
}

TEST_F(OutboxTest, DoesNotTellAnEventThatIsTooOldButShowsItsPicture)
{
    settings_.maxAge = 50ms;
    Notice old = eventNotice("old", std::make_unique<TextPicture>("p"));
    old.taken -= 100ms;
    outbox().send(std::move(old));
    outbox().send(eventNotice("new"));
    EXPECT_EQ((Entries{"open", "image p", "event new"}), finish());
    EXPECT_EQ(1U, outbox().stats().expired);
}

TEST_F(OutboxTest, NeverSendsAnUnconfirmedEventAgain)
{
    behaviour_.confirms = false;
    outbox().send(eventNotice("1"));
    ASSERT_TRUE(behaviour_.log.waitFor("unconfirmed 1"));
    behaviour_.confirms = true;
    outbox().send(eventNotice("2"));
    EXPECT_EQ((Entries{"open", "unconfirmed 1", "open", "event 2"}), finish());
    EXPECT_EQ(1U, outbox().stats().unconfirmed);
    EXPECT_EQ(1U, outbox().stats().events);
    EXPECT_EQ(0U, outbox().stats().dropped);
}

TEST_F(OutboxTest, ShowsTheNewestStateAndAllOfItAfterOpening)
{
    stall();
    for (const std::size_t count : {1, 2, 3})
        outbox().show(faces(count));
    behaviour_.release.set_value();
    ASSERT_TRUE(behaviour_.log.waitFor("faces 3"));
    behaviour_.failsOnce = true;
    outbox().send(eventNotice("1"));
    ASSERT_TRUE(behaviour_.log.waitFor("event 1"));
    EXPECT_EQ((Entries{"open", "stalls", "event stalled", "faces 3", "open", "faces 3", "event 1"}),
              finish());
}

TEST_F(OutboxTest, MendsALostConnectionThoughThereIsNothingToSend)
{
    behaviour_.staysConnected = true;
    outbox();
    ASSERT_TRUE(behaviour_.log.waitFor("open"));
    behaviour_.broken = true;
    behaviour_.isOpen = false;
    behaviour_.wake();
    ASSERT_TRUE(behaviour_.log.waitFor("refused"));
    behaviour_.broken = false;
    outbox().send(eventNotice("1"));
    ASSERT_TRUE(behaviour_.log.waitFor("event 1"));
    EXPECT_TRUE(behaviour_.isOpen);
}

TEST_F(OutboxTest, LetsEventsWaitUntilSomebodyHears)
{
    behaviour_.eventsFrom = Clock::now() + 1h;
    outbox().send(eventNotice("1"));
    outbox().show(faces(7));
    ASSERT_TRUE(behaviour_.log.waitFor("faces 7"));
    EXPECT_EQ(1U, outbox().stats().queued);
    behaviour_.eventsFrom = Clock::time_point();
    behaviour_.wake();
    ASSERT_TRUE(behaviour_.log.waitFor("event 1"));
}

TEST_F(OutboxTest, AsksAnOpenedTransportFromWhenEventsMayGo)
{
    class Starting : public ScriptedPublisher {
    public:
        explicit Starting(Behaviour &behaviour)
            : ScriptedPublisher{behaviour}
            , behaviour_{behaviour}
        {
        }
        void open() override
        {
            behaviour_.eventsFrom = Clock::now() + 1h;
            ScriptedPublisher::open();
        }

    private:
        Behaviour &behaviour_;
    };
    behaviour_.broken = true;
    Outbox outbox(std::make_unique<Starting>(behaviour_), settings_,
                  {[](const auto &) {}, [] {}, [](const auto &) {}});
    ASSERT_TRUE(behaviour_.log.waitFor("refused"));
    behaviour_.eventsFrom = Clock::time_point();
    outbox.send(eventNotice("1"));
    behaviour_.broken = false;
    ASSERT_TRUE(behaviour_.log.waitFor("open"));
    std::this_thread::sleep_for(30ms);
    EXPECT_EQ(1U, outbox.stats().queued);
}

TEST_F(OutboxTest, DropsWhatIsRefusedAndGoesOn)
{
    behaviour_.refusesImages = behaviour_.refusesEvents = true;
    outbox().send(eventNotice("1", std::make_unique<TextPicture>("a")));
    ASSERT_TRUE(reports_.waitFor("failed"));
    while (outbox().stats().dropped == 0)
        std::this_thread::sleep_for(1ms);
    behaviour_.refusesEvents = false;
    outbox().send(eventNotice("2", std::make_unique<TextPicture>("b")));
    EXPECT_EQ((Entries{"open", "event 2"}), finish());
    EXPECT_EQ(1U, outbox().stats().dropped);
    EXPECT_EQ(2U, outbox().stats().droppedImages);
    EXPECT_EQ(1U, outbox().stats().failures);
    Entries reports = reports_.entries();
    std::erase_if(reports, [](const std::string &each) { return each.starts_with("lost"); });
    EXPECT_EQ((Entries{"failed", "failed", "recovered"}), reports)
        << "the picture once, the event, and that it goes again";
}

TEST_F(OutboxTest, LeavesAServerAloneForAsLongAsItAsks)
{
    behaviour_.wantsAPause = true;
    const auto start = Clock::now();
    outbox().send(eventNotice("1"));
    ASSERT_TRUE(behaviour_.log.waitFor("event 1"));
    EXPECT_GE(Clock::now() - start, 1s);
    EXPECT_EQ((Entries{"open", "later", "event 1"}), finish());
}

TEST_F(OutboxTest, LeavesAServerAloneAtTheEndToo)
{
    behaviour_.slow = true;
    for (int i = 0; i < 20; ++i)
        outbox().send(eventNotice(std::to_string(i)));
    ASSERT_TRUE(behaviour_.log.waitFor("stalls"));
    behaviour_.slow = false;
    behaviour_.wantsAPause = true;
    std::thread ending([this] { outbox().finish(); });
    ASSERT_TRUE(behaviour_.log.waitFor("interrupted"));
    behaviour_.release.set_value();
    ending.join();
    EXPECT_EQ((Entries{"open", "stalls", "later"}), finish());
    EXPECT_EQ(20U, outbox().stats().dropped);
}

TEST_F(OutboxTest, CountsWhatComesAfterTheEnd)
{
    finish();
    outbox().send(eventNotice("1"));
    EXPECT_EQ(1U, outbox().stats().dropped);
    EXPECT_EQ(0U, outbox().stats().queued);
}

TEST_F(OutboxTest, InterruptsATransportThatBlocksWhenItEnds)
{
    stall();
    std::thread ending([this] { outbox().finish(); });
    EXPECT_TRUE(behaviour_.log.waitFor("interrupted"));
    behaviour_.release.set_value();
    ending.join();
}

TEST_F(OutboxTest, TellsTheEventWhosePictureCannotBeEncoded)
{
    outbox().send(eventNotice("1", std::make_unique<TextPicture>("")));
    EXPECT_EQ((Entries{"open", "event 1"}), finish());
    EXPECT_EQ(1U, outbox().stats().droppedImages);
    EXPECT_EQ("failed", reports_.entries().at(0));
}

TEST_F(OutboxTest, SendsWhatIsLeftWhenItEnds)
{
    for (int i = 0; i < 50; ++i)
        outbox().send(eventNotice(std::to_string(i)));
    EXPECT_EQ(51U, finish().size());
}

TEST_F(OutboxTest, EndsSoonAlthoughNothingCanBeDelivered)
{
    settings_.minBackoff = settings_.maxBackoff = 60s;
    behaviour_.broken = true;
    for (int i = 0; i < 50; ++i)
        outbox().send(eventNotice(std::to_string(i)));
    ASSERT_TRUE(behaviour_.log.waitFor("refused"));
    const auto start = Clock::now();
    outbox().finish();
    EXPECT_LT(Clock::now() - start, 5s);
    EXPECT_EQ(50U, outbox().stats().dropped);
    EXPECT_EQ(0U, outbox().stats().queued);
}

} // namespace
} // namespace hafaces
