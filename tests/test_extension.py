"""The extension service with stock clients: boto3 and the AWS CLI read its description from where `sdk-model` puts it."""

import json
import os
import subprocess
import uuid

import boto3
import botocore.exceptions
import botocore.session
import pytest
from botocore.config import Config

from support import raw_http
from support.keys import create
from support.pictures import file_bytes
from support.server import ROOT, clean_environment, run_likeness

AWS = ROOT / ".deps/venv/bin/aws"
NOWHERE = "00000000-0000-4000-8000-000000000000"
OPERATIONS = {"RejectMatch", "RetractRejection", "ListRejections", "SplitUser", "MergeUsers", "ExplainSimilarity"}
MINIMAL = {
    "reject_match": {"CollectionId": "c", "FaceId": NOWHERE, "UserId": "u"},
    "retract_rejection": {"CollectionId": "c", "FaceId": NOWHERE, "UserId": "u"},
    "list_rejections": {"CollectionId": "c"},
    "split_user": {"CollectionId": "c", "UserId": "u", "FaceIds": [NOWHERE], "NewUserId": "v"},
    "merge_users": {"CollectionId": "c", "UserId": "u", "MergedUserId": "v"},
}


@pytest.fixture(scope="module")
def models(binary, tmp_path_factory):
    """A home folder in which the description is installed."""
    home = tmp_path_factory.mktemp("home")
    done = run_likeness("sdk-model", "--install", HOME=str(home))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(home / ".aws/models/likeness/2026-11-25")
    return home / ".aws/models"


def extension_client(models, server, validate=True, keys=None):
    session = botocore.session.Session()
    session.get_component("data_loader").search_paths.append(str(models))
    key, secret = keys or server.keys
    return boto3.Session(botocore_session=session, aws_access_key_id=key, aws_secret_access_key=secret,
                         region_name=server.region).client(
        "likeness", endpoint_url=server.url,
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=validate))


@pytest.fixture(scope="module")
def extension(models, server):
    return extension_client(models, server)


@pytest.fixture
def people(client):
    """A collection with three faces of one man and one of another."""
    name = f"extension-{uuid.uuid4()}"
    client.create_collection(CollectionId=name)
    faces = {}
    for picture in ("obama", "obama2", "obama3", "biden"):
        answer = client.index_faces(CollectionId=name, Image={"Bytes": file_bytes(f"{picture}.jpg")})
        faces[picture] = answer["FaceRecords"][0]["Face"]["FaceId"]
    yield name, faces
    client.delete_collection(CollectionId=name)


def found(client, collection: str, face: str) -> set[str]:
    return {match["Face"]["FaceId"] for match in client.search_faces(CollectionId=collection, FaceId=face)["FaceMatches"]}


def test_the_description_is_printed_too(binary, models):
    printed = json.loads(run_likeness("sdk-model").stdout)
    assert printed == json.loads((models / "likeness/2026-11-25/service-2.json").read_text())
    assert set(printed["operations"]) == OPERATIONS
    page = (ROOT / "docs/extension-service.md").read_text()
    for operation in OPERATIONS:
        assert f"`{operation}`" in page


def test_a_rejected_match_stays_away_until_it_is_retracted(server, client, extension, people):
    collection, faces = people
    assert found(client, collection, faces["obama"]) == {faces["obama2"], faces["obama3"]}
    extension.reject_match(CollectionId=collection, FaceId=faces["obama"], RejectedFaceId=faces["obama2"])
    assert found(client, collection, faces["obama"]) == {faces["obama3"]}
    assert found(client, collection, faces["obama2"]) == {faces["obama3"]}
    searched = client.search_faces_by_image(CollectionId=collection, Image={"Bytes": file_bytes("obama.jpg")})
    assert faces["obama2"] not in {match["Face"]["FaceId"] for match in searched["FaceMatches"]}
    rejection, = extension.list_rejections(CollectionId=collection)["Rejections"]
    assert rejection["FaceId"] == faces["obama"] and "UserId" not in rejection
    assert rejection["RejectedBy"] == server.keys[0]
    extension.retract_rejection(CollectionId=collection, FaceId=faces["obama"], RejectedFaceId=faces["obama2"])
    assert found(client, collection, faces["obama"]) == {faces["obama2"], faces["obama3"]}
    with pytest.raises(extension.exceptions.ResourceNotFoundException, match="was not rejected"):
        extension.retract_rejection(CollectionId=collection, FaceId=faces["obama"], RejectedFaceId=faces["obama2"])


def test_users_are_split_and_merged(client, extension, people):
    collection, faces = people
    client.create_user(CollectionId=collection, UserId="one")
    client.associate_faces(CollectionId=collection, UserId="one", FaceIds=list(faces.values()), UserMatchThreshold=0)
    assert extension.split_user(CollectionId=collection, UserId="one", FaceIds=[faces["biden"]],
                                NewUserId="joe")["UserStatus"] == "ACTIVE"
    users = client.search_users(CollectionId=collection, FaceId=faces["biden"])["UserMatches"]
    assert [match["User"]["UserId"] for match in users] == ["joe"]
    with pytest.raises(extension.exceptions.InvalidParameterException, match="is not of the user id"):
        extension.split_user(CollectionId=collection, UserId="one", FaceIds=[faces["biden"]], NewUserId="x")
    with pytest.raises(extension.exceptions.ConflictException):
        extension.split_user(CollectionId=collection, UserId="one", FaceIds=[faces["obama"]], NewUserId="joe")
    extension.merge_users(CollectionId=collection, UserId="joe", MergedUserId="one")
    assert client.list_users(CollectionId=collection)["Users"] == [{"UserId": "joe", "UserStatus": "ACTIVE"}]
    assert len(client.list_faces(CollectionId=collection, UserId="joe")["Faces"]) == 4
    with pytest.raises(extension.exceptions.ResourceNotFoundException):
        extension.merge_users(CollectionId=collection, UserId="joe", MergedUserId="one")


def test_a_token_makes_it_once(client, extension, people):
    collection, faces = people
    client.create_user(CollectionId=collection, UserId="u")
    call = {"CollectionId": collection, "FaceId": faces["biden"], "UserId": "u", "ClientRequestToken": "t-1" + uuid.uuid4().hex}
    extension.reject_match(**call)
    extension.retract_rejection(CollectionId=collection, FaceId=faces["biden"], UserId="u")
    extension.reject_match(**call)
    assert extension.list_rejections(CollectionId=collection, UserId="u")["Rejections"] == []
    with pytest.raises(extension.exceptions.IdempotentParameterMismatchException):
        extension.reject_match(**call | {"FaceId": faces["obama"]})


def test_rejections_are_paged_and_filtered(client, extension, people):
    collection, faces = people
    client.create_user(CollectionId=collection, UserId="u")
    for face in faces.values():
        extension.reject_match(CollectionId=collection, FaceId=face, UserId="u")
    extension.reject_match(CollectionId=collection, FaceId=faces["biden"], RejectedFaceId=faces["obama"])
    pages = list(extension.get_paginator("list_rejections").paginate(CollectionId=collection,
                                                                     PaginationConfig={"PageSize": 2}))
    assert [len(page["Rejections"]) for page in pages] == [2, 2, 1]
    assert {r["FaceId"] for page in pages for r in page["Rejections"]} == set(faces.values())
    of_user = extension.list_rejections(CollectionId=collection, UserId="u")["Rejections"]
    assert sorted(r["FaceId"] for r in of_user) == sorted(faces.values()) and {r["UserId"] for r in of_user} == {"u"}
    assert len(extension.list_rejections(CollectionId=collection, FaceId=faces["biden"])["Rejections"]) == 2


@pytest.mark.parametrize("operation", MINIMAL)
def test_what_is_missing_wrong_or_unknown(models, server, operation):
    careless = extension_client(models, server, validate=False)
    call = getattr(careless, operation)
    with pytest.raises(careless.exceptions.ResourceNotFoundException, match="The collection id: c does not exist"):
        call(**MINIMAL[operation])
    for member in careless.meta.service_model.operation_model(
            careless.meta.method_to_api_mapping[operation]).input_shape.required_members:
        with pytest.raises(careless.exceptions.InvalidParameterException, match="must not be null"):
            call(**{key: value for key, value in MINIMAL[operation].items() if key != member})
    with pytest.raises(careless.exceptions.InvalidParameterException, match="length less than or equal to 255"):
        call(**MINIMAL[operation] | {"CollectionId": "c" * 256})
    with pytest.raises(botocore.exceptions.ClientError, match="SerializationException"):
        call(**MINIMAL[operation] | {"CollectionId": ["c"]})


def test_one_of_two_members(extension):
    for both in ({}, {"UserId": "u", "RejectedFaceId": NOWHERE}):
        with pytest.raises(extension.exceptions.InvalidParameterException, match="exactly one of"):
            extension.reject_match(CollectionId="c", FaceId=NOWHERE, **both)


@pytest.mark.parametrize("target", ["LikenessService.DetectFaces", "RekognitionService.RejectMatch",
                                    "LikenessService.Nothing", "LikenessService."])
def test_an_operation_belongs_to_its_service(server, target):
    answer = raw_http.call(server, target, {})
    assert answer.status == 400 and answer.json["__type"] == "UnknownOperationException"


def test_permissions(models, server, client, people):
    collection, faces = people
    reviewer = extension_client(models, server, keys=create(server.data, "--policy", "reviewer"))
    enroller = extension_client(models, server, keys=create(server.data, "--policy", "enroll"))
    reject = {"CollectionId": collection, "FaceId": faces["obama"], "RejectedFaceId": faces["biden"]}
    reviewer.reject_match(**reject)
    with pytest.raises(enroller.exceptions.AccessDeniedException, match="likeness:RejectMatch"):
        enroller.reject_match(**reject)
    with pytest.raises(reviewer.exceptions.AccessDeniedException, match="likeness:MergeUsers"):
        reviewer.merge_users(CollectionId=collection, UserId="a", MergedUserId="b")
    with pytest.raises(enroller.exceptions.ResourceNotFoundException):
        enroller.merge_users(CollectionId=collection, UserId="a", MergedUserId="b")


def test_the_aws_cli_speaks_it(models, server, people):
    collection, faces = people
    def aws(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([AWS, "likeness", *arguments, "--endpoint-url", server.url, "--region", server.region],
                              env=clean_environment(AWS_DATA_PATH=str(models), AWS_ACCESS_KEY_ID=server.keys[0],
                                                    AWS_SECRET_ACCESS_KEY=server.keys[1], HOME=os.devnull),
                              capture_output=True, text=True, check=False, timeout=120)
    done = aws("reject-match", "--collection-id", collection, "--face-id", faces["obama"],
               "--rejected-face-id", faces["biden"])
    assert done.returncode == 0, done.stderr
    listed = json.loads(aws("list-rejections", "--collection-id", collection).stdout)
    assert [rejection["FaceId"] for rejection in listed["Rejections"]] == [faces["obama"]]


def test_what_a_similarity_means(extension):
    rates = {similarity: extension.explain_similarity(Similarity=similarity) for similarity in (0, 35, 50, 80, 84, 99, 100)}
    for similarity, rate in ((35, 1e-3), (50, 1e-4), (80, 2e-6), (99, 1e-8)):
        assert rates[similarity]["FalseMatchRate"] == pytest.approx(rate, rel=1e-3)
        assert rates[similarity]["OneInStrangers"] == pytest.approx(1 / rate, rel=1e-3)
        assert rates[similarity]["FaceModelVersion"] == "0.1"
    falling = [rates[similarity]["FalseMatchRate"] for similarity in sorted(rates)]
    assert falling == sorted(falling, reverse=True) and falling[0] == pytest.approx(1)
    assert [rates[similarity]["Extrapolated"] for similarity in (50, 80, 84, 99)] == [False, False, False, True]
    assert "1 in 500,000 strangers would reach Similarity 80" in rates[80]["Statement"]
    assert "No measurement reaches so far" in rates[99]["Statement"]
    among = extension.explain_similarity(Similarity=80, Comparisons=25000)
    assert among["ExpectedFalseMatches"] == pytest.approx(0.05, rel=1e-3)
    assert "among 25,000 faces of other people expect 0.05" in among["Statement"]


@pytest.mark.parametrize("parameters", [{"Similarity": 101}, {"Similarity": -1},
                                        {"Similarity": 80, "Comparisons": 0}, {"Comparisons": 3}, {}])
def test_a_similarity_that_is_none(models, server, parameters):
    client = extension_client(models, server, validate=False)
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        client.explain_similarity(**parameters)
    assert raised.value.response["Error"]["Code"] in ("InvalidParameterException", "SerializationException")
