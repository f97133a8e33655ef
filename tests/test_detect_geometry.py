"""DetectFaces: whether boxes, landmarks, pose and quality lie where they must; EXIF orientation."""

import math

import boto3
import botocore.session
import pytest
from PIL import Image

from support import hostile_pictures, pictures
from support.pictures import ASTRONAUT, BIDEN, OBAMA, OBAMA2, PORTRAITS, pixels

by_file = pytest.mark.parametrize("portrait", PORTRAITS, ids=lambda portrait: portrait.file)


def landmark_types() -> list[str]:
    model = botocore.session.get_session().get_service_model("rekognition")
    return model.shape_for("LandmarkType").enum


def points_of(face: dict, size: tuple[int, int]) -> dict[str, tuple[float, float]]:
    return {mark["Type"]: (mark["X"] * size[0], mark["Y"] * size[1]) for mark in face["Landmarks"]}


@pytest.fixture(scope="module")
def face_of(detect):
    """The portrait's own face, asked for once (others may stand behind)."""
    asked = {}

    def find(portrait):
        if portrait not in asked:
            faces = detect(pictures.file_bytes(portrait.file))
            boxes = [pixels(face["BoundingBox"], portrait.image.size) for face in faces]
            place = pictures.found_at(portrait.box, boxes)
            assert place is not None, f"no face where {portrait.file} has one: {boxes}"
            asked[portrait] = faces[place]
        return asked[portrait]
    return find


def main_face(faces: list[dict]) -> dict:
    assert faces, "no face found"
    return faces[0]


@by_file
def test_the_box_is_round_the_face(face_of, portrait):
    left, top, right, bottom = pixels(face_of(portrait)["BoundingBox"], portrait.image.size)
    assert 0.9 <= (bottom - top) / (right - left) <= 1.8, "faces are a little higher than wide"
    centre = ((left + right) / 2, (top + bottom) / 2)
    truth = ((portrait.box[0] + portrait.box[2]) / 2, (portrait.box[1] + portrait.box[3]) / 2)
    assert math.dist(centre, truth) <= 0.2 * portrait.width
    assert 0.75 <= (right - left) / portrait.width <= 1.35
    for x, y in (portrait.eye_left, portrait.eye_right, portrait.mouth_left, portrait.mouth_right):
        assert left < x < right and top < y < bottom


def test_pasted_faces_are_found_where_they_were_pasted(detect):
    people = [(portrait, 90 + 30 * i) for i, portrait in enumerate(PORTRAITS)]
    data, boxes = pictures.collage(people, (1800, 500))
    faces = detect(data)
    found = [pictures.found_at(pixels(face["BoundingBox"], (1800, 500)), boxes, 0.5) for face in faces]
    assert sorted(found) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("file", ["obama_partial_face.jpg", "obama_partial_face2.jpg"])
def test_a_face_cut_by_the_edge_is_found(detect, file):
    size = pictures.picture(file).size
    left, top, right, bottom = pixels(main_face(detect(pictures.file_bytes(file)))["BoundingBox"], size)
    assert left < size[0] and right > 0 and 60 < (top + bottom) / 2 < 450
    assert left < 60 or right > size[0] - 60


@by_file
def test_every_landmark_once(face_of, portrait):
    face = face_of(portrait)
    assert sorted(mark["Type"] for mark in face["Landmarks"]) == sorted(landmark_types())
    assert len(face["Landmarks"]) == 30
    assert all(mark.keys() == {"Type", "X", "Y"} for mark in face["Landmarks"])


@by_file
def test_landmarks_lie_where_the_eye_sees_them(face_of, portrait):
    marks = points_of(face_of(portrait), portrait.image.size)
    apart = math.dist(portrait.eye_left, portrait.eye_right)
    for name, truth in portrait.points().items():
        allowed = 0.35 if name == "chinBottom" else 0.2
        assert math.dist(marks[name], truth) <= allowed * apart, (name, marks[name], truth)
    for eye, pupil in (("eyeLeft", "leftPupil"), ("eyeRight", "rightPupil")):
        assert math.dist(marks[eye], marks[pupil]) <= 0.15 * apart


@by_file
def test_landmarks_keep_the_order_of_a_face(face_of, portrait):
    """In the face's own axes: along the line of the eyes, and down from it."""
    marks = points_of(face_of(portrait), portrait.image.size)
    (x0, y0), (x1, y1) = marks["eyeLeft"], marks["eyeRight"]
    apart = math.hypot(x1 - x0, y1 - y0)
    across, down = ((x1 - x0) / apart, (y1 - y0) / apart), (-(y1 - y0) / apart, (x1 - x0) / apart)
    along = {name: x * across[0] + y * across[1] for name, (x, y) in marks.items()}
    below = {name: x * down[0] + y * down[1] for name, (x, y) in marks.items()}

    for names in (
        ["leftEyeLeft", "leftPupil", "leftEyeRight", "rightEyeLeft", "rightPupil", "rightEyeRight"],
        ["leftEyeBrowLeft", "leftEyeBrowUp", "leftEyeBrowRight", "rightEyeBrowLeft", "rightEyeBrowUp",
         "rightEyeBrowRight"],
        ["noseLeft", "noseRight"], ["mouthLeft", "mouthUp", "mouthRight"], ["mouthLeft", "mouthDown", "mouthRight"],
        ["upperJawlineLeft", "midJawlineLeft", "chinBottom", "midJawlineRight", "upperJawlineRight"],
        ["upperJawlineLeft", "leftEyeLeft"], ["rightEyeRight", "upperJawlineRight"],
    ):
        assert names == sorted(names, key=along.get), [(name, along[name]) for name in names]
    for names in (
        ["leftEyeBrowUp", "leftEyeUp", "leftEyeDown", "nose", "mouthUp", "mouthDown", "chinBottom"],
        ["rightEyeBrowUp", "rightEyeUp", "rightEyeDown", "nose", "mouthUp", "mouthDown", "chinBottom"],
        ["upperJawlineLeft", "midJawlineLeft", "chinBottom"], ["upperJawlineRight", "midJawlineRight", "chinBottom"],
    ):
        assert names == sorted(names, key=below.get), [(name, below[name]) for name in names]


@pytest.mark.parametrize("portrait", [ASTRONAUT, OBAMA, OBAMA2], ids=lambda portrait: portrait.file)
def test_left_and_right_are_of_the_picture(face_of, detect, portrait):
    """A mirrored picture has the mirrored landmarks under exchanged names, and mirrored angles."""
    size = portrait.image.size
    mirrored = pictures.png(portrait.image.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    face, twin = face_of(portrait), main_face(detect(mirrored))
    marks, twins = points_of(face, size), points_of(twin, size)
    apart = math.dist(portrait.eye_left, portrait.eye_right)
    for name, other in (("eyeLeft", "eyeRight"), ("mouthLeft", "mouthRight"), ("noseLeft", "noseRight"),
                        ("leftEyeBrowLeft", "rightEyeBrowRight"), ("midJawlineLeft", "midJawlineRight")):
        x, y = twins[other]
        allowed = 0.25 if "Jawline" in name else 0.15  # the far side of a turned face is a guess
        assert math.dist(marks[name], (size[0] - 1 - x, y)) <= allowed * apart, (name, other)
    assert face["Pose"]["Roll"] == pytest.approx(-twin["Pose"]["Roll"], abs=4)
    assert face["Pose"]["Yaw"] == pytest.approx(-twin["Pose"]["Yaw"], abs=8)
    assert face["Pose"]["Pitch"] == pytest.approx(twin["Pose"]["Pitch"], abs=6)


@by_file
def test_angles_are_in_range(face_of, portrait):
    pose = face_of(portrait)["Pose"]
    assert all(-180 <= angle <= 180 for angle in pose.values())
    assert all(abs(angle) < 50 for angle in pose.values()), f"portraits look roughly at the camera: {pose}"


def test_roll_of_an_upright_and_of_a_leaning_head(face_of):
    assert abs(face_of(OBAMA)["Pose"]["Roll"]) < 5
    (x0, y0), (x1, y1) = BIDEN.eye_left, BIDEN.eye_right
    assert face_of(BIDEN)["Pose"]["Roll"] == pytest.approx(math.degrees(math.atan2(y1 - y0, x1 - x0)), abs=5)


@pytest.mark.parametrize("clockwise", [-40, -25, -12, 12, 25, 40])
def test_roll_follows_the_picture_and_is_positive_clockwise(face_of, detect, clockwise):
    image, _ = OBAMA.crop(220, side=2.6)
    turned = image.rotate(-clockwise, Image.Resampling.BICUBIC, fillcolor=(128, 128, 128))
    roll = main_face(detect(pictures.png(turned)))["Pose"]["Roll"]
    assert roll == pytest.approx(face_of(OBAMA)["Pose"]["Roll"] + clockwise, abs=5)


def test_yaw_is_positive_to_the_right_edge(face_of):
    assert face_of(OBAMA2)["Pose"]["Yaw"] < -8, "he looks to the left edge"
    assert abs(face_of(OBAMA)["Pose"]["Yaw"]) < 10, "he looks into the camera"


def test_pitch_is_positive_upward(face_of):
    """A raised chin seen from below, against a lowered brow."""
    assert face_of(pictures.OBAMA3)["Pose"]["Pitch"] > face_of(BIDEN)["Pose"]["Pitch"] + 5


@pytest.mark.parametrize("portrait", [ASTRONAUT, BIDEN, OBAMA], ids=lambda portrait: portrait.file)
def test_sharpness_falls_with_blur(detect, portrait):
    image, _ = portrait.crop(160)
    sharpness = [main_face(detect(pictures.png(pictures.blurred(image, radius))))["Quality"]["Sharpness"]
                 for radius in (0, 1.5, 3, 6)]
    assert all(0 <= value <= 100 for value in sharpness)
    assert sharpness == sorted(sharpness, reverse=True) and sharpness[0] > sharpness[-1] + 20, sharpness


@pytest.mark.parametrize("portrait", [ASTRONAUT, BIDEN, OBAMA], ids=lambda portrait: portrait.file)
def test_brightness_falls_with_light(detect, portrait):
    image, _ = portrait.crop(160)
    brightness = [main_face(detect(pictures.png(image.point(lambda value, share=share: value * share))))
                  ["Quality"]["Brightness"] for share in (1, 0.75, 0.5, 0.3)]
    assert all(0 <= value <= 100 for value in brightness)
    assert brightness == sorted(brightness, reverse=True) and brightness[0] > brightness[-1] + 15, brightness


# EXIF.

@pytest.fixture(scope="module")
def upright():
    return OBAMA.image.resize((455, 569), Image.Resampling.LANCZOS)


def same_face(face: dict, other: dict, allowed: float = 0.015) -> None:
    for name, value in face["BoundingBox"].items():
        assert other["BoundingBox"][name] == pytest.approx(value, abs=allowed), name
    marks, others = points_of(face, (1, 1)), points_of(other, (1, 1))
    for name in marks:
        assert math.dist(marks[name], others[name]) <= allowed, name


@pytest.mark.parametrize("orientation", range(1, 9))
def test_jpeg_orientation_is_applied(detect, upright, orientation):
    truth = main_face(detect(pictures.jpeg_with_orientation(upright, 1)))
    same_face(truth, main_face(detect(pictures.jpeg_with_orientation(upright, orientation))))


@pytest.mark.parametrize("orientation", [0, 9, 255, 65535])
def test_an_orientation_that_does_not_exist_is_none(detect, upright, orientation):
    truth = main_face(detect(pictures.jpeg(upright, quality=95)))
    same_face(truth, main_face(detect(pictures.jpeg(upright, quality=95, exif=pictures.exif(orientation)))))


@pytest.mark.parametrize("tiff", [
    b"", b"MM", b"MM\0\x2a\xff\xff\xff\xff",
    b"II\x2a\0\x08\0\0\0\xff\xff\x00\x01\x03\0\xff\xff\xff\xff\x06\0\0\0",
    b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0", b"MM\0\x2a\0\0\0\x08" * 20, bytes(60),
], ids=["empty", "cut", "far offset", "endless directory", "cut entry", "no directory", "zeros"])
def test_damaged_exif_is_no_orientation(detect, upright, tiff):
    plain = pictures.jpeg(upright, quality=95)
    truth = main_face(detect(plain))
    same_face(truth, main_face(detect(hostile_pictures.jpeg_with_segment(plain, 0xE1, b"Exif\0\0" + tiff))))


def test_exif_of_either_byte_order(detect, upright):
    stored = pictures.jpeg(upright.transpose(pictures.STORED[6]), quality=95, subsampling=0)
    truth = main_face(detect(pictures.jpeg_with_orientation(upright, 1)))
    for tiff in (b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
                 b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"):
        same_face(truth, main_face(detect(hostile_pictures.jpeg_with_segment(stored, 0xE1, b"Exif\0\0" + tiff))))


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_orientation_in_a_png_is_ignored(detect, upright, orientation):
    truth = main_face(detect(pictures.png(upright)))
    same_face(truth, main_face(detect(pictures.png(upright, exif=pictures.exif(orientation)))), 1e-4)


def test_boto3_is_the_newest_pinned_one():
    """The landmark names above come from the service description; an old one would test too little."""
    assert tuple(map(int, boto3.__version__.split(".")[:2])) >= (1, 44)
