"""Every JPEG and PNG that cameras, phones, browsers and scanners write is read, and nothing else is."""

import io

import numpy
import pytest
from PIL import Image, ImageCms

from support import hostile_pictures, pictures
from support.pictures import OBAMA, jpeg, png


@pytest.fixture(scope="module")
def image():
    return OBAMA.image.resize((455, 569), Image.Resampling.LANCZOS)


@pytest.fixture(scope="module")
def truth(detect, image):
    face, = detect(png(image))
    return face


def check(detect, data: bytes, truth: dict, least: float = 0.85) -> None:
    assert len(data) <= 5242880
    face, = detect(data)
    assert pictures.iou(pictures.pixels(face["BoundingBox"], (1000, 1000)),
                        pictures.pixels(truth["BoundingBox"], (1000, 1000))) >= least


def alpha_of(image: Image.Image) -> Image.Image:
    """A soft frame: opaque over the face, fading at the picture's edge."""
    y, x = numpy.mgrid[0:image.height, 0:image.width]
    edge = numpy.minimum(numpy.minimum(x, image.width - 1 - x), numpy.minimum(y, image.height - 1 - y))
    return Image.fromarray(numpy.clip(edge * 16, 0, 255).astype(numpy.uint8))


def with_alpha(image: Image.Image, mode: str) -> Image.Image:
    out = image.convert(mode)
    out.putalpha(alpha_of(image))
    return out


JPEGS = {
    "baseline, quality 95": lambda image: jpeg(image, quality=95),
    "baseline, quality 40": lambda image: jpeg(image, quality=40),
    "progressive": lambda image: jpeg(image, progressive=True),
    "optimised tables": lambda image: jpeg(image, optimize=True),
    "4:4:4": lambda image: jpeg(image, subsampling=0),
    "4:2:2": lambda image: jpeg(image, subsampling=1),
    "4:2:0": lambda image: jpeg(image, subsampling=2),
    "progressive 4:4:4": lambda image: jpeg(image, progressive=True, subsampling=0),
    "RGB without colour transform": lambda image: jpeg(image, keep_rgb=True),
    "restart markers": lambda image: jpeg(image, restart_marker_blocks=7),
    "grey": lambda image: jpeg(image.convert("L")),
    "grey, progressive": lambda image: jpeg(image.convert("L"), progressive=True),
    "CMYK": lambda image: jpeg(image.convert("CMYK")),
    "CMYK, progressive": lambda image: jpeg(image.convert("CMYK"), progressive=True),
    "colour profile": lambda image: jpeg(image, icc_profile=ImageCms.ImageCmsProfile(
        ImageCms.createProfile("sRGB")).tobytes()),
    "comment": lambda image: jpeg(image, comment=b"x" * 60000),
    "many comments": lambda image: hostile_pictures.padded(jpeg(image), 2_000_000),
    "XMP": lambda image: hostile_pictures.jpeg_with_segment(
        jpeg(image), 0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"),
    "more behind its end": lambda image: jpeg(image) + b"\0" * 5000,
    "a second picture behind its end": lambda image: jpeg(image) + jpeg(pictures.blank(100, 100)),
}

PNGS = {
    "RGB": png,
    "not compressed": lambda image: png(image, compress_level=0),
    "grey": lambda image: png(image.convert("L")),
    "RGBA": lambda image: png(with_alpha(image, "RGB")),
    "grey with alpha": lambda image: png(with_alpha(image, "L")),
    "palette of 256": lambda image: png(image.quantize(256)),
    "palette of 16, 4 bits": lambda image: png(image.quantize(16), bits=4),
    "palette with transparency": lambda image: png(image.quantize(255), transparency=254),
    "grey with a transparent value": lambda image: png(image.convert("L"), transparency=3),
    "16 bits, grey": lambda image: png(Image.fromarray(numpy.asarray(image.convert("L")).astype(numpy.uint16) * 257)),
    "16 bits, RGB": lambda image: hostile_pictures.png_16_bit(numpy.asarray(image)),
    "interlaced": lambda image: hostile_pictures.png_interlaced(numpy.asarray(image)),
    "text chunks": lambda image: hostile_pictures.png_with_text_bomb(png(image), 1000),
}


@pytest.mark.parametrize("kind", JPEGS)
def test_jpeg(detect, image, truth, kind):
    check(detect, JPEGS[kind](image), truth)


@pytest.mark.parametrize("kind", PNGS)
def test_png(detect, image, truth, kind):
    check(detect, PNGS[kind](image), truth, 0.75)


def test_the_unusual_ones_are_what_they_say(image):
    """So that the tests above test what their names say."""
    for kind, mode in (("CMYK", "CMYK"), ("grey", "L"), ("4:2:0", "RGB")):
        assert Image.open(io.BytesIO(JPEGS[kind](image))).mode == mode
    assert Image.open(io.BytesIO(JPEGS["progressive"](image))).info["progressive"]
    assert Image.open(io.BytesIO(PNGS["palette of 16, 4 bits"](image))).mode == "P"
    assert PNGS["palette of 16, 4 bits"](image)[24] == 4
    for kind in ("16 bits, RGB", "interlaced"):
        again = Image.open(io.BytesIO(PNGS[kind](image))).convert("RGB")
        assert numpy.array_equal(numpy.asarray(again), numpy.asarray(image)), kind
    assert Image.open(io.BytesIO(PNGS["16 bits, grey"](image))).mode.startswith("I")


def test_two_colours_are_read(client):
    """A picture of one bit a pixel shows no face for sure, but it is a picture."""
    data = png(pictures.OBAMA.image.convert("1"))
    assert Image.open(io.BytesIO(data)).mode == "1"
    assert client.detect_faces(Image={"Bytes": data})["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_wholly_transparent_pixels_show_no_face(client, image):
    hidden = image.convert("RGBA")
    hidden.putalpha(0)
    assert client.detect_faces(Image={"Bytes": png(hidden)})["FaceDetails"] == []


@pytest.mark.parametrize("name", ["GIF", "BMP", "TIFF", "WEBP", "AVIF", "JPEG2000", "PPM", "ICO", "PDF", "TGA"])
def test_other_formats_are_refused(client, image, name):
    with pytest.raises(client.exceptions.InvalidImageFormatException) as raised:
        client.detect_faces(Image={"Bytes": pictures.in_format(image.resize((200, 250)), name)})
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(("width", "height"), [(79, 79), (79, 400), (400, 79), (1, 1), (2000, 1), (79, 5000)])
@pytest.mark.parametrize("write", [jpeg, png])
def test_under_80_pixels(client, width, height, write):
    with pytest.raises(client.exceptions.InvalidParameterException):
        client.detect_faces(Image={"Bytes": write(pictures.blank(width, height))})


@pytest.mark.parametrize(("width", "height"), [(80, 80), (80, 81), (80, 4000), (4000, 80), (81, 83)])
@pytest.mark.parametrize("write", [jpeg, png])
def test_80_pixels_are_enough(client, width, height, write):
    assert client.detect_faces(Image={"Bytes": write(pictures.blank(width, height))})["FaceDetails"] == []


def test_a_picture_of_80_pixels_may_be_one_face(detect):
    image, box = pictures.OBAMA.crop(52, side=80 / 52)
    assert image.size == (80, 80)
    face, = detect(png(image))
    assert pictures.iou(pictures.pixels(face["BoundingBox"], (80, 80)), box) > 0.4


@pytest.mark.parametrize("size", [(4000, 3000), (6000, 4000)], ids=["12 megapixels", "24 megapixels"])
def test_pictures_of_large_cameras(detect, size):
    """Decoded at a reduced scale or not: the boxes are those of the whole picture."""
    canvas = pictures.blank(*size, (150, 140, 130))
    boxes = [pictures.paste(canvas, pictures.PORTRAITS[i], size[0] / (8 + 4 * i),
                            (size[0] * (0.1 + 0.2 * i), size[1] / 2), side=1.7) for i in range(5)]
    data = jpeg(canvas, quality=85)
    found = [pictures.found_at(pictures.pixels(face["BoundingBox"], size), boxes, 0.5) for face in detect(data)]
    assert sorted(found) == [0, 1, 2, 3, 4]


def test_a_large_picture_that_lies_on_its_side(detect):
    """Reduced decoding and orientation together."""
    upright = OBAMA.image.resize((2731, 3412), Image.Resampling.BICUBIC)
    face, = detect(jpeg(upright.transpose(pictures.STORED[8]), quality=88, exif=pictures.exif(8)))
    scaled = tuple(value * 2731 / OBAMA.image.width for value in OBAMA.box)
    assert pictures.iou(pictures.pixels(face["BoundingBox"], upright.size), scaled) > 0.6


def test_exactly_five_mebibytes_are_accepted(detect, image, truth):
    check(detect, hostile_pictures.padded(jpeg(image), 5242880), truth)
