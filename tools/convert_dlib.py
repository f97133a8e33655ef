"""dlib's face recognition network as ONNX, from its own file format.

`dlib_face_recognition_resnet_model_v1.dat` (CC0, Davis King) is a serialized object of dlib's templates: the layers come
one after another from the input on, each as its name and its numbers; how they are wired is in the C++ type and not in
the file. It is that of dlib's examples/dnn_face_recognition_ex.cpp: a convolution, a pooling, fourteen residual blocks
in five levels, the mean, a matrix. The affine layers (batch normalisation at rest) are folded into the convolutions.

Input: `input`, float [1, 3, 150, 150], red first, (x - mean) / 256. Output: `embedding` [1, 128], not normalised.
"""


import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
IR_VERSION = 8
SIDE = 150
# Residual blocks from the input on: (channels, blocks, whether the first one halves the picture).
LEVELS = [(32, 3, False), (64, 4, True), (128, 3, True), (256, 3, True), (256, 1, True)]


class FormatError(Exception):
    """The file is not what this converter was written for."""


class Reader:
    """dlib/serialize.h: integers are a byte of length and sign, then little-endian bytes."""

    def __init__(self, data: bytes):
        self.data = data
        self.at = 0

    def integer(self) -> int:
        control = self.data[self.at]
        size = control & 0x0F
        if not 1 <= size <= 8 or control & 0x70:
            raise FormatError(f"no integer at byte {self.at}")
        value = int.from_bytes(self.data[self.at + 1:self.at + 1 + size], "little")
        self.at += 1 + size
        return -value if control & 0x80 else value

    def tensor(self) -> numpy.ndarray:
        """dlib/cuda/tensor.h: a version, four extents, float32."""
        if self.integer() != 2:
            raise FormatError(f"no tensor at byte {self.at}")
        shape = [self.integer() for _ in range(4)]
        count = int(numpy.prod(shape))
        if not 0 <= count <= len(self.data) // 4:
            raise FormatError(f"a tensor of {shape}")
        values = numpy.frombuffer(self.data, "<f4", count, self.at).reshape(shape)
        self.at += 4 * count
        return values

    def find(self, name: str) -> None:
        """Goes behind the next layer of that name. What lies between are caches, empty in this file, and flags."""
        text = name.encode()
        mark = bytes([1, len(text)]) + text
        found = self.data.find(mark, self.at)
        if found < 0:
            raise FormatError(f"no more layers called {name}")
        self.at = found + len(mark)


class Network:
    """Nodes and weights; every method returns the name of the tensor it made."""

    def __init__(self, reader: Reader):
        self.reader = reader
        self.nodes = []
        self.weights = []
        self.convolutions = 0

    def node(self, operator: str, inputs: list[str], **attributes) -> str:
        name = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def weight(self, values: numpy.ndarray) -> str:
        name = f"weight_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(numpy.ascontiguousarray(values), name))
        return name

    def convolution(self, source: str, inputs: int, outputs: int, side: int, stride: int) -> str:
        """A convolution and the affine layer after it. dlib pads by half the side, and not at all with a stride."""
        self.reader.find("con_4")
        values = self.reader.tensor().astype(numpy.float64).ravel()
        extents = [self.reader.integer() for _ in range(5)]
        if extents != [outputs, side, side, stride, stride]:
            raise FormatError(f"a convolution of {extents}")
        count = outputs * inputs * side * side
        if values.size != count + outputs:
            raise FormatError(f"a convolution with {values.size} numbers")
        filters, biases = values[:count].reshape(outputs, inputs, side, side), values[count:]
        self.reader.find("affine_")
        affine = self.reader.tensor().astype(numpy.float64).ravel()
        if affine.size != 2 * outputs:
            raise FormatError(f"an affine layer with {affine.size} numbers")
        gain, offset = affine[:outputs], affine[outputs:]
        filters = (filters * gain[:, None, None, None]).astype(numpy.float32)
        biases = (biases * gain + offset).astype(numpy.float32)
        padding = side // 2 if stride == 1 else 0
        return self.node("Conv", [source, self.weight(filters), self.weight(biases)], kernel_shape=[side, side],
                         strides=[stride, stride], pads=[padding] * 4)

    def padded(self, source: str, channels: int, rows: int) -> str:
        """Zeros behind the last channel, the last row and the last column."""
        if channels == 0 and rows == 0:
            return source
        ends = self.weight(numpy.array([0, 0, 0, 0, 0, channels, rows, rows], dtype=numpy.int64))
        return self.node("Pad", [source, ends])

    def block(self, source: str, inputs: int, outputs: int, side: int, halves: bool) -> tuple[str, int]:
        """Two convolutions beside what goes past them; dlib's add_prev counts what one side lacks as zeros."""
        first = self.node("Relu", [self.convolution(source, inputs, outputs, 3, 2 if halves else 1)])
        second = self.convolution(first, outputs, outputs, 3, 1)
        convolved, past, passing = side, side, source
        if halves:
            convolved, past = (side - 3) // 2 + 1, side // 2
            passing = self.node("AveragePool", [source], kernel_shape=[2, 2], strides=[2, 2])
        size = max(convolved, past)
        added = self.node("Add", [self.padded(second, 0, size - convolved),
                                  self.padded(passing, outputs - inputs, size - past)])
        return self.node("Relu", [added]), size


def convert(data: bytes) -> bytes:
    """The ONNX file for the bytes of the .dat file. The same input gives the same bytes."""
    network = Network(Reader(data))
    tensor = network.node("Relu", [network.convolution("input", 3, 32, 7, 2)])
    tensor = network.node("MaxPool", [tensor], kernel_shape=[3, 3], strides=[2, 2])
    side, channels = ((SIDE - 7) // 2 + 1 - 3) // 2 + 1, 32
    for outputs, blocks, halves in LEVELS:
        for block in range(blocks):
            tensor, side = network.block(tensor, channels, outputs, side, halves and block == 0)
            channels = outputs
    mean = network.node("Flatten", [network.node("GlobalAveragePool", [tensor])])
    network.reader.find("fc_2")
    if [network.reader.integer(), network.reader.integer()] != [128, 256]:
        raise FormatError("the last layer is not one of 256 to 128")
    matrix = network.reader.tensor().reshape(256, 128)
    network.nodes.append(helper.make_node("MatMul", [mean, network.weight(matrix)], ["embedding"], name="embedding"))

    graph = helper.make_graph(network.nodes, "dlib_resnet",
                              [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
                              [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, 128])], network.weights)
    model = helper.make_model(graph, producer_name="likeness", opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)
