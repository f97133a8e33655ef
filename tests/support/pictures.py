"""Pictures: the portraits that registry packages ship, where their faces are, and what is made of them.

Positions are in pixels of the file and were read off by eye, independently of any detector.
"""

import base64
import dataclasses
import functools
import io
import pathlib

import numpy
from PIL import Image, ImageDraw, ImageFilter

TESTDATA = pathlib.Path(__file__).resolve().parent.parent.parent / ".deps/testdata"
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclasses.dataclass(frozen=True)
class Portrait:
    file: str
    eye_left: tuple[int, int]  # left and right as in the picture
    eye_right: tuple[int, int]
    mouth_left: tuple[int, int]
    mouth_right: tuple[int, int]
    chin: tuple[int, int]
    box: Box  # from the brow or hair line to the chin, without ears

    @property
    def image(self) -> Image.Image:
        return picture(self.file)

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    def points(self) -> dict[str, tuple[int, int]]:
        return {"eyeLeft": self.eye_left, "eyeRight": self.eye_right, "mouthLeft": self.mouth_left,
                "mouthRight": self.mouth_right, "chinBottom": self.chin}

    def crop(self, face_width: float, side: float = 1.9) -> tuple[Image.Image, Box]:
        """A square round the face, `side` face widths wide, scaled to that face width; the face's box in it."""
        return _crop(self, face_width, side)


ASTRONAUT = Portrait("astronaut.png", (203, 100), (247, 101), (203, 142), (246, 142), (222, 180), (180, 65, 268, 182))
BIDEN = Portrait("biden.jpg", (533, 322), (645, 350), (513, 462), (622, 478), (590, 570), (430, 190, 700, 578))
OBAMA = Portrait("obama.jpg", (440, 207), (547, 207), (440, 318), (548, 318), (497, 430), (385, 100, 615, 432))
OBAMA2 = Portrait("obama2.jpg", (250, 360), (365, 370), (252, 520), (350, 520), (300, 640), (195, 235, 440, 645))
OBAMA3 = Portrait("obama3.jpg", (735, 388), (852, 395), (730, 510), (848, 515), (805, 620), (650, 285, 910, 625))
PORTRAITS = (ASTRONAUT, BIDEN, OBAMA, OBAMA2, OBAMA3)
FACELESS = ("chelsea.png", "coffee.png", "rocket.jpg")


@functools.cache
def file_bytes(name: str) -> bytes:
    return (TESTDATA / name).read_bytes()


@functools.cache
def picture(name: str) -> Image.Image:
    """RGB; do not draw into it, copy it."""
    return Image.open(io.BytesIO(file_bytes(name))).convert("RGB")


@functools.cache
def _crop(portrait: Portrait, face_width: float, side: float) -> tuple[Image.Image, Box]:
    left, top, right, bottom = portrait.box
    reach = side * portrait.width / 2
    centre_x, centre_y = (left + right) / 2, (top + bottom) / 2
    scale = face_width / portrait.width
    size = round(2 * reach * scale)
    corner = (centre_x - reach, centre_y - reach)
    image = portrait.image.crop((*map(round, corner), round(corner[0] + 2 * reach), round(corner[1] + 2 * reach)))
    box = tuple((value - corner[i % 2]) * scale for i, value in enumerate(portrait.box))
    return image.resize((size, size), Image.Resampling.LANCZOS), box


def paste(canvas: Image.Image, portrait: Portrait, face_width: float, centre: tuple[float, float],
          side: float = 1.9) -> Box:
    """Puts the portrait's head on the canvas, its square centred there; returns the face's box on the canvas."""
    image, box = portrait.crop(face_width, side)
    x, y = round(centre[0] - image.width / 2), round(centre[1] - image.height / 2)
    canvas.paste(image, (x, y))
    return (box[0] + x, box[1] + y, box[2] + x, box[3] + y)


def street(width: int, height: int, seed: int = 1) -> Image.Image:
    """A scene without people: sky, house fronts with windows, a road, and a camera's noise."""
    random = numpy.random.default_rng(seed)
    image = Image.new("RGB", (width, height), (150, 180, 210))
    draw = ImageDraw.Draw(image)
    x = 0
    while x < width:
        wide = int(random.integers(width // 12, width // 6))
        top = int(random.integers(height // 10, height // 3))
        draw.rectangle((x, top, x + wide, height), fill=tuple(int(c) for c in random.integers(70, 190, 3)))
        for wx in range(x + 12, x + wide - 30, 46):
            for wy in range(top + 16, int(height * 0.7), 70):
                draw.rectangle((wx, wy, wx + 24, wy + 40), fill=tuple(int(c) for c in random.integers(30, 90, 3)))
        x += wide
    draw.rectangle((0, int(height * 0.75), width, height), fill=(85, 85, 90))
    pixels = numpy.asarray(image, dtype=numpy.float32) + random.normal(0, 4, (height, width, 1))
    return Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8))


def collage(people: list[tuple[Portrait, float]], size: tuple[int, int] = (1280, 720)) -> tuple[bytes, list[Box]]:
    """People side by side, each with a face width; the JPEG and their boxes."""
    canvas = street(*size)
    step = size[0] / len(people)
    boxes = [paste(canvas, portrait, width, ((i + 0.5) * step, size[1] / 2))
             for i, (portrait, width) in enumerate(people)]
    return jpeg(canvas), boxes


def jpeg(image: Image.Image, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", **({"quality": 92} | options))
    return out.getvalue()


def png(image: Image.Image, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


def in_format(image: Image.Image, name: str) -> bytes:
    out = io.BytesIO()
    image.save(out, name)
    return out.getvalue()


def blank(width: int, height: int, colour=(255, 255, 255)) -> Image.Image:
    return Image.new("RGB", (width, height), colour)


def noise(width: int, height: int, seed: int = 1) -> Image.Image:
    return Image.fromarray(numpy.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=numpy.uint8))


def blurred(image: Image.Image, radius: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius)) if radius else image


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


# EXIF orientation: how the stored pixels are made so that a reader who applies the tag sees the picture upright.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


def jpeg_with_orientation(image: Image.Image, orientation: int) -> bytes:
    method = STORED[orientation]
    stored = image if method is None else image.transpose(method)
    return jpeg(stored, quality=95, subsampling=0, exif=exif(orientation))


# Boxes of answers.


def pixels(bounding_box: dict, size: tuple[int, int]) -> Box:
    left, top = bounding_box["Left"] * size[0], bounding_box["Top"] * size[1]
    return (left, top, left + bounding_box["Width"] * size[0], top + bounding_box["Height"] * size[1])


def iou(a: Box, b: Box) -> float:
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return wide * high / (sum(areas) - wide * high)


def found_at(box: Box, others: list[Box], least: float = 0.35) -> int | None:
    """Which of the others is this box: the best overlap of at least that much, or None."""
    best = max(range(len(others)), key=lambda i: iou(box, others[i]), default=None)
    return best if best is not None and iou(box, others[best]) >= least else None
