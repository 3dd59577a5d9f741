# SPDX-License-Identifier: MIT
"""home_assistant_latency.py PUSHER: how long it takes from a picture of 60 KB at hanotify's sink pad to
the event on Home Assistant's websocket, for each transport, beside a bare publish of the same event
at the same time. Prints, and asserts nothing but that each came once.

Run by home_assistant_test.sh, with the Python of a virtual environment in which Home Assistant is.
"""
import asyncio
import json
import pathlib
import sys
import tempfile
import time

import paho.mqtt.client as mqtt

from home_assistant import HomeAssistant, Mosquitto, until

COUNT = 200
INTERVAL_MS = 60
CONFIGURATION = """
camera:
  - platform: push
    name: Hook
    webhook_id: picture-id
automation:
  - alias: hook
    mode: queued
    max: 100
    triggers:
      - trigger: webhook
        webhook_id: event-id
        allowed_methods: [POST]
        local_only: true
    actions:
      - event: hook_ran
        event_data:
          trigger: "{{ trigger.json.trigger }}"
"""


def event(trigger):
    """As hanotify tells it."""
    box = {"x": 10.0, "y": 10.0, "width": 100.0, "height": 100.0}
    face = {"box": box, "confidence": 0.98, "status": None, "name": None, "distance": None,
            "reason": None}
    return json.dumps({
        "schema": 1, "event_type": "face_detected", "id": trigger, "visit": trigger,
        "camera": "camera", "time": "2025-11-23T20:56:01.123Z", "trigger": trigger,
        "frame": {"width": 640, "height": 480}, "faces": [face], "person": None,
        "inference_ms": 0.0, "latency_ms": 1.0})


def arrivals(home):
    """When each trigger's event came, and how often."""
    times = {}
    for when, each in home.events:
        data = each["data"]
        if each["event_type"] == "state_changed":
            state = data["new_state"] if data["entity_id"].startswith("event.") else None
            data = state["attributes"] if state else {}
        elif each["event_type"] not in ("hook_ran", "hafaces_face_detected"):
            continue
        if data.get("trigger"):
            times.setdefault(data["trigger"], []).append(when)
    return times


def summary(sent, times):
    taken = sorted((times[trigger][0] - when) / 1e6 for trigger, when in sent.items())
    return f"{taken[len(taken) // 2]:6.1f} ms (p50) {taken[int(len(taken) * 0.95)]:6.1f} ms (p95) " \
           f"{taken[-1]:6.1f} ms (longest)"


async def measure(home, name, pusher, properties, bare):
    process = await asyncio.create_subprocess_exec(
        pusher, str(COUNT), str(INTERVAL_MS), properties, stdout=asyncio.subprocess.PIPE)
    output = asyncio.create_task(process.stdout.read())
    await asyncio.sleep(2 + INTERVAL_MS / 2000)
    barely = {}
    for number in range(COUNT):
        trigger = f"bare-{number}"
        barely[trigger] = time.monotonic_ns()
        await bare(event(trigger))
        left = INTERVAL_MS / 1000 - (time.monotonic_ns() - barely[trigger]) / 1e9
        await asyncio.sleep(max(left, 0))
    lines = (await output).decode().split()
    code = await process.wait()
    pushed = dict(zip(lines[::2], map(int, lines[1::2])))
    complete = await until(
        lambda: arrivals(home).keys() >= pushed.keys() | barely.keys(), 10)
    times = arrivals(home)
    once = complete and all(len(times[trigger]) == 1 for trigger in pushed)
    print(f"{name:8} {COUNT} events {'once each' if once else 'NOT ALL ONCE'}: "
          f"hanotify {summary(pushed, times)}; bare {summary(barely, times)}", flush=True)
    home.events.clear()
    return code == 0 and once


async def run(folder, pusher):
    home = HomeAssistant(folder / "home", CONFIGURATION)
    broker = Mosquitto(folder)
    broker.start()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    try:
        await home.start()
        await home.add_mqtt(broker.port)
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        (folder / "token").write_text(home.token)

        async def by_mqtt(payload):
            client.publish("hafaces/camera/event", payload, qos=1)

        async def by_webhook(payload):
            await home.request("POST", "/api/webhook/event-id", data=payload,
                               content_type="application/json")

        async def by_rest(payload):
            await home.request("POST", "/api/events/hafaces_face_detected", data=payload,
                               content_type="application/json")

        picture = f"image-location={home.address}/api/webhook/picture-id"
        results = [
            await measure(home, "mqtt", pusher,
                          f"transport=mqtt location=mqtt://127.0.0.1:{broker.port}", by_mqtt),
            await measure(home, "webhook", pusher, "transport=webhook "
                          f"location={home.address}/api/webhook/event-id {picture}", by_webhook),
            await measure(home, "rest", pusher, f"transport=rest location={home.address} "
                          f"token-file={folder}/token {picture}", by_rest)]
        return all(results)
    finally:
        client.loop_stop()
        if home.process:
            home.process.kill()
        broker.kill()
        if home.session:
            await home.session.close()


with tempfile.TemporaryDirectory() as work:
    fine = asyncio.run(run(pathlib.Path(work), sys.argv[1]))
sys.exit(not fine)
