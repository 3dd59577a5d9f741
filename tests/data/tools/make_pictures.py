#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the test pictures from astronaut.png: make_pictures.py DATA_FOLDER

Needs opencv-python-headless 4.6.0.66 and numpy 1.26. The pictures are committed; this tells how
they came about.
"""
import pathlib
import sys

import cv2
import numpy as np

HEAD = (110, 10, 250, 250)  # x, y, width, height of head and shoulders in astronaut.png


def background(source, width, height):
    """Wide soft colours without anything that looks like a face."""
    patch = source[330:512, 300:512]
    return cv2.GaussianBlur(cv2.resize(patch, (width, height)), (0, 0), 9)


def place(canvas, source, x, y, scale, turn=0.0):
    """The head with its top left corner at x, y, faded out towards its border."""
    hx, hy, hw, hh = HEAD
    head = source[hy:hy + hh, hx:hx + hw]
    fade = np.zeros((hh, hw), np.float32)
    cv2.ellipse(fade, (hw // 2, hh // 2), (hw // 2 - 12, hh // 2 - 6), 0, 0, 360, 1, -1)
    fade = cv2.GaussianBlur(fade, (0, 0), 6)
    move = cv2.getRotationMatrix2D((hw / 2, hh / 2), turn, scale)
    move[:, 2] += (x - hw / 2 + hw * scale / 2, y - hh / 2 + hh * scale / 2)
    size = (canvas.shape[1], canvas.shape[0])
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    weight = cv2.warpAffine(fade, move, size, flags=flags)[..., None]
    picture = cv2.warpAffine(head, move, size, flags=flags)
    return np.clip(canvas * (1 - weight) + picture * weight, 0, 255).astype(np.uint8)


def scene(source, width, height, heads):
    canvas = background(source, width, height)
    for head in heads:
        canvas = place(canvas, source, *head)
    return canvas


def main(folder):
    source = cv2.imread(str(folder / 'astronaut.png'))
    source = cv2.resize(source, (512, 512))
    mirrored = source[:, ::-1]
    pictures = {
        'three_faces.jpg': scene(source, 1280, 720, [(60, 120, 2.0), (640, 200, 1.2),
                                                     (1010, 330, 0.8)]),
        'many_faces.jpg': scene(source, 1920, 1080, [
            (40, 40, 1.6), (500, 30, 1.25), (820, 20, 1.1), (1100, 60, 1.2), (1480, 30, 1.5),
            (60, 560, 1.9), (580, 390, 1.15, 8), (900, 520, 2.0, -8), (1520, 600, 1.6)]),
        'odd_size.jpg': scene(source, 641, 479, [(51, 33, 0.9), (353, 155, 1.1)]),
        'portrait.jpg': scene(source, 480, 853, [(90, 330, 1.3), (40, 30, 0.9)]),
        'turned.jpg': scene(source, 640, 480, [(40, 90, 1.1, 20), (330, 90, 1.1, -15)]),
        'wide.jpg': scene(source, 1600, 400, [(60, 60, 1.2), (1240, 90, 1.0)]),
        'cut_by_the_edges.jpg': scene(source, 640, 360, [(-105, 40, 1.1), (485, 60, 1.1)]),
        'mirrored.jpg': np.ascontiguousarray(mirrored[0:270, 140:500]),
        'no_face.jpg': background(source, 640, 360),
    }
    dark = scene(source, 640, 480, [(180, 100, 1.2)])
    pictures['dark.jpg'] = (dark * 0.3).astype(np.uint8)
    for name, picture in pictures.items():
        cv2.imwrite(str(folder / name), picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
    night = cv2.cvtColor(scene(source, 640, 480, [(30, 90, 1.2), (350, 120, 1.0)]),
                         cv2.COLOR_BGR2GRAY)
    cv2.imwrite(str(folder / 'night.png'), night, [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == '__main__':
    main(pathlib.Path(sys.argv[1]))
