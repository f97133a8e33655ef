"""Detectors that find green squares, with the outputs of real families: what a pack of that family must look like.

Each takes RGB, scaled as its family is. Where a cell of stride 8 is green it reports a face of fixed size around it, with
fixed landmarks; the other strides report nothing. Sizes are in pixels of the model's input.
"""

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

STRIDES = (8, 16, 32)
BOX = (-48.5, -59.5, 48.5, 59.5)  # left, top, right, bottom of the face from the middle of the square
LANDMARKS = (-20.7, -21.0, 23.9, -19.1, 1.6, 3.2, -20.7, 20.2, 17.5, 22.3)


class Graph:
    def __init__(self):
        self.nodes, self.weights, self.outputs = [], [], []

    def constant(self, values) -> str:
        name = f"c{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(numpy.asarray(values), name))
        return name

    def node(self, operator, inputs, name=None, **attributes) -> str:
        name = name or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def green(self, stride: int, mean: float, scale: float) -> str:
        """1 where a cell is pure green, less elsewhere, at most 0 where it is grey; [1, 1, h, w]."""
        cells = self.node("AveragePool", ["input"], kernel_shape=[stride, stride], strides=[stride, stride])
        values = self.node("Add", [self.node("Div", [cells, self.constant(numpy.float32(scale))]),
                                   self.constant(numpy.float32(mean))])
        weights = numpy.array([-0.5, 1, -0.5], dtype=numpy.float32).reshape(1, 3, 1, 1) / 255
        return self.node("Conv", [values, self.constant(weights)], kernel_shape=[1, 1])

    def per_anchor(self, cells: str, values: list[float], gain: float = 0, name: str | None = None) -> str:
        """[anchors of all cells, len(values)]: values + gain * cell, two anchors a cell."""
        count = len(values)
        weights = numpy.full((2 * count, 1, 1, 1), gain, dtype=numpy.float32)
        bias = numpy.array(list(values) * 2, dtype=numpy.float32)
        out = self.node("Conv", [cells, self.constant(weights), self.constant(bias)], kernel_shape=[1, 1])
        out = self.node("Transpose", [out], perm=[0, 2, 3, 1])
        return self.node("Reshape", [out, self.constant(numpy.array([-1, count], dtype=numpy.int64))], name=name)

    def write(self, path) -> None:
        image = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, "h", "w"])
        outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in self.outputs]
        model = helper.make_model(helper.make_graph(self.nodes, "toy", [image], outputs, self.weights),
                                  opset_imports=[helper.make_opsetid("", 13)])
        model.ir_version = 8
        path.write_bytes(model.SerializeToString())


def scrfd(path, names: list[str]) -> None:
    """Nine outputs under these names: scores, boxes, landmarks, each at the strides 8, 16, 32."""
    graph = Graph()
    for i, stride in enumerate(STRIDES):
        cells = graph.green(stride, 127.5, 1 / 128)
        score = graph.per_anchor(cells, [0.0], gain=1.0 if stride == 8 else 0.0)
        graph.node("Clip", [score, graph.constant(numpy.float32(0)), graph.constant(numpy.float32(1))], name=names[i])
        distances = [-BOX[0] / stride, -BOX[1] / stride, BOX[2] / stride, BOX[3] / stride]
        graph.per_anchor(cells, distances, name=names[3 + i])
        graph.per_anchor(cells, [value / stride for value in LANDMARKS], name=names[6 + i])
    graph.outputs = names
    graph.write(path)


def retinaface(path, names: list[str]) -> None:
    """Three outputs under these names: boxes, class scores, landmarks, of all anchors."""
    graph = Graph()
    parts = ([], [], [])
    for stride in STRIDES:
        cells = graph.green(stride, 117.0, 1.0)
        side = 2 * stride  # of the first anchor; the second is twice as large, and scores nothing
        width, height = BOX[2] - BOX[0], BOX[3] - BOX[1]
        weights = numpy.zeros((4, 1, 1, 1), dtype=numpy.float32)
        bias = numpy.array([1, 0, 1, 0], dtype=numpy.float32)
        if stride == 8:
            weights[1], weights[0] = 1, -1
        score = graph.node("Conv", [cells, graph.constant(weights), graph.constant(bias)], kernel_shape=[1, 1])
        score = graph.node("Transpose", [score], perm=[0, 2, 3, 1])
        parts[1].append(graph.node("Reshape", [score, graph.constant(numpy.array([1, -1, 2], dtype=numpy.int64))]))
        box = [0.0, 0.0, float(numpy.log(width / side) / 0.2), float(numpy.log(height / side) / 0.2)]
        points = [value / (0.1 * side) for value in LANDMARKS]
        for part, values in ((0, box), (2, points)):
            rows = graph.per_anchor(cells, values)
            shape = graph.constant(numpy.array([1, -1, len(values)], dtype=numpy.int64))
            parts[part].append(graph.node("Reshape", [rows, shape]))
    for part, name in zip(parts, names, strict=True):
        graph.node("Concat", part, name=name, axis=1)
    graph.outputs = names
    graph.write(path)
