#!/usr/bin/env python3
"""An int8 twin of an installed pack. docs/models.md ("int8 networks") says which are worth having.

    python3 -m venv build/quantize && build/quantize/bin/pip install -r tools/requirements/quantize.txt
    build/quantize/bin/python tools/quantize_pack.py fr_feature --into my-packs

writes my-packs/fr_feature_int8/: the manifest under its new name and hash, and the network. An ONNX network stays one
(its scales between QuantizeLinear and DequantizeLinear); others, or any with --ir, become OpenVINO IR (model.xml and
model.bin), which serves to measure: a manifest names the hash of one file only.

NNCF chooses the scales from some three hundred inputs that tools/calibration_faces.py makes: the same pack and pictures
on the same kind of CPU give the same bytes. The environment is one of its own, since nothing else here needs NNCF.
"""

import argparse
import hashlib
import logging
import os
import sys
import tomllib
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # sums in one order

import nncf  # noqa: E402
import numpy as np  # noqa: E402
import onnx  # noqa: E402
import openvino as ov  # noqa: E402
from onnx import version_converter  # noqa: E402

import calibration_faces  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
ONNX_OPSET = 13  # the first whose QuantizeLinear has a scale for each channel
CONVOLUTIONS = ("Conv", "Gemm", "Convolution", "GroupConvolution", "MatMul")
POOLS = ("MaxPool", "Resize", "Interpolate")


def read_network(path: Path, as_ir: bool):
    if as_ir:
        return ov.Core().read_model(path)
    return version_converter.convert_version(onnx.load(path), ONNX_OPSET)


def layers_of(network) -> list[tuple[str, str, bool]]:
    """(name, operator, whether it is a depthwise convolution) in the order in which they run."""
    if isinstance(network, ov.Model):
        nodes = [(node.get_friendly_name(), node.get_type_name()) for node in network.get_ordered_ops()]
        return [(name, kind, kind == "GroupConvolution") for name, kind in nodes]
    return [(node.name, node.op_type, any(a.name == "group" and a.i > 1 for a in node.attribute))
            for node in network.graph.node]


def kept_in_float(network, kinds: list[str]) -> list[str]:
    """The names of the layers that --float means."""
    layers = layers_of(network)
    convolutions = [layer for layer in layers if layer[1] in CONVOLUTIONS]
    choice = {"none": [], "first": convolutions[:1], "last": convolutions[-1:],
              "depthwise": [layer for layer in convolutions if layer[2]],
              "pools": [layer for layer in layers if layer[1] in POOLS]}
    return sorted({name for kind in kinds for name, _, _ in choice[kind]})


def quantize(network, inputs: list[np.ndarray], options: argparse.Namespace):
    if options.scheme == "weights":
        return nncf.compress_weights(network, mode=nncf.CompressWeightsMode.INT8_SYM)
    if isinstance(network, onnx.ModelProto):
        inputs = [{network.graph.input[0].name: values} for values in inputs]
    preset = nncf.QuantizationPreset.MIXED if options.scheme == "asymmetric" else nncf.QuantizationPreset.PERFORMANCE
    kept = kept_in_float(network, options.float)
    return nncf.quantize(network, nncf.Dataset(inputs), preset=preset, target_device=nncf.TargetDevice.CPU,
                         subset_size=len(inputs), ignored_scope=nncf.IgnoredScope(names=kept) if kept else None)


def write_network(network, folder: Path) -> list[Path]:
    """The files; the manifest names the first."""
    if isinstance(network, ov.Model):
        ov.save_model(network, folder / "model.xml", compress_to_fp16=False)
        return [folder / "model.xml", folder / "model.bin"]
    onnx.checker.check_model(network)
    (folder / "model.onnx").write_bytes(network.SerializeToString(deterministic=True))
    return [folder / "model.onnx"]


def write_manifest(text: str, manifest: dict, folder: Path, file: Path) -> None:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    for key, value in (("name", folder.name), ("file", file.name), ("sha256", digest)):
        text = text.replace(f'\n{key} = "{manifest[key]}"', f'\n{key} = "{value}"', 1)
    text = text.replace('\nprovenance = """', '\nprovenance = """Made by tools/quantize_pack.py of the pack '
                        f'{manifest["name"]} \\\n(file {manifest["sha256"]}), to which the rest applies. \\\n', 1)
    (folder / "pack.toml").write_text(text)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack")
    parser.add_argument("--into", type=Path, required=True, help="folder of packs")
    parser.add_argument("--name", default="int8", help="the new pack is called <pack>_<name>")
    parser.add_argument("--packs", type=Path, default=ROOT / ".deps" / "packs")
    parser.add_argument("--testdata", type=Path, default=ROOT / ".deps" / "testdata")
    parser.add_argument("--pictures", type=Path, default=ROOT / "build" / "calibration", help="kept between runs")
    parser.add_argument("--scheme", choices=("symmetric", "asymmetric", "weights"), default="symmetric",
                        help="how activations are rounded; or weights alone")
    parser.add_argument("--float", nargs="+", default=["first", "last", "depthwise"],
                        choices=("none", "first", "last", "depthwise", "pools"), help="layers that stay in float")
    parser.add_argument("--ir", action="store_true", help="OpenVINO IR even of an ONNX network")
    parser.add_argument("--samples", type=int, default=300)
    return parser.parse_args()


def main() -> None:
    options = parse_arguments()
    nncf.set_log_level(logging.ERROR)
    calibration_faces.fetch_pictures(options.pictures)
    text = (options.packs / options.pack / "pack.toml").read_text()
    manifest = tomllib.loads(text)
    path = options.packs / options.pack / manifest["file"]
    network = read_network(path, options.ir or options.scheme == "weights" or path.suffix != ".onnx")
    pictures = calibration_faces.read_pictures(options.pictures, options.testdata)
    inputs = calibration_faces.tensors(manifest, options.packs, pictures, options.samples)
    print(f"{options.pack}: {len(inputs)} inputs from {len(pictures)} pictures", flush=True)
    quantized = quantize(network, inputs, options)

    folder = options.into / f"{options.pack}_{options.name}"
    folder.mkdir(parents=True, exist_ok=True)
    files = write_network(quantized, folder)
    write_manifest(text, manifest, folder, files[0])
    for file in files:
        print(f"{file}: {hashlib.sha256(file.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main()
