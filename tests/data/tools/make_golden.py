#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes what face-api.js finds in pictures: make_golden.py OUT_FOLDER PICTURE...

Decodes with OpenCV (opencv-python-headless 4.6.0.66), since another decoder gives other pixels, and
runs run_face_api.js on them: beside this file's folder or above it there must be the node_modules of
  npm install @vladmandic/face-api@1.7.15 @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0
"""
import hashlib
import json
import pathlib
import re
import subprocess
import sys

import cv2

HERE = pathlib.Path(__file__).parent


def detections(answer):
    return [{'score': round(d['score'], 6), 'box': [round(v, 4) for v in d['box']]}
            for d in answer]


def golden(path):
    rgb = cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    height, width = rgb.shape[:2]
    answer = json.loads(subprocess.run(
        ['node', str(HERE / 'run_face_api.js'), str(width), str(height)],
        input=rgb.tobytes(), stdout=subprocess.PIPE, check=True).stdout)
    return {'image': path.name, 'sha256_rgb': hashlib.sha256(rgb.tobytes()).hexdigest(),
            'width': width, 'height': height, 'faces': detections(answer['faces']),
            'ssd_over_0_1': detections(answer['weak'])}


def main(out, *pictures):
    for name in pictures:
        path = pathlib.Path(name)
        text = json.dumps(golden(path), indent=1)
        text = re.sub(r'\[\s+([-\d.,e\s]+?)\s+\]',
                      lambda m: '[' + re.sub(r'\s+', ' ', m[1]) + ']', text)
        (pathlib.Path(out) / (path.stem + '.json')).write_text(text + '\n')
        print(name)


if __name__ == '__main__':
    main(*sys.argv[1:])
