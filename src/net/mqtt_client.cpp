/* SPDX-License-Identifier: MIT */
#include "mqtt_client.h"

#include "glibutil/glib_ptr.h"

#include <gio/gio.h>
#include <mosquitto.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace hafaces {

namespace {

using namespace std::chrono_literals;

constexpr int kQos = 1;
constexpr int kLoopMs = 200; /* how soon an end is seen */
constexpr auto kGoodbye = 300ms;
constexpr const char *kSystemCertificates = "/etc/ssl/certs";

struct MosquittoDestroy {
    void operator()(mosquitto *client) const { mosquitto_destroy(client); }
};

/* Of the process; libmosquitto counts its users. */
struct Library {
    Library() { mosquitto_lib_init(); }
    ~Library() { mosquitto_lib_cleanup(); }
    Library(const Library &) = delete;
    Library &operator=(const Library &) = delete;
};

const char *
orNull(const std::string &text)
{
    return text.empty() ? nullptr : text.c_str();
}

void
require(int result, const std::string &what)
{
    if (result != MOSQ_ERR_SUCCESS)
        throw std::runtime_error(what + ": " + mosquitto_strerror(result));
}

std::string
uniqueId(const std::string &beginning)
{
    constexpr std::size_t kMostLetters = 23; /* that every broker takes (MQTT 3.1.1, 3.1.3.1) */
    const GMemPtr<char> uuid(g_uuid_string_random());
    return (beginning.substr(0, 14) + "-" + uuid.get()).substr(0, kMostLetters);
}

/* Mosquitto's confirmations are small, and the second waits (Nagle's algorithm) until we have
 * acknowledged the first: by default 40 ms. Linux forgets the option again and again. */
void
acknowledgeAtOnce(int socket)
{
#ifdef TCP_QUICKACK
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#else
    static_cast<void>(socket);
#endif
}

} // namespace

MqttSettings
mqttSettingsFrom(const std::string &location)
{
    constexpr int kPort = 1883;
    constexpr int kTlsPort = 8883;
    const GUriPtr uri(g_uri_parse(location.c_str(), G_URI_FLAGS_HAS_PASSWORD, nullptr));
    const std::string scheme = uri ? g_uri_get_scheme(uri.get()) : "";
    const std::string host = uri ? toStdString(g_uri_get_host(uri.get())) : "";
    if ((scheme != "mqtt" && scheme != "mqtts") || host.empty())
        throw std::runtime_error("location is no MQTT address: mqtt://HOST or mqtts://HOST (TLS), "
                                 "with :PORT where it is not the usual one");
    if (g_uri_get_userinfo(uri.get()) != nullptr)
        throw std::runtime_error("location has a user in it: set username and password-file, which "
                                 "nobody sees in a list of processes");
    MqttSettings settings;
    settings.host = host;
    settings.tls = scheme == "mqtts";
    const int port = g_uri_get_port(uri.get());
    settings.port = port > 0 ? port : settings.tls ? kTlsPort : kPort;
    return settings;
}

class MqttClient::Worker {
public:
    Worker(MqttClient &owner, const MqttSettings &settings, Callbacks callbacks)
        : owner_{owner}
        , settings_{settings}
        , callbacks_{std::move(callbacks)}
        , client_{mosquitto_new(uniqueId(settings.clientId).c_str(), true, this)}
    {
        if (!client_)
            throw std::runtime_error("no memory for an MQTT client");
        configure();
        thread_ = std::thread([this] { run(); });
    }

    ~Worker()
    {
        /* A message that comes after this makes libmosquitto close without a goodbye: then the will
         * is published. */
        if (isConnected())
            mosquitto_disconnect(client_.get());
        isEnding_ = true;
        g_cancellable_cancel(ending_.get());
        thread_.join();
    }
    Worker(const Worker &) = delete;
    Worker &operator=(const Worker &) = delete;

    void connect(std::chrono::milliseconds patience)
    {
        std::unique_lock lock(mutex_);
        const bool isDecided = changed_.wait_for(
            lock, patience, [this] { return state_ != State::Connecting || isInterrupted_; });
        if (state_ == State::Connected)
            return;
        throw std::runtime_error("no connection to the MQTT broker " + name() + ": " +
                                 (isDecided && !reason_.empty() ? reason_ : "no answer"));
    }

    void subscribe(const std::string &topic)
    {
        require(mosquitto_subscribe(client_.get(), nullptr, topic.c_str(), kQos), "MQTT " + topic);
    }

    void publish(const std::string &topic, std::span<const std::uint8_t> payload, bool retain)
    {
        {
            const std::lock_guard lock(mutex_);
            if (state_ != State::Connected)
                throw std::runtime_error("the MQTT broker " + name() + " is gone: " + reason_);
            ++published_;
        }
        require(mosquitto_publish(client_.get(), nullptr, topic.c_str(),
                                  static_cast<int>(payload.size()), payload.data(), kQos, retain),
                "MQTT " + topic);
    }

    bool waitForConfirmation(std::chrono::milliseconds patience, bool mayBeInterrupted)
    {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, patience, [&] {
            return confirmed_ >= published_ || state_ != State::Connected ||
                   (isInterrupted_ && mayBeInterrupted);
        });
        return confirmed_ >= published_;
    }

    bool isConnected() const
    {
        const std::lock_guard lock(mutex_);
        return state_ == State::Connected;
    }

    void interrupt()
    {
        {
            const std::lock_guard lock(mutex_);
            isInterrupted_ = true;
        }
        changed_.notify_all();
    }

private:
    enum class State { Connecting, Connected, Gone };

    std::string name() const { return settings_.host + ":" + std::to_string(settings_.port); }

    void configure();
    void run();
    bool canResolve();
    void change(State state, const std::string &reason);
    std::string reasonOf(int result) const;

    static void onConnect(mosquitto *client, void *self, int code);
    static void onPublish(mosquitto *client, void *self, int id);
    static void onMessage(mosquitto *client, void *self, const mosquitto_message *message);

    const Library library_;
    MqttClient &owner_;
    const MqttSettings settings_;
    const Callbacks callbacks_;
    const std::unique_ptr<mosquitto, MosquittoDestroy> client_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    State state_ = State::Connecting; /* protected by mutex_, like all up to isEnding_ */
    std::string reason_;              /* why it is gone */
    std::uint64_t published_ = 0;
    std::uint64_t confirmed_ = 0;
    bool isInterrupted_ = false;
    std::atomic<bool> isEnding_ = false;
    const GObjectPtr<GCancellable> ending_{g_cancellable_new()};

    std::thread thread_;
};

void
MqttClient::Worker::configure()
{
    mosquitto *const client = client_.get();
    mosquitto_threaded_set(client, true);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1); /* else small messages wait */
    if (!settings_.user.empty())
        require(
            mosquitto_username_pw_set(client, settings_.user.c_str(), orNull(settings_.password)),
            "username");
    if (!settings_.willTopic.empty())
        require(mosquitto_will_set(client, settings_.willTopic.c_str(),
                                   static_cast<int>(settings_.will.size()), settings_.will.data(),
                                   kQos, true),
                "MQTT will");
    if (settings_.tls) {
        const char *folder = settings_.caFile.empty() ? kSystemCertificates : nullptr;
        require(mosquitto_tls_set(client, orNull(settings_.caFile), folder,
                                  orNull(settings_.clientCert), orNull(settings_.clientKey),
                                  nullptr),
                "TLS: ca-file, client-cert or client-key can't be used");
        mosquitto_tls_insecure_set(client, !settings_.verify);
        if (!settings_.verify)
            mosquitto_tls_opts_set(client, 0, nullptr, nullptr);
    }
    mosquitto_connect_callback_set(client, onConnect);
    mosquitto_publish_callback_set(client, onPublish);
    mosquitto_message_callback_set(client, onMessage);
}

void
MqttClient::Worker::change(State state, const std::string &reason)
{
    bool isLost = false;
    {
        const std::lock_guard lock(mutex_);
        isLost = state_ == State::Connected && state == State::Gone;
        if (state_ == State::Gone)
            return;
        state_ = state;
        reason_ = reason;
    }
    changed_.notify_all();
    if (isLost && !isEnding_)
        callbacks_.onLost();
}

std::string
MqttClient::Worker::reasonOf(int result) const
{
    if (result == MOSQ_ERR_TLS)
        return "TLS failed: set ca-file to the certificate that the broker's is signed with; its "
               "host name has to be right";
    if (result == MOSQ_ERR_CONN_LOST && settings_.tls)
        return "connection lost: does it take TLS, and the client certificate, there?";
    return mosquitto_strerror(result);
}

/* libmosquitto looks the name up too, but can't be interrupted: a name server that is gone would
 * hold up the end. */
bool
MqttClient::Worker::canResolve()
{
    const GObjectPtr<GResolver> resolver(g_resolver_get_default());
    GError *error = nullptr;
    GList *addresses =
        g_resolver_lookup_by_name(resolver.get(), settings_.host.c_str(), ending_.get(), &error);
    const GErrorPtr owned(error);
    if (addresses == nullptr)
        change(State::Gone, error->message);
    g_resolver_free_addresses(addresses);
    return addresses != nullptr;
}

void
MqttClient::Worker::run()
{
    if (!canResolve())
        return;
    int result = mosquitto_connect_async(client_.get(), settings_.host.c_str(), settings_.port,
                                         static_cast<int>(settings_.keepAlive.count()));
    const auto goodbye = [this] {
        /* What waits to be sent, and the farewell, get a moment. */
        for (const auto end = std::chrono::steady_clock::now() + kGoodbye;
             mosquitto_want_write(client_.get()) && std::chrono::steady_clock::now() < end;)
            mosquitto_loop(client_.get(), 10, 1);
    };
    while (result == MOSQ_ERR_SUCCESS && !isEnding_) {
        acknowledgeAtOnce(mosquitto_socket(client_.get()));
        result = mosquitto_loop(client_.get(), kLoopMs, 1);
    }
    goodbye();
    change(State::Gone, reasonOf(result));
}

void
MqttClient::Worker::onConnect(mosquitto * /*client*/, void *self, int code)
{
    auto &worker = *static_cast<Worker *>(self);
    if (code == 0)
        worker.change(State::Connected, {});
    else
        worker.change(State::Gone,
                      std::string(mosquitto_connack_string(code)) +
                          (code == 4 || code == 5 ? " See username and password-file." : ""));
}

void
MqttClient::Worker::onPublish(mosquitto * /*client*/, void *self, int /*id*/)
{
    auto &worker = *static_cast<Worker *>(self);
    {
        const std::lock_guard lock(worker.mutex_);
        ++worker.confirmed_;
    }
    worker.changed_.notify_all();
}

void
MqttClient::Worker::onMessage(mosquitto * /*client*/, void *self, const mosquitto_message *message)
{
    const auto &worker = *static_cast<Worker *>(self);
    worker.callbacks_.onMessage(worker.owner_, toStdString(message->topic),
                                std::string(static_cast<const char *>(message->payload),
                                            message->payload != nullptr
                                                ? static_cast<std::size_t>(message->payloadlen)
                                                : 0));
}

MqttClient::MqttClient(const MqttSettings &settings, Callbacks callbacks)
    : worker_{std::make_unique<Worker>(*this, settings, std::move(callbacks))}
{
}

MqttClient::~MqttClient() = default;

void
MqttClient::connect(std::chrono::milliseconds patience)
{
    worker_->connect(patience);
}

void
MqttClient::subscribe(const std::string &topic)
{
    worker_->subscribe(topic);
}

void
MqttClient::publish(const std::string &topic, std::span<const std::uint8_t> payload, bool retain)
{
    worker_->publish(topic, payload, retain);
}

void
MqttClient::publish(const std::string &topic, const std::string &payload, bool retain)
{
    worker_->publish(
        topic, {reinterpret_cast<const std::uint8_t *>(payload.data()), payload.size()}, retain);
}

bool
MqttClient::waitForConfirmation(std::chrono::milliseconds patience)
{
    return worker_->waitForConfirmation(patience, true);
}

bool
MqttClient::flush(std::chrono::milliseconds patience)
{
    return worker_->waitForConfirmation(patience, false);
}

bool
MqttClient::isConnected() const
{
    return worker_->isConnected();
}

void
MqttClient::interrupt()
{
    worker_->interrupt();
}

} // namespace hafaces
