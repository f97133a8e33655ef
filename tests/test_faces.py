"""Faces in collections: enrolled, listed, searched, given to users, deleted; with boto3, against the real models."""

import concurrent.futures
import re
import uuid

import pytest

from support import pictures
from support.pictures import ASTRONAUT, BIDEN, OBAMA2, file_bytes

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def collection(client):
    name = f"faces-{uuid.uuid4()}"
    client.create_collection(CollectionId=name)
    yield name
    try:
        client.delete_collection(CollectionId=name)
    except client.exceptions.ResourceNotFoundException:
        pass  # the test did


@pytest.fixture
def index(client, collection):
    def call(name: str, **options) -> dict:
        return client.index_faces(CollectionId=collection, Image={"Bytes": file_bytes(name)}, **options)
    return call


@pytest.fixture
def enrol(index):
    """The id of the one face of a picture."""
    def call(name: str, **options) -> str:
        record, = index(name, **options)["FaceRecords"]
        return record["Face"]["FaceId"]
    return call


@pytest.fixture(scope="module")
def crowd() -> bytes:
    return pictures.collage([(OBAMA2, 160), (BIDEN, 140), (ASTRONAUT, 120)])[0]


def ids(faces: list[dict]) -> list[str]:
    return [face["FaceId"] for face in faces]


def face_ids(client, collection: str, **filters) -> list[str]:
    return [face["FaceId"] for page in client.get_paginator("list_faces").paginate(CollectionId=collection, **filters)
            for face in page["Faces"]]


def matched(answer: dict) -> list[str]:
    return [match["Face"]["FaceId"] for match in answer["FaceMatches"]]


def test_what_indexing_answers(client, index, collection):
    answer = index("obama.jpg", ExternalImageId="president", DetectionAttributes=["ALL"])
    record, = answer["FaceRecords"]
    face = record["Face"]
    assert re.fullmatch(UUID, face["FaceId"]) and re.fullmatch(UUID, face["ImageId"])
    assert face["ExternalImageId"] == "president"
    assert 90 < face["Confidence"] <= 100
    assert face["BoundingBox"] == record["FaceDetail"]["BoundingBox"]
    assert face["IndexFacesModelVersion"] == answer["FaceModelVersion"]
    assert "UserId" not in face
    assert {"Landmarks", "Pose", "Quality", "EyesOpen", "Smile"} <= record["FaceDetail"].keys()
    assert answer["UnindexedFaces"] == []
    described = client.describe_collection(CollectionId=collection)
    assert (described["FaceCount"], described["FaceModelVersion"]) == (1, answer["FaceModelVersion"])
    listed, = client.list_faces(CollectionId=collection)["Faces"]
    assert listed == face


def test_the_largest_come_first_and_the_smaller_ones_are_left_out(client, collection, crowd):
    def index_crowd(**options):
        return client.index_faces(CollectionId=collection, Image={"Bytes": crowd}, **options)

    answer = index_crowd(MaxFaces=2)
    areas = [record["Face"]["BoundingBox"]["Width"] * record["Face"]["BoundingBox"]["Height"]
             for record in answer["FaceRecords"]]
    assert len(areas) == 2 and areas == sorted(areas, reverse=True)
    left, = answer["UnindexedFaces"]
    assert left["Reasons"] == ["EXCEEDS_MAX_FACES"]
    box = left["FaceDetail"]["BoundingBox"]
    assert box["Width"] * box["Height"] < areas[-1]
    assert len({record["Face"]["ImageId"] for record in answer["FaceRecords"]}) == 1
    # The same picture again: what is there stays, what was left out is added.
    more = index_crowd(MaxFaces=100)
    assert ids(r["Face"] for r in more["FaceRecords"])[:2] == ids(r["Face"] for r in answer["FaceRecords"])
    assert len(face_ids(client, collection)) == 3


def test_the_same_picture_is_stored_once_for_each_external_id(client, index, collection):
    first = index("obama.jpg", ExternalImageId="a")["FaceRecords"][0]["Face"]
    assert index("obama.jpg", ExternalImageId="a")["FaceRecords"][0]["Face"] == first
    second = index("obama.jpg", ExternalImageId="b")["FaceRecords"][0]["Face"]
    third = index("obama.jpg")["FaceRecords"][0]["Face"]
    assert len({first["FaceId"], second["FaceId"], third["FaceId"]}) == 3
    client.delete_faces(CollectionId=collection, FaceIds=[first["FaceId"]])
    again = index("obama.jpg", ExternalImageId="a")["FaceRecords"][0]["Face"]
    assert again["FaceId"] != first["FaceId"], "what was deleted is not remembered"


def test_ten_at_once_are_one(client, index, collection):
    with concurrent.futures.ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: index("biden.jpg", ExternalImageId="same"), range(10)))
    assert len({answer["FaceRecords"][0]["Face"]["FaceId"] for answer in answers}) == 1
    assert len(face_ids(client, collection)) == 1


def test_quality_filter_gives_its_reasons(client, collection):
    blurred = pictures.png(pictures.blurred(pictures.OBAMA.image, 8))
    answer = client.index_faces(CollectionId=collection, Image={"Bytes": blurred}, QualityFilter="HIGH")
    assert answer["FaceRecords"] == []
    assert "LOW_SHARPNESS" in answer["UnindexedFaces"][0]["Reasons"]
    taken = client.index_faces(CollectionId=collection, Image={"Bytes": blurred}, QualityFilter="NONE")
    assert len(taken["FaceRecords"]) == 1 and taken["UnindexedFaces"] == []


def test_a_picture_without_a_face_is_no_error_to_index(client, collection):
    empty = pictures.jpeg(pictures.street(640, 480))
    answer = client.index_faces(CollectionId=collection, Image={"Bytes": empty})
    assert answer["FaceRecords"] == [] and answer["UnindexedFaces"] == []
    with pytest.raises(client.exceptions.InvalidParameterException, match="no faces in the image"):
        client.search_faces_by_image(CollectionId=collection, Image={"Bytes": empty})
    users = client.search_users_by_image(CollectionId=collection, Image={"Bytes": empty})
    assert users["UserMatches"] == [] and "SearchedFace" not in users


def test_search_by_face_finds_the_person_without_the_face_itself(client, enrol, collection):
    obama, obama2, biden = enrol("obama.jpg", ExternalImageId="o"), enrol("obama2.jpg"), enrol("biden.jpg")
    answer = client.search_faces(CollectionId=collection, FaceId=obama)
    assert answer["SearchedFaceId"] == obama
    assert matched(answer) == [obama2]
    assert 80 <= answer["FaceMatches"][0]["Similarity"] <= 100
    assert matched(client.search_faces(CollectionId=collection, FaceId=obama2))[0] == obama
    assert matched(client.search_faces(CollectionId=collection, FaceId=biden)) == []
    everyone = client.search_faces(CollectionId=collection, FaceId=biden, FaceMatchThreshold=0)
    similarities = [match["Similarity"] for match in everyone["FaceMatches"]]
    assert len(similarities) == 2 and similarities == sorted(similarities, reverse=True)
    assert len(client.search_faces(CollectionId=collection, FaceId=biden, FaceMatchThreshold=0,
                                   MaxFaces=1)["FaceMatches"]) == 1


def test_search_agrees_with_compare(client, enrol, collection):
    enrol("obama2.jpg")
    compared = client.compare_faces(SourceImage={"Bytes": file_bytes("obama.jpg")},
                                    TargetImage={"Bytes": file_bytes("obama2.jpg")})["FaceMatches"][0]["Similarity"]
    searched = client.search_faces_by_image(CollectionId=collection, Image={"Bytes": file_bytes("obama.jpg")})
    assert searched["FaceMatches"][0]["Similarity"] == pytest.approx(compared, abs=1)
    assert searched["SearchedFaceConfidence"] > 90
    assert searched["SearchedFaceBoundingBox"].keys() == {"Width", "Height", "Left", "Top"}


def test_search_by_image_takes_the_largest_face(client, enrol, collection, crowd):
    obama, biden = enrol("obama.jpg"), enrol("biden.jpg")
    assert matched(client.search_faces_by_image(CollectionId=collection, Image={"Bytes": crowd})) == [obama]
    assert matched(client.search_faces_by_image(CollectionId=collection,
                                                Image={"Bytes": file_bytes("biden.jpg")})) == [biden]


def test_faces_of_another_collection_or_a_missing_one(client, enrol, collection):
    face = enrol("obama.jpg")
    other = f"{collection}-other"
    client.create_collection(CollectionId=other)
    try:
        assert matched(client.search_faces_by_image(CollectionId=other,
                                                    Image={"Bytes": file_bytes("obama.jpg")})) == []
        with pytest.raises(client.exceptions.InvalidParameterException, match=face):
            client.search_faces(CollectionId=other, FaceId=face)
    finally:
        client.delete_collection(CollectionId=other)
    for call in (lambda: client.search_faces(CollectionId="none", FaceId=face),
                 lambda: client.index_faces(CollectionId="none", Image={"Bytes": file_bytes("obama.jpg")}),
                 lambda: client.search_faces_by_image(CollectionId="none", Image={"Bytes": file_bytes("obama.jpg")}),
                 lambda: client.list_faces(CollectionId="none"),
                 lambda: client.delete_faces(CollectionId="none", FaceIds=[face]),
                 lambda: client.search_users(CollectionId="none", FaceId=face),
                 lambda: client.associate_faces(CollectionId="none", UserId="u", FaceIds=[face])):
        with pytest.raises(client.exceptions.ResourceNotFoundException, match="The collection id: none does not exist"):
            call()


def test_deleted_faces_are_found_no_more(client, enrol, collection):
    obama, obama2 = enrol("obama.jpg"), enrol("obama2.jpg")
    answer = client.delete_faces(CollectionId=collection, FaceIds=[obama2, NOWHERE, obama2])
    assert answer["DeletedFaces"] == [obama2]
    assert answer["UnsuccessfulFaceDeletions"] == [{"FaceId": NOWHERE, "Reasons": ["FACE_NOT_FOUND"]}]
    assert matched(client.search_faces(CollectionId=collection, FaceId=obama)) == []
    with pytest.raises(client.exceptions.InvalidParameterException):
        client.search_faces(CollectionId=collection, FaceId=obama2)
    assert face_ids(client, collection) == [obama]
    assert client.describe_collection(CollectionId=collection)["FaceCount"] == 1


def test_list_pages_and_filters(client, enrol, collection):
    faces = sorted([enrol("obama.jpg"), enrol("obama2.jpg"), enrol("obama3.jpg"), enrol("biden.jpg")])
    assert face_ids(client, collection) == faces
    first = client.list_faces(CollectionId=collection, MaxResults=3)
    assert ids(first["Faces"]) == faces[:3]
    rest = client.list_faces(CollectionId=collection, MaxResults=3, NextToken=first["NextToken"])
    assert ids(rest["Faces"]) == faces[3:] and "NextToken" not in rest
    with pytest.raises(client.exceptions.InvalidPaginationTokenException):
        client.list_faces(CollectionId=collection, FaceIds=faces, NextToken=first["NextToken"])
    assert face_ids(client, collection, FaceIds=[faces[2], NOWHERE, faces[0]]) == [faces[0], faces[2]]
    client.create_user(CollectionId=collection, UserId="u")
    client.associate_faces(CollectionId=collection, UserId="u", FaceIds=faces[:1])
    assert face_ids(client, collection, UserId="u") == faces[:1]
    assert face_ids(client, collection, UserId="u", FaceIds=faces) == faces[:1]
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.list_faces(CollectionId=collection, UserId="nobody")


def test_the_life_of_a_user(client, enrol, collection):
    obama, obama2, biden = enrol("obama.jpg"), enrol("obama2.jpg"), enrol("biden.jpg")
    client.create_user(CollectionId=collection, UserId="barack")
    client.create_user(CollectionId=collection, UserId="joe")
    answer = client.associate_faces(CollectionId=collection, UserId="barack", FaceIds=[obama, NOWHERE])
    assert ids(answer["AssociatedFaces"]) == [obama]
    assert answer["UnsuccessfulFaceAssociations"] == [{"FaceId": NOWHERE, "Reasons": ["FACE_NOT_FOUND"]}]
    assert answer["UserStatus"] == "ACTIVE"
    answer = client.associate_faces(CollectionId=collection, UserId="barack", FaceIds=[obama2, biden, obama])
    assert ids(answer["AssociatedFaces"]) == [obama2, obama]
    refused, = answer["UnsuccessfulFaceAssociations"]
    assert refused["FaceId"] == biden and refused["Reasons"] == ["LOW_MATCH_CONFIDENCE"] and refused["Confidence"] < 75
    assert client.associate_faces(CollectionId=collection, UserId="joe", FaceIds=[biden])["AssociatedFaces"]
    answer = client.associate_faces(CollectionId=collection, UserId="joe", FaceIds=[obama])
    assert answer["UnsuccessfulFaceAssociations"] == [
        {"FaceId": obama, "UserId": "barack", "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"]}]
    assert {face["UserId"] for face in client.list_faces(CollectionId=collection)["Faces"]} == {"barack", "joe"}
    assert client.list_users(CollectionId=collection)["Users"][0] == {"UserId": "barack", "UserStatus": "ACTIVE"}
    kept = client.delete_faces(CollectionId=collection, FaceIds=[obama])
    assert kept["DeletedFaces"] == [] and kept["UnsuccessfulFaceDeletions"] == [
        {"FaceId": obama, "UserId": "barack", "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]}]
    answer = client.disassociate_faces(CollectionId=collection, UserId="barack", FaceIds=[obama, biden, NOWHERE])
    assert ids(answer["DisassociatedFaces"]) == [obama]
    assert [(failure["FaceId"], failure["Reasons"]) for failure in answer["UnsuccessfulFaceDisassociations"]] == [
        (biden, ["ASSOCIATED_TO_A_DIFFERENT_USER"]), (NOWHERE, ["FACE_NOT_FOUND"])]
    assert client.disassociate_faces(CollectionId=collection, UserId="barack", FaceIds=[obama2])["UserStatus"] == "CREATED"
    client.delete_user(CollectionId=collection, UserId="joe")
    assert face_ids(client, collection) == sorted([obama, obama2, biden]), "a user's faces stay"
    assert client.delete_faces(CollectionId=collection, FaceIds=[obama, obama2, biden])["DeletedFaces"] == [
        obama, obama2, biden]


def test_search_users(client, enrol, collection, crowd):
    obama, obama2, obama3, biden = (enrol(f"{name}.jpg") for name in ("obama", "obama2", "obama3", "biden"))
    for user, faces in {"barack": [obama, obama2], "joe": [biden], "empty": []}.items():
        client.create_user(CollectionId=collection, UserId=user)
        if faces:
            client.associate_faces(CollectionId=collection, UserId=user, FaceIds=faces)

    def found(answer: dict) -> list[str]:
        return [match["User"]["UserId"] for match in answer["UserMatches"]]

    answer = client.search_users(CollectionId=collection, FaceId=obama3)
    assert found(answer) == ["barack"] and answer["SearchedFace"] == {"FaceId": obama3}
    assert answer["UserMatches"][0]["User"]["UserStatus"] == "ACTIVE" and answer["UserMatches"][0]["Similarity"] >= 80
    answer = client.search_users(CollectionId=collection, UserId="joe", UserMatchThreshold=0)
    assert found(answer) == ["barack"] and answer["SearchedUser"] == {"UserId": "joe"}
    assert found(client.search_users(CollectionId=collection, UserId="empty", UserMatchThreshold=0)) == []
    for wrong in ({}, {"FaceId": obama, "UserId": "joe"}):
        with pytest.raises(client.exceptions.InvalidParameterException):
            client.search_users(CollectionId=collection, **wrong)
    answer = client.search_users_by_image(CollectionId=collection, Image={"Bytes": crowd})
    assert found(answer) == ["barack"]
    assert answer["SearchedFace"]["FaceDetail"]["Confidence"] > 90
    assert [face["Reasons"] for face in answer["UnsearchedFaces"]] == [["FACE_NOT_LARGEST"]] * 2
    client.delete_user(CollectionId=collection, UserId="barack")
    assert found(client.search_users(CollectionId=collection, FaceId=obama3)) == []


def test_a_client_token_gives_the_same_answer(client, enrol, collection):
    obama, biden = enrol("obama.jpg"), enrol("biden.jpg")
    client.create_user(CollectionId=collection, UserId="u")
    token = str(uuid.uuid4())
    call = {"CollectionId": collection, "UserId": "u", "FaceIds": [obama, NOWHERE], "ClientRequestToken": token}
    first = client.associate_faces(**call)
    client.disassociate_faces(CollectionId=collection, UserId="u", FaceIds=[obama])
    again = client.associate_faces(**call)
    for answer in (first, again):
        answer.pop("ResponseMetadata")
    assert again == first
    assert face_ids(client, collection, UserId="u") == [], "and nothing is done"
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
        client.associate_faces(**{**call, "FaceIds": [biden]})


def test_all_is_there_after_a_restart(own_server):
    server = own_server()
    client = server.client()
    client.create_collection(CollectionId="c")
    faces = {}
    for name in ("obama", "obama2", "biden"):
        answer = client.index_faces(CollectionId="c", Image={"Bytes": file_bytes(f"{name}.jpg")}, ExternalImageId=name)
        faces[name] = answer["FaceRecords"][0]["Face"]["FaceId"]
    client.create_user(CollectionId="c", UserId="joe")
    client.associate_faces(CollectionId="c", UserId="joe", FaceIds=[faces["biden"]])
    client.delete_faces(CollectionId="c", FaceIds=[faces["obama2"]])
    before = client.list_faces(CollectionId="c")["Faces"]
    for way in ("stop", "kill"):
        if way == "kill":
            server.process.kill()
            server.wait()
        else:
            server.stop()
        server = own_server(data=server.data, keys=server.keys)
        client = server.client()
        assert client.list_faces(CollectionId="c")["Faces"] == before
        found = client.search_faces_by_image(CollectionId="c", Image={"Bytes": file_bytes("obama2.jpg")})
        assert matched(found) == [faces["obama"]]
        users = client.search_users_by_image(CollectionId="c", Image={"Bytes": file_bytes("biden.jpg")})
        assert [match["User"]["UserId"] for match in users["UserMatches"]] == ["joe"]


def test_a_deleted_collection_takes_its_faces_along(client, enrol, collection):
    enrol("obama.jpg")
    client.delete_collection(CollectionId=collection)
    client.create_collection(CollectionId=collection)
    assert face_ids(client, collection) == []
    assert matched(client.search_faces_by_image(CollectionId=collection,
                                                Image={"Bytes": file_bytes("obama.jpg")})) == []
