"""DetectFaces: which fields an answer has, which attributes are asked for, how many faces come and in which order."""

import itertools
import json
import re

import pytest

from support import pictures, raw_http
from support.pictures import ASTRONAUT, BIDEN, OBAMA, OBAMA2, OBAMA3, PORTRAITS
from support.server import ROOT

DEFAULT_FIELDS = {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
# What each value of Attributes stands for.
FIELD_OF = {
    "AGE_RANGE": "AgeRange", "BEARD": "Beard", "EMOTIONS": "Emotions", "EYE_DIRECTION": "EyeDirection",
    "EYEGLASSES": "Eyeglasses", "EYES_OPEN": "EyesOpen", "GENDER": "Gender", "MOUTH_OPEN": "MouthOpen",
    "MUSTACHE": "Mustache", "FACE_OCCLUDED": "FaceOccluded", "SMILE": "Smile", "SUNGLASSES": "Sunglasses",
}
# Geometry gives these; the others stay absent until a pack provides them, and emotions always.
GEOMETRIC = {"EYES_OPEN", "MOUTH_OPEN", "SMILE", "EYE_DIRECTION", "FACE_OCCLUDED"}
NEVER = {FIELD_OF[name] for name in FIELD_OF.keys() - GEOMETRIC}


@pytest.fixture(scope="module")
def geometric_fields(detect):
    """Those that ALL answers with: what measured no better than a constant stays absent, in every answer alike."""
    face, = detect(pictures.file_bytes("obama.jpg"), "ALL")
    return face.keys() - DEFAULT_FIELDS


def test_default_fields_and_no_others(client):
    answer = client.detect_faces(Image={"Bytes": pictures.file_bytes("obama.jpg")})
    face, = answer["FaceDetails"]
    assert face.keys() == DEFAULT_FIELDS
    assert face["BoundingBox"].keys() == {"Width", "Height", "Left", "Top"}
    assert face["Pose"].keys() == {"Roll", "Yaw", "Pitch"}
    assert face["Quality"].keys() == {"Brightness", "Sharpness"}
    assert answer.get("OrientationCorrection") is None
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize("file", ["astronaut.png", "biden.jpg", "obama.jpg", "obama3.jpg"])
def test_confidence_of_a_clear_face_is_high(detect, file):
    face, = detect(pictures.file_bytes(file))
    assert 90 <= face["Confidence"] <= 100


def test_all_has_what_geometry_gives_and_nothing_that_must_stay_absent(geometric_fields):
    assert geometric_fields <= {FIELD_OF[name] for name in GEOMETRIC}
    assert {"EyesOpen", "MouthOpen", "Smile"} <= geometric_fields


def test_the_coverage_page_says_exactly_what_is_absent(geometric_fields):
    page = (ROOT / "docs/api-coverage.md").read_text()
    said = set(re.findall(r"^\| `FaceDetails\[\]\.(\w+)` \|", page, re.MULTILINE))
    assert said == set(FIELD_OF.values()) - geometric_fields


@pytest.mark.parametrize("attributes", [["DEFAULT"], [], ["DEFAULT", "DEFAULT"]])
def test_default_is_the_default(client, attributes):
    answer = client.detect_faces(Image={"Bytes": pictures.file_bytes("obama.jpg")}, Attributes=attributes)
    assert answer["FaceDetails"][0].keys() == DEFAULT_FIELDS


@pytest.mark.parametrize("name", sorted(FIELD_OF))
def test_each_single_attribute_adds_its_field_alone(detect, geometric_fields, name):
    face, = detect(pictures.file_bytes("obama.jpg"), name)
    assert face.keys() == DEFAULT_FIELDS | ({FIELD_OF[name]} & geometric_fields)


@pytest.mark.parametrize("names", [*itertools.combinations(sorted(GEOMETRIC), 2), ("DEFAULT", "SMILE"),
                                   ("SMILE", "EMOTIONS"), tuple(sorted(FIELD_OF))], ids="+".join)
def test_combinations_add_exactly_their_fields(detect, geometric_fields, names):
    face, = detect(pictures.file_bytes("obama.jpg"), *names)
    assert face.keys() == DEFAULT_FIELDS | ({FIELD_OF.get(name) for name in names} & geometric_fields)


@pytest.mark.parametrize("names", [("ALL", "DEFAULT"), ("DEFAULT", "ALL"), ("ALL", "SMILE")], ids="+".join)
def test_all_wins(detect, geometric_fields, names):
    face, = detect(pictures.file_bytes("obama.jpg"), *names)
    assert face.keys() == DEFAULT_FIELDS | geometric_fields


@pytest.mark.parametrize("portrait", PORTRAITS, ids=lambda portrait: portrait.file)
def test_no_emotion_sex_age_or_hair_is_ever_said(server, portrait):
    answer = raw_http.call(server, "DetectFaces", {"Image": {"Bytes": pictures.base64_of(
        pictures.file_bytes(portrait.file))}, "Attributes": ["ALL"]})
    assert answer.status == 200
    faces = answer.json["FaceDetails"]
    assert faces
    for face in faces:
        assert not NEVER & face.keys()
    assert answer.json.get("OrientationCorrection") is None


def test_shapes_of_the_attributes(detect, geometric_fields):
    for portrait in PORTRAITS:
        for face in detect(pictures.file_bytes(portrait.file), "ALL"):
            for field in geometric_fields - {"EyeDirection"}:
                assert face[field].keys() == {"Value", "Confidence"}
                assert isinstance(face[field]["Value"], bool)
                assert 50 <= face[field]["Confidence"] <= 100, (portrait.file, field, face[field])
            if "EyeDirection" in geometric_fields:
                gaze = face["EyeDirection"]
                assert gaze.keys() == {"Yaw", "Pitch", "Confidence"}
                assert -180 <= gaze["Yaw"] <= 180 and -180 <= gaze["Pitch"] <= 180 and 0 <= gaze["Confidence"] <= 100


@pytest.mark.parametrize(("portrait", "field", "value"), [
    (ASTRONAUT, "Smile", True), (OBAMA, "Smile", True), (BIDEN, "Smile", False),
    (OBAMA2, "MouthOpen", True), (BIDEN, "MouthOpen", False),
    *((portrait, "EyesOpen", True) for portrait in (ASTRONAUT, OBAMA, OBAMA2)),
    *((portrait, "FaceOccluded", False) for portrait in (ASTRONAUT, BIDEN, OBAMA, OBAMA3)),
], ids=lambda value: value.file if isinstance(value, pictures.Portrait) else str(value))
def test_what_anyone_sees_in_the_portraits(detect, geometric_fields, portrait, field, value):
    if field not in geometric_fields:
        pytest.skip(f"{field} is measured to be no better than a constant and stays absent")
    faces = detect(pictures.file_bytes(portrait.file), "ALL")
    boxes = [pictures.pixels(face["BoundingBox"], portrait.image.size) for face in faces]
    assert faces[pictures.found_at(portrait.box, boxes)][field]["Value"] is value


def test_an_unknown_attribute_is_a_typed_error(careless_client):
    with pytest.raises(careless_client.exceptions.InvalidParameterException) as raised:
        careless_client.detect_faces(Image={"Bytes": pictures.file_bytes("obama.jpg")}, Attributes=["SHOE_SIZE"])
    message = raised.value.response["Error"]["Message"]
    assert re.match(r"1 validation error detected: Value '\[?SHOE_SIZE\]?' at 'attributes(\.1\.member)?' failed "
                    r"to satisfy constraint: .*Member must satisfy enum value set: \[.*\bSMILE\b.*\]", message), message


@pytest.mark.parametrize("file", pictures.FACELESS)
def test_pictures_without_people_have_no_faces(client, file):
    answer = client.detect_faces(Image={"Bytes": pictures.file_bytes(file)}, Attributes=["ALL"])
    assert answer["FaceDetails"] == []


@pytest.mark.parametrize("image", [pictures.blank(640, 480), pictures.blank(80, 80, (0, 0, 0)),
                                   pictures.noise(800, 600), pictures.street(1280, 720)],
                         ids=["white", "smallest", "noise", "street"])
def test_made_pictures_without_people_have_no_faces(server, image):
    answer = raw_http.call(server, "DetectFaces", {"Image": {"Bytes": pictures.base64_of(pictures.png(image))}})
    assert answer.status == 200
    assert answer.json["FaceDetails"] == []  # the member is there, and empty


def test_answers_are_the_same_each_time(server):
    body = json.dumps({"Image": {"Bytes": pictures.base64_of(pictures.file_bytes("obama.jpg"))},
                       "Attributes": ["ALL"]}).encode()
    answers = {raw_http.call(server, "DetectFaces", body).body for _ in range(5)}
    assert len(answers) == 1


def assert_largest_first(faces: list[dict]) -> None:
    areas = [face["BoundingBox"]["Width"] * face["BoundingBox"]["Height"] for face in faces]
    assert all(area >= following * (1 - 1e-5) for area, following in itertools.pairwise(areas)), areas


def test_largest_faces_come_first(detect):
    people = list(zip(itertools.cycle(PORTRAITS), (60, 140, 90, 180, 75, 110)))
    data, boxes = pictures.collage(people, (1600, 600))
    faces = detect(data)
    found = [pictures.found_at(pictures.pixels(face["BoundingBox"], (1600, 600)), boxes) for face in faces]
    assert sorted(found) == list(range(len(people))), "every person once and nothing else"
    assert_largest_first(faces)
    assert found == sorted(found, key=lambda i: -people[i][1])


def test_of_more_than_a_hundred_faces_the_hundred_largest_come(detect):
    width, height = 1920, 1600
    canvas = pictures.blank(width, height, (120, 130, 140))
    large, small = [], []
    for number, (row, column) in enumerate(itertools.product(range(10), range(12))):
        is_small = number % 6 == 5  # 20 of 120
        box = pictures.paste(canvas, PORTRAITS[number % 5], 52 if is_small else 82,
                             (column * 160 + 80, row * 160 + 80), side=1.8)
        (small if is_small else large).append(box)
    faces = detect(pictures.jpeg(canvas))
    assert len(faces) == 100
    boxes = [pictures.pixels(face["BoundingBox"], (width, height)) for face in faces]
    missed = [box for box in large if pictures.found_at(box, boxes) is None]
    assert not missed
    assert not [box for box in small if pictures.found_at(box, boxes) is not None]
    assert_largest_first(faces)
