#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the ONNX networks of this folder from the npm package @vladmandic/face-api 1.7.15.

  npm pack @vladmandic/face-api@1.7.15
  python3 -m venv venv && venv/bin/pip install -r models/requirements.txt
  venv/bin/python models/convert.py vladmandic-face-api-1.7.15.tgz [--output FOLDER | --check]

The same package gives the same bytes. Shapes, paddings and layouts: models/README.md.
"""
import argparse
import hashlib
import json
import pathlib
import sys
import tarfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Opset 9 with attributes is what OpenCV 4.6 reads (it refuses Clip with min and max as inputs).
OPSET = 9
IR_VERSION = 6

SSD_SHA256 = '2835640602d53718aa6ae9a42896327eaa21beefed056c218d32ca7d79e1e2f8'
SSD_SIDE = 512
BATCH_NORM_EPSILON = 0.0010000000474974513


class ConversionError(Exception):
    """Said to the user as one line."""


def open_package(path):
    """Returns read(name) -> bytes for a file of the package's model/ folder."""
    path = pathlib.Path(path)
    if path.is_dir():
        folder = path / 'model' if (path / 'model').is_dir() else path
        return lambda name: (folder / name).read_bytes()
    if not path.is_file():
        raise ConversionError(f'{path}: no such file; get it by: npm pack @vladmandic/face-api@1.7.15')
    archive = tarfile.open(path)
    return lambda name: archive.extractfile(f'package/model/{name}').read()


def read_weights(read, name, sha256):
    """Name -> float32 array, dequantised as the manifest says: q * scale + min, in double."""
    manifest = json.loads(read(f'{name}_model-weights_manifest.json'))
    data = b''.join(read(path) for group in manifest for path in group['paths'])
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ConversionError(f'{name}_model.bin is not that of version 1.7.15 (sha256 differs)')
    tensors, position = {}, 0
    for entry in (entry for group in manifest for entry in group['weights']):
        quantization = entry.get('quantization')
        dtype = np.dtype(quantization['dtype'] if quantization else entry['dtype']).newbyteorder('<')
        count = int(np.prod(entry['shape'], dtype=np.int64))
        values = np.frombuffer(data, dtype, count, position)
        position += count * dtype.itemsize
        if quantization:
            values = values.astype(np.float64) * quantization['scale'] + quantization['min']
        tensors[entry['name']] = values.reshape(entry['shape']).astype(np.float32)
    if position != len(data):
        raise ConversionError(f'{name}_model.bin: {len(data) - position} bytes left over')
    return tensors


class Graph:
    """Collects nodes and constants; every method returns the name of its result."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def node(self, operator, inputs, output, **attributes):
        # Without a node name OpenCV names the layer after its output.
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def convolution(self, source, name, weights, bias, stride=1, group=1):
        """weights: [out, in / group, height, width]. Explicit pads, see models/README.md."""
        kernel = weights.shape[2]
        pads = [0, 0, 0, 0] if kernel == 1 else [0, 0, 2, 2] if stride == 2 else [1, 1, 1, 1]
        return self.node('Conv', [source, self.constant(f'{name}/weights', weights),
                                  self.constant(f'{name}/bias', bias)], name,
                         kernel_shape=[kernel, kernel], strides=[stride, stride], pads=pads, group=group)

    def clipped(self, source):
        return self.node('Clip', [source], f'{source}/relu6', min=0.0, max=6.0)

    def model(self, name, inputs, outputs):
        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', OPSET)],
                                  ir_version=IR_VERSION, producer_name='hafaces')
        onnx.checker.check_model(model)
        return model.SerializeToString(deterministic=True)


def filters(weights):
    """TensorFlow's [height, width, in, out] -> ONNX's [out, in, height, width]."""
    return weights.transpose(3, 2, 0, 1)


def depthwise(graph, weights, source, prefix, stride):
    """Depthwise convolution with its batch norm folded in (in double)."""
    norm = {key: weights[f'{prefix}/BatchNorm/{key}'].astype(np.float64)
            for key in ('gamma', 'beta', 'moving_mean', 'moving_variance')}
    factor = norm['gamma'] / np.sqrt(norm['moving_variance'] + BATCH_NORM_EPSILON)
    kernels = weights[f'{prefix}/depthwise_weights'].astype(np.float64).transpose(2, 3, 0, 1)
    folded = (kernels * factor[:, None, None, None]).astype(np.float32)
    bias = (norm['beta'] - norm['moving_mean'] * factor).astype(np.float32)
    return graph.clipped(graph.convolution(source, prefix, folded, bias, stride, group=len(bias)))


def pointwise(graph, weights, source, prefix, stride=1):
    return graph.clipped(graph.convolution(source, prefix, filters(weights[f'{prefix}/weights']),
                                           weights[f'{prefix}/convolution_bn_offset'], stride))


def predictor(graph, source, prefix, kernels, biases, numbers):
    """A 1x1 convolution laid out as [1, cells * anchors, numbers]."""
    maps = graph.convolution(source, prefix, kernels, biases)
    rows = graph.node('Transpose', [maps], f'{prefix}/rows', perm=[0, 2, 3, 1])
    shape = graph.constant(f'{prefix}/shape', np.array([1, -1, numbers], np.int64))
    return graph.node('Reshape', [rows, shape], f'{prefix}/list')


def ssd_mobilenetv1(read):
    weights = read_weights(read, 'ssd_mobilenetv1', SSD_SHA256)
    graph = Graph()
    x = pointwise(graph, weights, 'input', 'MobilenetV1/Conv2d_0_pointwise', stride=2)
    features = []
    for layer in range(1, 14):
        stride = 2 if layer in (2, 4, 6, 12) else 1
        x = depthwise(graph, weights, x, f'MobilenetV1/Conv2d_{layer}_depthwise', stride)
        x = pointwise(graph, weights, x, f'MobilenetV1/Conv2d_{layer}_pointwise')
        if layer in (11, 13):
            features.append(x)
    for layer in range(8):
        x = pointwise(graph, weights, x, f'Prediction/Conv2d_{layer}_pointwise', stride=1 + layer % 2)
        if layer % 2:
            features.append(x)
    boxes, scores = [], []
    for index, source in enumerate(features):
        prefix = f'Prediction/BoxPredictor_{index}'
        encoding, classes = f'{prefix}/BoxEncodingPredictor', f'{prefix}/ClassPredictor'
        boxes.append(predictor(graph, source, encoding, filters(weights[f'{encoding}/weights']),
                               weights[f'{encoding}/biases'], 4))
        # Of the three classes only the face is of use: every third filter, from the second on.
        scores.append(predictor(graph, source, classes, filters(weights[f'{classes}/weights'])[1::3],
                                weights[f'{classes}/biases'][1::3], 1))
    graph.node('Concat', boxes, 'boxes', axis=1)
    graph.node('Concat', scores, 'logits', axis=1)
    graph.node('Sigmoid', ['logits'], 'scores')
    return graph.model(
        'ssd_mobilenetv1',
        [helper.make_tensor_value_info('input', TensorProto.FLOAT, [1, 3, SSD_SIDE, SSD_SIDE])],
        [helper.make_tensor_value_info('boxes', TensorProto.FLOAT, [1, 'anchors', 4]),
         helper.make_tensor_value_info('scores', TensorProto.FLOAT, [1, 'anchors', 1])])


NETWORKS = {'ssd_mobilenetv1.onnx': ssd_mobilenetv1}


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('package', help='the .tgz of the npm package, or its unpacked folder')
    parser.add_argument('--output', type=pathlib.Path, default=here, help='folder to write to (default: this one)')
    parser.add_argument('--check', action='store_true', help='write nothing; compare with the files in the folder')
    arguments = parser.parse_args()
    read = open_package(arguments.package)
    for name, convert in NETWORKS.items():
        data, file = convert(read), arguments.output / name
        if not arguments.check:
            file.write_bytes(data)
        elif not file.is_file() or file.read_bytes() != data:
            raise ConversionError(f'{file}: not the bytes that this conversion makes')
        print(f'{hashlib.sha256(data).hexdigest()}  {name}')


if __name__ == '__main__':
    try:
        main()
    except (ConversionError, OSError, KeyError, tarfile.TarError) as error:
        sys.exit(f'convert.py: {error}')
