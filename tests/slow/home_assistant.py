# SPDX-License-Identifier: MIT
"""Home Assistant itself, as fetch_home_assistant.sh brought it, in a folder of its own and on loopback."""
import asyncio
import json
import os
import pathlib
import socket
import subprocess
import sys
import time

import aiohttp

# It declares a later 3.13 than Debian has, and runs on any.
START = """
import sys, homeassistant.const as const
const.REQUIRED_PYTHON_VER = min(const.REQUIRED_PYTHON_VER, sys.version_info[:3])
from homeassistant.__main__ import main
sys.exit(main())
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def until(condition, seconds):
    """Whether the condition, perhaps asynchronous, comes true in time."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if asyncio.iscoroutine(result):
            result = await result
        if result or time.monotonic() > end:
            return bool(result)
        await asyncio.sleep(0.05)


class Mosquitto:
    def __init__(self, folder):
        self.port = free_port()
        self.file = folder / "mosquitto.conf"
        user = "user root\n" if os.geteuid() == 0 else ""
        self.file.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n{user}")
        self.process = None

    def start(self):
        path = os.environ["PATH"] + ":/usr/sbin"
        self.process = subprocess.Popen(
            ["mosquitto", "-c", str(self.file)], env={**os.environ, "PATH": path},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()


class HomeAssistant:
    """Keeps what its websocket tells in `events`, with the time of its coming (time.monotonic_ns)."""

    def __init__(self, folder, configuration):
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.token = None
        self.events = []
        self.process = None
        self.listener = None
        self.session = None
        storage = folder / ".storage"
        storage.mkdir(parents=True)
        # Else it joins multicast groups of the machine's network.
        (storage / "core.network").write_text(json.dumps(
            {"version": 1, "minor_version": 1, "key": "core.network",
             "data": {"configured_adapters": ["lo"]}}))
        (folder / "configuration.yaml").write_text(
            f"homeassistant:\n  internal_url: {self.address}\n"
            "  latitude: 0\n"
            f"  longitude: {midnight_longitude()}\n"
            f"http:\n  server_host: 127.0.0.1\n  server_port: {self.port}\n"
            "api:\nwebsocket_api:\nrecorder:\nhistory:\nlogbook:\nwebhook:\nsun:\n"
            "logger:\n  default: warning\n" + configuration)

    def log(self):
        return "".join(file.read_text() for file in sorted(self.folder.glob("output-*")))

    async def start(self):
        self.session = self.session or aiohttp.ClientSession()
        number = len(list(self.folder.glob("output-*")))
        with open(self.folder / f"output-{number}", "wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", START, "-c", str(self.folder), "--skip-pip"],
                stdout=output, stderr=subprocess.STDOUT)
        if not await until(self.answers, 120):
            raise RuntimeError("Home Assistant does not start: " + self.log())
        if self.token is None:
            await self.onboard()
        if not await until(self.runs, 120):
            raise RuntimeError("Home Assistant does not get ready")
        await self.listen()

    async def answers(self):
        try:
            async with self.session.get(self.address + "/manifest.json") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def runs(self):
        try:
            return (await self.get("/api/config"))["state"] == "RUNNING"
        except (aiohttp.ClientError, ValueError):
            return False

    async def stop(self):
        self.listener.cancel()
        self.process.terminate()
        await asyncio.get_running_loop().run_in_executor(None, self.process.wait)

    async def request(self, method, path, content_type=None, **arguments):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if content_type:
            headers["Content-Type"] = content_type
        async with self.session.request(method, self.address + path, headers=headers,
                                        **arguments) as answer:
            answer.raise_for_status()
            return await answer.read()

    async def get(self, path):
        return json.loads(await self.request("GET", path))

    async def post(self, path, data):
        return json.loads(await self.request("POST", path, json=data))

    async def onboard(self):
        client = self.address + "/"
        user = await self.post("/api/onboarding/users", {
            "client_id": client, "name": "test", "username": "test", "password": "test-only",
            "language": "en"})
        answer = json.loads(await self.request("POST", "/auth/token", data={
            "grant_type": "authorization_code", "client_id": client, "code": user["auth_code"]}))
        self.token = answer["access_token"]
        await self.request("POST", "/api/onboarding/analytics", json={})
        await self.post("/api/onboarding/integration",
                        {"client_id": client, "redirect_uri": client})
        async with self.session.ws_connect(self.address + "/api/websocket") as socket_:
            await self.authenticate(socket_)
            await socket_.send_json({"id": 1, "type": "auth/long_lived_access_token",
                                     "client_name": "test", "lifespan": 1})
            self.token = (await socket_.receive_json())["result"]

    async def authenticate(self, socket_):
        await socket_.receive_json()
        await socket_.send_json({"type": "auth", "access_token": self.token})
        assert (await socket_.receive_json())["type"] == "auth_ok"

    async def add_mqtt(self, port):
        flow = await self.post("/api/config/config_entries/flow", {"handler": "mqtt"})
        result = await self.post("/api/config/config_entries/flow/" + flow["flow_id"],
                                 {"broker": "127.0.0.1", "port": port})
        assert result["type"] == "create_entry", result

    async def listen(self):
        ready = asyncio.Event()

        async def follow():
            async with self.session.ws_connect(self.address + "/api/websocket") as socket_:
                await self.authenticate(socket_)
                await socket_.send_json({"id": 1, "type": "subscribe_events"})
                await socket_.receive_json()
                ready.set()
                async for message in socket_:
                    now = time.monotonic_ns()
                    event = json.loads(message.data).get("event")
                    if event:
                        self.events.append((now, event))

        self.listener = asyncio.create_task(follow())
        await ready.wait()

    async def state(self, entity):
        try:
            return await self.get("/api/states/" + entity)
        except aiohttp.ClientResponseError:
            return {"state": "missing", "attributes": {}}

    async def states(self, part):
        return {each["entity_id"]: each["state"] for each in await self.get("/api/states")
                if part in each["entity_id"]}

    async def is_in(self, entity, state):
        return (await self.state(entity))["state"] == state

    def changes_of(self, entity):
        """What the entity became, but for unavailable and unknown."""
        return [(when, event["data"]["new_state"]) for when, event in self.events
                if event["event_type"] == "state_changed"
                and event["data"]["entity_id"] == entity and event["data"]["new_state"]
                and event["data"]["new_state"]["state"] not in ("unavailable", "unknown")]

    def fired(self, kind):
        return [event["data"] for _, event in self.events if event["event_type"] == kind]

    def check(self):
        """Its own check of the configuration; what it prints."""
        return subprocess.run(
            [sys.executable, "-c", START, "--script", "check_config", "-c", str(self.folder)],
            capture_output=True, text=True, check=False)


def midnight_longitude():
    """Where the sun is lowest now."""
    now = time.gmtime()
    longitude = -15 * (now.tm_hour + now.tm_min / 60)
    return round(longitude + 360 if longitude < -180 else longitude, 2)


def data_folder():
    return pathlib.Path(__file__).parent.parent / "data"
