"""DetectFaces finds every face of 40 pixels in 1920x1080, wherever it is, and proportionally in other sizes."""

import itertools

import pytest

from support import pictures
from support.pictures import PORTRAITS


def scene(width: int, height: int, face: float, columns: int, rows: int, shift: int):
    """A street with a face in each cell, moved by `shift` so that no one grid of the detector is favoured."""
    canvas = pictures.street(width, height, seed=shift + 1)
    boxes = []
    for row, column in itertools.product(range(rows), range(columns)):
        x, y = (column + 0.5) * width / columns + shift * 7 % 23 - 11, (row + 0.5) * height / rows + shift * 5 % 19 - 9
        boxes.append(pictures.paste(canvas, PORTRAITS[(row * columns + column + shift) % 5], face, (x, y)))
    return pictures.jpeg(canvas, quality=90), boxes


def check_all_found(faces: list[dict], boxes: list, size: tuple[int, int]) -> None:
    answers = [pictures.pixels(face["BoundingBox"], size) for face in faces]
    missed = [tuple(map(round, box)) for box in boxes if pictures.found_at(box, answers, 0.3) is None]
    assert not missed, f"{len(missed)} of {len(boxes)} faces missed"
    extra = [tuple(map(round, box)) for box in answers if pictures.found_at(box, boxes, 0.2) is None]
    assert not extra, "boxes where no face is"
    assert len(answers) == len(boxes)


@pytest.mark.parametrize("shift", range(4))
def test_many_faces_of_40_pixels_in_1080p(detect, shift):
    data, boxes = scene(1920, 1080, 40, 9, 6, shift)
    check_all_found(detect(data), boxes, (1920, 1080))


@pytest.mark.parametrize("portrait", PORTRAITS, ids=lambda portrait: portrait.file)
@pytest.mark.parametrize("centre", [(60, 60), (1860, 60), (60, 1020), (1860, 1020), (960, 540), (333, 777)], ids=str)
def test_one_face_of_40_pixels_anywhere_in_1080p(detect, portrait, centre):
    canvas = pictures.street(1920, 1080, seed=3)
    box = pictures.paste(canvas, portrait, 40, centre)
    check_all_found(detect(pictures.jpeg(canvas, quality=90)), [box], (1920, 1080))


@pytest.mark.parametrize(("width", "height", "face", "columns", "rows"), [
    (1080, 1920, 40, 6, 9), (3840, 2160, 80, 9, 6), (1280, 720, 40, 7, 5), (1440, 1440, 40, 7, 7), (640, 480, 40, 4, 3),
])
def test_the_promise_in_other_sizes(detect, width, height, face, columns, rows):
    data, boxes = scene(width, height, face, columns, rows, 1)
    check_all_found(detect(data), boxes, (width, height))


def test_large_and_small_faces_in_one_picture(detect):
    size = (1920, 1080)
    canvas = pictures.street(*size)
    boxes = [pictures.paste(canvas, PORTRAITS[2], 380, (500, 540))]
    boxes += [pictures.paste(canvas, PORTRAITS[i], 40, (1100 + 150 * i, 200 + 150 * i)) for i in range(5)]
    check_all_found(detect(pictures.jpeg(canvas)), boxes, size)


@pytest.mark.parametrize("share", [0.35, 0.5], ids=["a third", "half"])
def test_a_face_that_fills_the_picture(detect, share):
    portrait = pictures.OBAMA
    image, box = portrait.crop(1000 * share, side=1 / share)
    check_all_found(detect(pictures.jpeg(image)), [box], image.size)
