"""`likeness reindex`: after another embedder was chosen, a collection is made anew from its pictures."""

import io
import json

import botocore.exceptions
import pytest
from PIL import Image

from support.pictures import file_bytes
from support.server import run_likeness
from test_extension import extension_client

PICTURES = ("obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg", "astronaut.png")


@pytest.fixture
def folder(tmp_path):
    """The operator's pictures, in folders of their own choice; one was lost, two have one name."""
    pictures = tmp_path / "pictures"
    for name in PICTURES:
        place = pictures / ("us" if name.startswith("obama") else "others")
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(file_bytes(name))
    for place in ("here", "there"):
        (pictures / place).mkdir()
        (pictures / place / "twice.jpg").write_bytes(file_bytes("biden.jpg"))
    (pictures / "empty.jpg").write_bytes(file_bytes("chelsea.png"))
    return pictures


def reindex(server, folder, *arguments, keys=None, expect=0):
    key, secret = keys or server.keys
    done = run_likeness("reindex", folder, "--collection", "old", *arguments, AWS_ACCESS_KEY_ID=key,
                        AWS_SECRET_ACCESS_KEY=secret, AWS_ENDPOINT_URL=server.url)
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


def enrol(client, name: str, external: str | None) -> str:
    more = {"ExternalImageId": external} if external else {}
    answer = client.index_faces(CollectionId="old", Image={"Bytes": file_bytes(name)}, **more)
    return answer["FaceRecords"][0]["Face"]["FaceId"]


def test_a_collection_for_another_embedder(own_server, folder, tmp_path):
    with own_server() as first:
        client = first.client()
        client.create_collection(CollectionId="old")
        faces = {name: enrol(client, name, name) for name in PICTURES}
        enrol(client, "obama.jpg", "lost.jpg")
        enrol(client, "obama.jpg", None)
        enrol(client, "biden.jpg", "twice.jpg")
        enrol(client, "obama2.jpg", "empty")
        client.create_user(CollectionId="old", UserId="barack")
        client.create_user(CollectionId="old", UserId="nobody")
        client.associate_faces(CollectionId="old", UserId="barack", FaceIds=[faces["obama.jpg"], faces["obama2.jpg"]])
        first.stop()
    server = own_server(arguments=("--embedder", "mobilefacenet_192"), keys=first.keys)
    client = server.client()
    with pytest.raises(botocore.exceptions.ClientError, match="index the pictures into a new collection"):
        client.search_faces(CollectionId="old", FaceId=faces["obama.jpg"])

    said = reindex(server, folder, "--into", "new", "--report", tmp_path / "report.json")
    assert "5 of 9 faces are in new" in said and "2 users" in said
    report = {remark["path"]: remark["reason"] for remark in json.loads((tmp_path / "report.json").read_text())["remarks"]}
    assert "no file has this name" in report["lost.jpg"] and "several files" in report["twice.jpg"]
    assert "not found in this picture" in report["empty"]
    assert any("no ExternalImageId" in reason for reason in report.values()) and len(report) == 4

    new = {face["ExternalImageId"]: face for face in client.list_faces(CollectionId="new")["Faces"]}
    assert set(new) == set(PICTURES)
    assert {name for name, face in new.items() if face.get("UserId") == "barack"} == {"obama.jpg", "obama2.jpg"}
    assert {user["UserId"] for user in client.list_users(CollectionId="new")["Users"]} == {"barack", "nobody"}
    matches = client.search_faces(CollectionId="new", FaceId=new["obama3.jpg"]["FaceId"])["FaceMatches"]
    assert {match["Face"]["ExternalImageId"] for match in matches} == {"obama.jpg", "obama2.jpg"}
    assert len(client.list_faces(CollectionId="old")["Faces"]) == 9, "the old one stays"

    again = reindex(server, folder, "--into", "new")
    assert "5 of 9 faces" in again
    assert {face["FaceId"] for face in client.list_faces(CollectionId="new")["Faces"]} == \
        {face["FaceId"] for face in new.values()}, "nothing is enrolled twice"


def test_what_is_refused(own_server, folder, tmp_path):
    server = own_server()
    server.client().create_collection(CollectionId="old")
    assert "--into names the collection that is read" in reindex(server, folder, "--into", "old", expect=1)
    assert "no such folder" in reindex(server, tmp_path / "nowhere", "--into", "new", expect=1)
    assert "access key is needed" in reindex(server, folder, "--into", "new", keys=("", ""), expect=1)
    server.client().delete_collection(CollectionId="old")
    assert "old" in reindex(server, folder, "--into", "new", expect=1)


def test_one_id_for_several_pictures_of_which_one_is_left(own_server, folder):
    """Clients give a person's name to all pictures of the person: the faces of the one that is left must not be lost."""
    server = own_server()
    client = server.client()
    client.create_collection(CollectionId="old")
    for name in ("obama.jpg", "obama2.jpg", "obama3.jpg"):
        enrol(client, name, "barack")
    (folder / "barack.jpg").write_bytes(file_bytes("obama2.jpg"))
    for _ in range(2):
        said = reindex(server, folder, "--into", "new")
        assert "1 of 3 faces are in new" in said and said.count("not found in this picture") == 2
        face, = client.list_faces(CollectionId="new")["Faces"]
        assert face["ExternalImageId"] == "barack"


def test_faces_that_were_deleted_stay_away_and_rejections_come_along(own_server, folder):
    """A picture with two faces of which one was deleted; a match that somebody rejected."""
    left, right = (Image.open(io.BytesIO(file_bytes(name))).convert("RGB").resize((400, 500)) for name in ("obama.jpg", "biden.jpg"))
    both = Image.new("RGB", (800, 500))
    both.paste(left, (0, 0))
    both.paste(right, (400, 0))
    out = io.BytesIO()
    both.save(out, "PNG")
    (folder / "both.png").write_bytes(out.getvalue())

    server = own_server()
    client = server.client()
    client.create_collection(CollectionId="old")
    records = client.index_faces(CollectionId="old", Image={"Bytes": out.getvalue()}, ExternalImageId="both.png")["FaceRecords"]
    assert len(records) == 2
    by_side = {record["Face"]["BoundingBox"]["Left"] < 0.5: record["Face"]["FaceId"] for record in records}
    client.delete_faces(CollectionId="old", FaceIds=[by_side[False]])
    client.create_user(CollectionId="old", UserId="other")
    other = enrol(client, "obama2.jpg", "obama2.jpg")
    client.associate_faces(CollectionId="old", UserId="other", FaceIds=[other])
    models = folder.parent / "home"
    models.mkdir()
    assert run_likeness("sdk-model", "--install", "--to", models).returncode == 0
    extension = extension_client(models, server)
    extension.reject_match(CollectionId="old", FaceId=by_side[True], UserId="other")
    said = reindex(server, folder, "--into", "new")
    assert "2 of 2 faces are in new" in said and "1 rejections" in said
    faces = client.list_faces(CollectionId="new")["Faces"]
    assert len(faces) == 2
    kept, = (face for face in faces if face["ExternalImageId"] == "both.png")
    assert kept["BoundingBox"]["Left"] < 0.5
    rejection, = extension.list_rejections(CollectionId="new")["Rejections"]
    assert rejection["FaceId"] == kept["FaceId"] and rejection["UserId"] == "other"
