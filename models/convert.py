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
LANDMARK_SHA256 = '4611ef65c87d836d03d684b30eec4d195d8b219fa1dd58fc58945831c6b9299b'
LANDMARK_SIDE = 112
RECOGNITION_SHA256 = 'b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589'
RECOGNITION_SIDE = 150
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
        return self.padded(source, name, weights, bias, stride, pads, group)

    def padded(self, source, name, weights, bias, stride, pads, group=1):
        """A convolution whose padding (top, left, bottom, right) is given."""
        kernel = weights.shape[2]
        return self.node('Conv', [source, self.constant(f'{name}/weights', weights),
                                  self.constant(f'{name}/bias', bias)], name,
                         kernel_shape=[kernel, kernel], strides=[stride, stride], pads=pads, group=group)

    def sum(self, first, second, name):
        return self.node('Add', [first, second], name)

    def rectified(self, source):
        return self.node('Relu', [source], f'{source}/relu')

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


def same(size, stride):
    """TensorFlow's padding of a 3x3 convolution: before and after."""
    total = max((-(-size // stride) - 1) * stride + 3 - size, 0)
    return [total // 2, total // 2, total - total // 2, total - total // 2]


def separable(graph, weights, source, prefix, size, stride):
    deep = weights[f'{prefix}/depthwise_filter'].transpose(2, 3, 0, 1)
    x = graph.padded(source, f'{prefix}/depthwise', deep, np.zeros(len(deep), np.float32), stride,
                     same(size, stride), group=len(deep))
    return graph.convolution(x, f'{prefix}/pointwise', filters(weights[f'{prefix}/pointwise_filter']),
                             weights[f'{prefix}/bias'])


def face_landmark_68(read):
    weights = read_weights(read, 'face_landmark_68', LANDMARK_SHA256)
    graph = Graph()
    x, size = 'input', LANDMARK_SIDE
    for block in range(4):
        name = f'dense{block}'
        if block == 0:
            first = graph.padded(x, f'{name}/conv0', filters(weights[f'{name}/conv0/filters']),
                                 weights[f'{name}/conv0/bias'], 2, same(size, 2))
        else:
            first = separable(graph, weights, x, f'{name}/conv0', size, 2)
        size = -(-size // 2)
        # Each layer sees the sum of all before it.
        total = graph.rectified(first)
        for layer in range(1, 4):
            source = total if layer == 1 else graph.rectified(total)
            result = separable(graph, weights, source, f'{name}/conv{layer}', size, 1)
            total = graph.sum(total, result, f'{name}/sum{layer}')
        x = graph.rectified(total)
    mean = graph.node('GlobalAveragePool', [x], 'mean')
    flat = graph.node('Reshape', [mean, graph.constant('flat', np.array([-1, 256], np.int64))], 'features')
    graph.node('Gemm', [flat, graph.constant('fc/weights', weights['fc/weights'].transpose()),
                        graph.constant('fc/bias', weights['fc/bias'])], 'landmarks', transB=1)
    return graph.model(
        'face_landmark_68',
        [helper.make_tensor_value_info('input', TensorProto.FLOAT, [1, 3, LANDMARK_SIDE, LANDMARK_SIDE])],
        [helper.make_tensor_value_info('landmarks', TensorProto.FLOAT, [1, 136])])


def scaled(graph, weights, source, prefix, stride, pads):
    """A convolution with its factor and offset for each channel folded in (in double)."""
    factor = weights[f'{prefix}/scale/weights'].astype(np.float64)
    kernels = filters(weights[f'{prefix}/conv/filters']).astype(np.float64) * factor[:, None, None, None]
    bias = weights[f'{prefix}/conv/bias'].astype(np.float64) * factor + weights[f'{prefix}/scale/biases']
    return graph.padded(source, prefix, kernels.astype(np.float32), bias.astype(np.float32), stride, pads)


def residual(graph, weights, source, name, channels, size):
    """Returns the block's result, its channels and size; a name that contains "down" halves."""
    is_down = 'down' in name
    if not is_down:
        first = scaled(graph, weights, source, f'{name}/conv1', 1, [1, 1, 1, 1])
        second = scaled(graph, weights, graph.rectified(first), f'{name}/conv2', 1, [1, 1, 1, 1])
        return graph.rectified(graph.sum(second, source, f'{name}/sum')), channels, size
    first = scaled(graph, weights, source, f'{name}/conv1', 2, [0, 0, 0, 0])
    second = scaled(graph, weights, graph.rectified(first), f'{name}/conv2', 1, [1, 1, 1, 1])
    wide, smaller = weights[f'{name}/conv2/conv/filters'].shape[3], (size - 3) // 2 + 1
    x = graph.node('AveragePool', [source], f'{name}/pool', kernel_shape=[2, 2], strides=[2, 2])
    pooled = size // 2
    if wide != channels:
        x = graph.node('Pad', [x], f'{name}/wider', pads=[0, 0, 0, 0, 0, wide - channels, 0, 0])
    if smaller != pooled:
        missing = pooled - smaller
        second = graph.node('Pad', [second], f'{name}/larger', pads=[0, 0, 0, 0, 0, 0, missing, missing])
    return graph.rectified(graph.sum(second, x, f'{name}/sum')), wide, pooled


def face_recognition(read):
    weights = read_weights(read, 'face_recognition', RECOGNITION_SHA256)
    graph = Graph()
    x = graph.rectified(scaled(graph, weights, 'input', 'conv32_down', 2, [0, 0, 0, 0]))
    x = graph.node('MaxPool', [x], 'pool', kernel_shape=[3, 3], strides=[2, 2])
    channels, size = 32, 35
    for name in ('conv32_1', 'conv32_2', 'conv32_3', 'conv64_down', 'conv64_1', 'conv64_2', 'conv64_3',
                 'conv128_down', 'conv128_1', 'conv128_2', 'conv256_down', 'conv256_1', 'conv256_2',
                 'conv256_down_out'):
        x, channels, size = residual(graph, weights, x, name, channels, size)
    mean = graph.node('GlobalAveragePool', [x], 'mean')
    flat = graph.node('Reshape', [mean, graph.constant('flat', np.array([-1, 256], np.int64))], 'features')
    graph.node('MatMul', [flat, graph.constant('fc/weights', weights['fc'])], 'descriptor')
    return graph.model(
        'face_recognition',
        [helper.make_tensor_value_info('input', TensorProto.FLOAT, [1, 3, RECOGNITION_SIDE, RECOGNITION_SIDE])],
        [helper.make_tensor_value_info('descriptor', TensorProto.FLOAT, [1, 128])])


NETWORKS = {'ssd_mobilenetv1.onnx': ssd_mobilenetv1, 'face_landmark_68.onnx': face_landmark_68,
            'face_recognition.onnx': face_recognition}


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
