"""Blurred strangers resemble each other to the embedder; the similarity that clients see does not (docs/models.md)."""

import itertools

import pytest
from PIL import ImageFilter

from support.pictures import file_bytes, jpeg, picture

WIDTHS = {"obama.jpg": 238, "biden.jpg": 250, "astronaut.png": 91}  # of the faces, pixels


def blurred(file: str, share: float) -> bytes:
    """By a Gaussian of this share of the face's width."""
    return jpeg(picture(file).convert("RGB").filter(ImageFilter.GaussianBlur(share * WIDTHS[file])), quality=95)


def similarity(client, one: bytes, other: bytes, **options) -> float:
    answer = client.compare_faces(SourceImage={"Bytes": one}, TargetImage={"Bytes": other}, SimilarityThreshold=0, **options)
    return max(match["Similarity"] for match in answer["FaceMatches"])


@pytest.mark.parametrize("one,other", list(itertools.combinations(WIDTHS, 2)))
@pytest.mark.parametrize("share", [0.03, 0.04])
def test_two_blurred_strangers_are_strangers(client, one, other, share):
    assert similarity(client, blurred(one, share), blurred(other, share), QualityFilter="NONE") < 50


@pytest.mark.parametrize("file", WIDTHS)
def test_the_same_blurred_picture_is_the_same_picture(client, file):
    data = blurred(file, 0.04)
    assert similarity(client, data, data) > 99.5


def test_one_sharp_face_is_enough(client):
    assert similarity(client, file_bytes("obama2.jpg"), blurred("obama.jpg", 0.02)) > 90
    assert similarity(client, blurred("obama.jpg", 0.02), file_bytes("obama3.jpg")) > 80


def test_a_search_says_what_a_comparison_says(client, request):
    name = f"blur-{request.node.name}"
    client.create_collection(CollectionId=name)
    try:
        for file in WIDTHS:
            added = client.index_faces(CollectionId=name, Image={"Bytes": blurred(file, 0.04)}, QualityFilter="NONE",
                                       ExternalImageId=file)
            assert len(added["FaceRecords"]) == 1
        for file in WIDTHS:
            found = client.search_faces_by_image(CollectionId=name, Image={"Bytes": blurred(file, 0.04)}, QualityFilter="NONE",
                                                 FaceMatchThreshold=0)["FaceMatches"]
            by_name = {match["Face"]["ExternalImageId"]: match["Similarity"] for match in found}
            for other in WIDTHS:
                compared = similarity(client, blurred(file, 0.04), blurred(other, 0.04), QualityFilter="NONE")
                assert by_name[other] == pytest.approx(compared, abs=1.5), (file, other)
            assert [match["Similarity"] for match in found] == sorted(by_name.values(), reverse=True)
    finally:
        client.delete_collection(CollectionId=name)


def test_what_is_blurred_is_kept_out_with_its_reason(client, request):
    name = f"blur-{request.node.name}"[:100]
    client.create_collection(CollectionId=name)
    try:
        answer = client.index_faces(CollectionId=name, Image={"Bytes": blurred("obama.jpg", 0.06)})
        assert answer["FaceRecords"] == []
        face, = answer["UnindexedFaces"]
        assert "LOW_SHARPNESS" in face["Reasons"]
    finally:
        client.delete_collection(CollectionId=name)
