/* SPDX-License-Identifier: MIT */
#include "mosquitto.h"

#include "http_request.h"

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace hafaces::test {

namespace {

using namespace std::chrono_literals;

constexpr const char *kProgram = "mosquitto"; /* Debian: in /usr/sbin */

bool
isListening(int port)
{
    const GObjectPtr<GSocketClient> client(g_socket_client_new());
    const GObjectPtr<GSocketConnection> connection(g_socket_client_connect_to_host(
        client.get(), "127.0.0.1", static_cast<guint16>(port), nullptr, nullptr));
    return connection != nullptr;
}

} // namespace

Mosquitto::Mosquitto(const std::string &configuration)
    : port_{freePort()}
{
    std::ofstream file(folder_.path() + "/mosquitto.conf");
    file << "listener " << port_ << " 127.0.0.1\n" << configuration << "\n";
    if (g_get_user_name() == std::string("root"))
        file << "user root\n"; /* it would give up root, and not be able to read the folder */
    file.close();
    start();
}

Mosquitto::~Mosquitto()
{
    kill();
}

void
Mosquitto::start()
{
    const GObjectPtr<GSubprocessLauncher> launcher(
        g_subprocess_launcher_new(static_cast<GSubprocessFlags>(
            G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE)));
    const std::string path = "/usr/sbin:" + toStdString(g_getenv("PATH"));
    g_subprocess_launcher_setenv(launcher.get(), "PATH", path.c_str(), TRUE);
    const std::string file = folder_.path() + "/mosquitto.conf";
    const GMemPtr<char> program(g_find_program_in_path(kProgram));
    process_.reset(g_subprocess_launcher_spawn(launcher.get(), nullptr,
                                               program ? program.get() : "/usr/sbin/mosquitto",
                                               "-c", file.c_str(), nullptr));
    if (!process_)
        throw std::runtime_error("Mosquitto is not installed (Debian: mosquitto)");
    for (int i = 0; i < 1000; ++i) {
        if (isListening(port_))
            return;
        std::this_thread::sleep_for(10ms);
    }
    throw std::runtime_error("Mosquitto does not listen");
}

void
Mosquitto::kill()
{
    if (!process_)
        return;
    g_subprocess_force_exit(process_.get());
    g_subprocess_wait(process_.get(), nullptr, nullptr);
    process_.reset();
}

} // namespace hafaces::test
