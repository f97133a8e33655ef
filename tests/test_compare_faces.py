"""CompareFaces: who is who, in which list, in which order, above which threshold."""

import pytest
from PIL import Image

from support import pictures, raw_http
from support.pictures import ASTRONAUT, BIDEN, OBAMA, OBAMA2, OBAMA3, file_bytes, pixels

COMPARED_FIELDS = {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}


@pytest.fixture(scope="module")
def compare(client):
    def call(source: bytes, target: bytes, **options) -> dict:
        return client.compare_faces(SourceImage={"Bytes": source}, TargetImage={"Bytes": target}, **options)
    return call


@pytest.fixture(scope="module")
def similarity(compare):
    def of(source: bytes, target: bytes) -> float:
        """To the target's best face."""
        return compare(source, target, SimilarityThreshold=0)["FaceMatches"][0]["Similarity"]
    return of


@pytest.mark.parametrize(("source", "target"), [
    ("obama.jpg", "obama2.jpg"), ("obama.jpg", "obama3.jpg"), ("obama2.jpg", "obama3.jpg"), ("obama.jpg", "32bit.png"),
])
def test_the_same_person_matches_both_ways(compare, source, target):
    for a, b in ((source, target), (target, source)):
        answer = compare(file_bytes(a), file_bytes(b))
        assert len(answer["FaceMatches"]) == 1
        assert 80 <= answer["FaceMatches"][0]["Similarity"] <= 100


@pytest.mark.parametrize(("source", "target"), [
    ("obama.jpg", "biden.jpg"), ("obama.jpg", "astronaut.png"), ("biden.jpg", "astronaut.png"),
    ("biden.jpg", "obama2.jpg"), ("biden.jpg", "obama3.jpg"), ("astronaut.png", "obama3.jpg"),
])
def test_different_people_do_not_match(compare, similarity, source, target):
    for a, b in ((source, target), (target, source)):
        answer = compare(file_bytes(a), file_bytes(b))
        assert answer["FaceMatches"] == []
        assert len(answer["UnmatchedFaces"]) >= 1
        assert 0 <= similarity(file_bytes(a), file_bytes(b)) < 50


@pytest.mark.parametrize("portrait", [ASTRONAUT, BIDEN, OBAMA, OBAMA3], ids=lambda portrait: portrait.file)
def test_a_picture_against_itself(compare, portrait):
    answer = compare(file_bytes(portrait.file), file_bytes(portrait.file), SimilarityThreshold=99)
    assert len(answer["FaceMatches"]) == 1 and answer["UnmatchedFaces"] == []
    assert 99 <= answer["FaceMatches"][0]["Similarity"] <= 100


def test_similarity_survives_format_and_size(similarity):
    image = OBAMA.image
    smaller = pictures.jpeg(image.resize((image.width // 3, image.height // 3), Image.Resampling.LANCZOS), quality=80)
    assert similarity(file_bytes("obama.jpg"), smaller) >= 95


def test_similarity_is_the_same_in_both_directions(similarity):
    there = similarity(file_bytes("obama.jpg"), file_bytes("obama3.jpg"))
    back = similarity(file_bytes("obama3.jpg"), file_bytes("obama.jpg"))
    assert there == pytest.approx(back, abs=0.5)


def test_fields_of_the_answer(server):
    crowd, _ = pictures.collage([(OBAMA2, 160), (BIDEN, 140), (ASTRONAUT, 120)])
    answer = raw_http.call(server, "CompareFaces", {
        "SourceImage": {"Bytes": pictures.base64_of(file_bytes("obama.jpg"))},
        "TargetImage": {"Bytes": pictures.base64_of(crowd)}}).json
    assert {"SourceImageFace", "FaceMatches", "UnmatchedFaces"} <= answer.keys()
    assert answer.get("SourceImageOrientationCorrection") is None
    assert answer.get("TargetImageOrientationCorrection") is None
    assert answer["SourceImageFace"].keys() == {"BoundingBox", "Confidence"}
    match, = answer["FaceMatches"]
    assert match.keys() == {"Similarity", "Face"}
    assert len(answer["UnmatchedFaces"]) == 2
    for face in [match["Face"], *answer["UnmatchedFaces"]]:
        assert face.keys() - {"Smile"} == COMPARED_FIELDS
        assert face["BoundingBox"].keys() == {"Width", "Height", "Left", "Top"}
        assert 90 <= face["Confidence"] <= 100
        types = [mark["Type"] for mark in face["Landmarks"]]
        assert {"eyeLeft", "eyeRight", "nose", "mouthLeft", "mouthRight"} <= set(types)
        assert len(types) == len(set(types))
        assert face["Pose"].keys() == {"Roll", "Yaw", "Pitch"} and face["Quality"].keys() == {"Brightness", "Sharpness"}


def test_boxes_say_which_face_is_meant(compare):
    size = (1280, 720)
    crowd, boxes = pictures.collage([(BIDEN, 150), (ASTRONAUT, 130), (OBAMA2, 110), (OBAMA3, 90)], size)
    answer = compare(file_bytes("obama.jpg"), crowd)
    source = pixels(answer["SourceImageFace"]["BoundingBox"], OBAMA.image.size)
    assert pictures.iou(source, OBAMA.box) > 0.5
    matched = [pictures.found_at(pixels(match["Face"]["BoundingBox"], size), boxes) for match in answer["FaceMatches"]]
    others = [pictures.found_at(pixels(face["BoundingBox"], size), boxes) for face in answer["UnmatchedFaces"]]
    assert sorted(matched) == [2, 3]
    assert sorted(others) == [0, 1]


def test_matches_come_in_falling_similarity(compare):
    size = (1800, 600)
    crowd, boxes = pictures.collage(
        [(ASTRONAUT, 190), (OBAMA3, 100), (BIDEN, 170), (OBAMA, 120), (OBAMA2, 150)], size)
    answer = compare(file_bytes("obama.jpg"), crowd, SimilarityThreshold=0)
    values = [match["Similarity"] for match in answer["FaceMatches"]]
    assert len(values) == 5 and values == sorted(values, reverse=True)
    order = [pictures.found_at(pixels(match["Face"]["BoundingBox"], size), boxes) for match in answer["FaceMatches"]]
    assert order[0] == 3, "the same picture first, though not the largest"
    assert set(order[:3]) == {1, 3, 4} and set(order[3:]) == {0, 2}


def test_the_largest_source_face_is_compared(compare):
    size = (1280, 720)
    source, boxes = pictures.collage([(BIDEN, 90), (OBAMA2, 200), (ASTRONAUT, 110)], size)
    answer = compare(source, file_bytes("obama.jpg"))
    assert len(answer["FaceMatches"]) == 1
    assert pictures.found_at(pixels(answer["SourceImageFace"]["BoundingBox"], size), boxes) == 1
    answer = compare(source, file_bytes("biden.jpg"))
    assert answer["FaceMatches"] == [] and len(answer["UnmatchedFaces"]) == 1


def test_at_threshold_0_every_target_face_matches(compare):
    crowd, _ = pictures.collage([(OBAMA2, 150), (BIDEN, 150), (ASTRONAUT, 150)])
    answer = compare(file_bytes("obama.jpg"), crowd, SimilarityThreshold=0)
    assert len(answer["FaceMatches"]) == 3 and answer["UnmatchedFaces"] == []


def test_at_threshold_100_another_picture_does_not_match(compare):
    answer = compare(file_bytes("obama.jpg"), file_bytes("obama3.jpg"), SimilarityThreshold=100)
    for match in answer["FaceMatches"]:
        assert match["Similarity"] == 100
    assert len(answer["FaceMatches"]) + len(answer["UnmatchedFaces"]) == 1


def test_the_threshold_is_80_by_default_and_cuts_where_it_stands(compare, similarity):
    crowd, _ = pictures.collage([(OBAMA2, 150), (OBAMA3, 150), (BIDEN, 150), (ASTRONAUT, 150)])
    source = file_bytes("obama.jpg")
    default, explicit = compare(source, crowd), compare(source, crowd, SimilarityThreshold=80)
    for field in ("FaceMatches", "UnmatchedFaces"):
        assert default[field] == explicit[field]
    value = similarity(file_bytes("biden.jpg"), crowd)
    just_below, just_above = max(0, value - 0.01), value + 0.01
    if just_above <= 100:
        assert compare(file_bytes("biden.jpg"), crowd, SimilarityThreshold=just_above)["FaceMatches"] == []
    assert len(compare(file_bytes("biden.jpg"), crowd, SimilarityThreshold=just_below)["FaceMatches"]) >= 1
    low = [match["Similarity"] for match in compare(source, crowd, SimilarityThreshold=0)["FaceMatches"]]
    for threshold in (1, 10, 30, 50, 90, 99):
        answer = compare(source, crowd, SimilarityThreshold=threshold)
        matched = [match["Similarity"] for match in answer["FaceMatches"]]
        assert matched == [value for value in low if value >= threshold]
        assert len(answer["FaceMatches"]) + len(answer["UnmatchedFaces"]) == 4


@pytest.mark.parametrize(("threshold", "constraint"), [
    (-1, "Member must have value greater than or equal to 0"),
    (-0.01, "Member must have value greater than or equal to 0"),
    (100.01, "Member must have value less than or equal to 100"),
    (1e9, "Member must have value less than or equal to 100"),
])
def test_thresholds_out_of_range(careless_client, threshold, constraint):
    with pytest.raises(careless_client.exceptions.InvalidParameterException) as raised:
        careless_client.compare_faces(SourceImage={"Bytes": file_bytes("obama.jpg")}, SimilarityThreshold=threshold,
                                      TargetImage={"Bytes": file_bytes("obama2.jpg")})
    message = raised.value.response["Error"]["Message"]
    assert message.startswith("1 validation error detected: Value '")
    assert "at 'similarityThreshold' failed to satisfy constraint: " + constraint in message


@pytest.mark.parametrize("quality", ["NONE", "AUTO", "LOW", "MEDIUM", "HIGH"])
def test_quality_filters_are_accepted_for_good_pictures(compare, quality):
    answer = compare(file_bytes("obama.jpg"), file_bytes("obama2.jpg"), QualityFilter=quality)
    assert len(answer["FaceMatches"]) == 1


def test_an_unknown_quality_filter(careless_client):
    with pytest.raises(careless_client.exceptions.InvalidParameterException) as raised:
        careless_client.compare_faces(SourceImage={"Bytes": file_bytes("obama.jpg")}, QualityFilter="BEST",
                                      TargetImage={"Bytes": file_bytes("obama2.jpg")})
    assert raised.value.response["Error"]["Message"] == (
        "1 validation error detected: Value 'BEST' at 'qualityFilter' failed to satisfy constraint: "
        "Member must satisfy enum value set: [NONE, AUTO, LOW, MEDIUM, HIGH]")


@pytest.mark.parametrize("faceless", ["chelsea.png", "coffee.png"])
def test_no_face_in_either_picture(client, compare, faceless):
    for source, target in ((faceless, "obama.jpg"), ("obama.jpg", faceless), (faceless, faceless)):
        with pytest.raises(client.exceptions.InvalidParameterException) as raised:
            compare(file_bytes(source), file_bytes(target))
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert raised.value.response["Error"]["Message"]


def test_all_of_many_target_faces(compare):
    """A hundred are compared, no fewer."""
    canvas = pictures.blank(1600, 1600, (120, 130, 140))
    people = (OBAMA, BIDEN, OBAMA3, ASTRONAUT)
    for number in range(100):
        pictures.paste(canvas, people[number % 4], 80, (number % 10 * 160 + 80, number // 10 * 160 + 80), side=1.8)
    answer = compare(file_bytes("obama2.jpg"), pictures.jpeg(canvas))
    assert len(answer["FaceMatches"]) + len(answer["UnmatchedFaces"]) == 100
    assert len(answer["FaceMatches"]) == 50


def test_a_partial_face_is_compared_all_the_same(similarity):
    assert 0 <= similarity(file_bytes("obama.jpg"), file_bytes("obama_partial_face.jpg")) <= 100
