#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""moving_camera.py PORT-FILE EMPTY PICTURE...: a network camera for Motion, which has no synthetic one.

Serves the pictures in turn as an MJPEG stream on loopback, ten a second, and writes its port. While
there is a file PORT-FILE.empty it shows the picture EMPTY.
"""
import http.server
import itertools
import os
import sys
import time

INTERVAL = 0.1


class Camera(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        self.end_headers()
        try:
            for picture in itertools.cycle(self.server.pictures):
                if os.path.exists(self.server.empty_file):
                    picture = self.server.empty
                self.wfile.write(b"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
                                 % len(picture) + picture + b"\r\n")
                time.sleep(INTERVAL)
        except OSError:
            pass

    def log_message(self, *_):
        pass


def read(name):
    with open(name, "rb") as file:
        return file.read()


def main(port_file, empty, *names):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.daemon_threads = True
    server.empty_file = port_file + ".empty"
    server.empty = read(empty)
    server.pictures = [read(name) for name in names]
    with open(port_file + ".new", "w", encoding="ascii") as file:
        file.write(f"{server.server_port}\n")
    os.rename(port_file + ".new", port_file)
    server.serve_forever()


main(*sys.argv[1:])
