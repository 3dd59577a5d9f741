# SPDX-License-Identifier: MIT
"""home_assistant_test.py: hanotify and the blueprints with Home Assistant itself, all three transports.

Run by home_assistant_test.sh, with the Python of a virtual environment in which Home Assistant is.
"""
import asyncio
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from home_assistant import HomeAssistant, Mosquitto, data_folder, free_port, until

ENTITIES = {
    "binary_sensor.front_door_face", "sensor.front_door_faces", "event.front_door_detection",
    "image.front_door_last_detection", "sensor.front_door_last_trigger",
    "sensor.front_door_last_person", "binary_sensor.front_door_camera",
    "sensor.front_door_inference_time", "button.front_door_detect_now",
    "switch.front_door_detection_enabled"}
EVENT = "event.front_door_detection"
FACE = "binary_sensor.front_door_face"
# Known only once somebody was recognised, or pressed it.
NEVER_SEEN = {"sensor.front_door_last_person", "button.front_door_detect_now"}

CONFIGURATION = """
notify:
persistent_notification:
counter:
  hooks:
  rests:
camera:
  - platform: push
    name: Hook
    webhook_id: picture-id
automation:
  - alias: hook
    mode: queued
    triggers:
      - trigger: webhook
        webhook_id: event-id
        allowed_methods: [POST]
        local_only: true
    actions:
      - event: hook_ran
        event_data:
          time: "{{ trigger.json.time }}"
          camera: "{{ trigger.json.camera }}"
      - action: counter.increment
        target:
          entity_id: counter.hooks
  - alias: rest
    mode: queued
    triggers:
      - trigger: event
        event_type: hafaces_face_detected
        event_data:
          camera: Rest
    actions:
      - action: counter.increment
        target:
          entity_id: counter.rests
  - alias: notify
    use_blueprint:
      path: hafaces/notify.yaml
      input:
        detection: event.front_door_detection
        picture: image.front_door_last_detection
        notify_action: notify.persistent_notification
  - alias: notify ann
    use_blueprint:
      path: hafaces/notify.yaml
      input:
        detection: event.front_door_detection
        picture: image.front_door_last_detection
        persons: [Ann]
        notify_action: notify.persistent_notification
        title: "Ann, {{ camera }}"
  - alias: light
    use_blueprint:
      path: hafaces/light.yaml
      input:
        face: binary_sensor.front_door_face
        light: light.door
        linger: 1
"""

failures = 0


def check(name, condition, details=""):
    global failures
    print(("ok: " if condition else "FAILED: ") + name, flush=True)
    if not condition:
        failures += 1
        if details:
            print(details, flush=True)


class Line:
    """A face before the camera, looked at when the hook is called; a folder gets the same as the
    transport."""

    def __init__(self, folder, camera, transport):
        self.out = folder
        self.hook = free_port()
        self.command = (
            "gst-launch-1.0 -q -e multifilesrc loop=true "
            f"location={data_folder()}/dark.jpg caps=image/jpeg,framerate=10/1 ! "
            f"identity sync=true ! hatrigger port={self.hook} burst=3 ! jpegdec ! "
            "hafacedetect frames=triggered ! facedraw ! jpegenc ! "
            f"hanotify clear-after=2 location={folder} camera={camera} ! "
            f"hanotify clear-after=2 camera={camera} {transport} ! "
            "fakesink async=false").split()
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command)

    def end(self, how=signal.SIGINT):
        self.process.send_signal(how)
        self.process.wait()

    def trigger(self):
        subprocess.run(["curl", "-fs", "--retry", "20", "--retry-connrefused", "--retry-delay", "1",
                        "-X", "POST", f"http://127.0.0.1:{self.hook}/motion-detected"],
                       check=True, stdout=subprocess.DEVNULL)

    def picture(self):
        return (self.out / "last-detection.jpg").read_bytes()

    def events(self):
        file = self.out / "events.jsonl"
        return file.read_text().splitlines() if file.exists() else []


async def all_known(home):
    states = await home.states("front_door")
    return ENTITIES <= states.keys() and not any(
        state == "unavailable" or (state == "unknown" and entity not in NEVER_SEEN)
        for entity, state in states.items())


async def all_unavailable(home):
    states = await home.states("front_door")
    return ENTITIES <= states.keys() and set(states.values()) == {"unavailable"}


async def visit(home, line):
    """Somebody comes and goes."""
    line.trigger()
    check("Face goes on", await until(lambda: home.is_in(FACE, "on"), 10))
    check("Face goes off", await until(lambda: home.is_in(FACE, "off"), 10))


async def test_mqtt(home, broker, folder):
    line = Line(folder / "mqtt", "Front\\ door",
                f"transport=mqtt location=mqtt://127.0.0.1:{broker.port}")
    line.command = [part.replace("\\", "") for part in joined(line.command)]
    line.start()
    check("all entities appear", await until(
        lambda: has_entities(home), 20), str(await home.states("front_door")))
    check("nobody was seen: no event", home.changes_of(EVENT) == [])
    await visit(home, line)
    events = home.changes_of(EVENT)
    check("the event fires once", len(events) == 1 == len(line.events()), str(events))
    attributes = events[0][1]["attributes"]
    check("it is the event", attributes["event_type"] == "face_detected"
          and attributes["time"] in line.events()[0] and attributes["camera"] == "Front door")
    image = await home.request("GET", "/api/image_proxy/image.front_door_last_detection")
    check("the image is the picture, byte for byte", image == line.picture())
    check("all is known", await until(lambda: all_known(home), 10),
          str(await home.states("front_door")))
    check("somebody is told of, with the picture, once", notifications(home) == ["Front door"],
          str(notifications(home)))
    check("the notification has the picture", notified(home)[0]["data"]["image"]
          == "/api/image_proxy/image.front_door_last_detection")
    check("the light at the door went on", "on" in states_of(home, "light.door"))
    check("and off", await until(lambda: home.is_in("light.door", "off"), 10))

    await home.post("/api/services/button/press", {"entity_id": "button.front_door_detect_now"})
    check("the button leads to an event", await until(
        lambda: len(home.changes_of(EVENT)) == 2, 10))
    check("Face is off again", await until(lambda: home.is_in(FACE, "off"), 10))
    switch = "switch.front_door_detection_enabled"
    await home.post("/api/services/switch/turn_off", {"entity_id": switch})
    check("detection is off", await until(lambda: home.is_in(switch, "off"), 10))
    line.trigger()
    await asyncio.sleep(2)
    check("and nothing is told", len(home.changes_of(EVENT)) == 2)
    line.end()
    check("a line that ended is unavailable", await until(lambda: all_unavailable(home), 10))
    line.start()
    check("off is remembered", await until(lambda: home.is_in(switch, "off"), 10))
    await home.post("/api/services/switch/turn_on", {"entity_id": switch})
    check("detection is on", await until(lambda: home.is_in(switch, "on"), 10))

    # By what an application would publish, until there is recognition.
    publish(broker, "hafaces/front_door/event",
            '{"event_type":"person_identified","id":"a","person":"Ann","camera":"Front door"}')
    check("Ann is told of by her name", await until(
        lambda: notifications(home)[2:] == ["Ann, Front door", "Front door"]
        or notifications(home)[2:] == ["Front door", "Ann, Front door"], 10),
        str(notifications(home)))

    known = home.changes_of(EVENT)
    last = (await home.state(EVENT))["state"]
    told = len(notifications(home))

    async def nothing_new(what):
        check(f"{what}: nothing unavailable, nor unknown", await until(
            lambda: all_known(home), 30), str(await home.states("front_door")))
        await asyncio.sleep(3)
        news = {event["attributes"]["id"] for _, event in home.changes_of(EVENT)}
        check(f"{what}: no event", news <= {event["attributes"]["id"] for _, event in known})
        check(f"{what}: the last event is the last", await home.is_in(EVENT, last))
        check(f"{what}: nobody is told", len(notifications(home)) == told)

    line.end(signal.SIGKILL)
    check("a killed line is unavailable", await until(lambda: all_unavailable(home), 10))
    line.start()
    await nothing_new("we restart")
    await home.stop()
    await home.start()
    await nothing_new("Home Assistant restarts")
    broker.kill()
    check("without a broker all is unavailable", await until(lambda: all_unavailable(home), 10))
    broker.start()
    await nothing_new("the broker restarts")
    count = len(line.events())
    await visit(home, line)
    check("afterwards the event fires once", await until(
        lambda: len({event["attributes"]["id"] for _, event in home.changes_of(EVENT)})
        == len({event["attributes"]["id"] for _, event in known}) + 1, 10))
    check("as in the folder", len(line.events()) == count + 1)
    line.end()
    check("a line that ended is unavailable", await until(lambda: all_unavailable(home), 10))


async def has_entities(home):
    states = await home.states("front_door")
    return ENTITIES <= states.keys() and states["switch.front_door_detection_enabled"] == "on"


def joined(parts):
    """The words that a backslash holds together."""
    result = []
    for part in parts:
        if result and result[-1].endswith("\\"):
            result[-1] = result[-1] + " " + part
        else:
            result.append(part)
    return result


def publish(broker, topic, payload):
    import paho.mqtt.publish as mqtt
    mqtt.single(topic, payload, hostname="127.0.0.1", port=broker.port, qos=1,
                retain=topic.endswith("/config"))


def notified(home):
    return [call["service_data"] for call in home.fired("call_service")
            if call["domain"] == "notify"]


def notifications(home):
    """The titles."""
    return [data["title"] for data in notified(home)]


def states_of(home, entity):
    return [state["state"] for _, state in home.changes_of(entity)]


async def test_webhook(home, folder):
    (folder / "event-file").write_text(home.address + "/api/webhook/event-id\n")
    (folder / "picture-file").write_text(home.address + "/api/webhook/picture-id\n")
    line = Line(folder / "webhook", "Hook", f"transport=webhook location-file={folder}/event-file "
                f"image-location-file={folder}/picture-file")
    line.start()
    line.trigger()
    check("webhook: the automation ran, once", await until(
        lambda: len(home.fired("hook_ran")) == 1, 10))
    await asyncio.sleep(1)
    runs = home.fired("hook_ran")
    check("webhook: with the event", len(runs) == 1 and runs[0]["camera"] == "Hook"
          and runs[0]["time"] in line.events()[0])
    image = await home.request("GET", "/api/camera_proxy/camera.hook")
    check("webhook: the push camera shows the picture", image == line.picture())
    await come_back(home, line, "webhook", "counter.hooks")


async def come_back(home, line, name, counter):
    """Home Assistant is away for a while, in which somebody comes. The counter survives that, and is
    counted up by an automation."""
    check(f"{name}: counted once", await until(lambda: home.is_in(counter, "1"), 5))
    await home.stop()
    await asyncio.sleep(3)  # the first visit is over
    line.trigger()
    check(f"{name}: somebody comes", await until(lambda: len(line.events()) == 2, 5))
    await home.start()
    check(f"{name}: who came meanwhile is told of", await until(
        lambda: home.is_in(counter, "2"), 60), str(await home.state(counter)))
    await asyncio.sleep(3)
    check(f"{name}: once", await home.is_in(counter, "2"), str(await home.state(counter)))
    line.end()


async def test_rest(home, folder):
    token = folder / "token"
    token.write_text(home.token + "\n")
    line = Line(folder / "rest", "Rest",
                f"transport=rest location={home.address} token-file={token}")
    line.start()
    line.trigger()
    kind = "hafaces_face_detected"
    check("rest: the event fires", await until(lambda: len(home.fired(kind)) == 1, 10))
    check("rest: it is the event", home.fired(kind)[0]["camera"] == "Rest")
    await come_back(home, line, "rest", "counter.rests")


def complaints(log):
    """Warnings and errors of whatever we may have caused."""
    words = ("hafaces", "front_door", "front door", "mqtt", "webhook", "automation", "http.ban",
             "blueprint", "push", "image")
    allowed = ("Error loading libturbojpeg", "MQTT server", "connection lost")
    lines = [line for line in log.splitlines() if " WARNING " in line or " ERROR " in line]
    return [line for line in lines if any(word in line.lower() for word in words)
            and not any(word in line for word in allowed)]


async def run(folder):
    home = HomeAssistant(folder / "home", CONFIGURATION)
    blueprints = pathlib.Path(__file__).parent.parent.parent / "pipelines" / "blueprints"
    shutil.copytree(blueprints, folder / "home" / "blueprints" / "automation" / "hafaces")
    broker = Mosquitto(folder)
    broker.start()
    publish(broker, "homeassistant/light/door/config",
            '{"name": "Door", "unique_id": "door", "command_topic": "door/set",'
            ' "default_entity_id": "light.door"}')
    try:
        found = home.check()
        output = (found.stdout + found.stderr).splitlines()
        check("its own check of the configuration finds nothing", found.returncode == 0 and not [
            line for line in output if "invalid" in line.lower() or "Failed config" in line
            or (line.startswith("ERROR:") and "libturbojpeg" not in line)], "\n".join(output))
        await home.start()
        await home.add_mqtt(broker.port)
        check("the light is there", await until(
            lambda: home.is_in("light.door", "unknown"), 10), str(await home.states("light")))
        await home.post("/api/services/light/turn_off", {"entity_id": "light.door"})
        await test_mqtt(home, broker, folder)
        await test_webhook(home, folder)
        await test_rest(home, folder)
        check("no warning nor error about us", complaints(home.log()) == [],
              "\n".join(complaints(home.log())))
    finally:
        if home.process:
            home.process.kill()
        broker.kill()
        if home.session:
            await home.session.close()


with tempfile.TemporaryDirectory() as work:
    began = time.monotonic()
    asyncio.run(run(pathlib.Path(work)))
    print(f"{failures} failed, {time.monotonic() - began:.0f} s")
sys.exit(failures > 0)
