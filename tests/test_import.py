"""`likeness import` against a real server with real pictures: a folder a person, strange names, bad files, killed and repeated."""

import io
import json
import os
import subprocess
import time

import pytest
from PIL import Image, ImageFilter

from support.pictures import TESTDATA, file_bytes
from support.server import BINARY, clean_environment, run_likeness

C = "imported"


@pytest.fixture
def people(tmp_path):
    """Two people with good pictures, and what will be refused."""
    folder = tmp_path / "people"
    for name, files in {"Barack Obama": ("obama.jpg", "obama2.jpg", "obama3.jpg"), "joe": ("biden.jpg",)}.items():
        (folder / name).mkdir(parents=True)
        for file in files:
            (folder / name / file).write_bytes(file_bytes(file))
    (folder / "joe" / "cat.png").write_bytes(file_bytes("chelsea.png"))
    (folder / "joe" / "notes.txt").write_text("not a picture")
    (folder / "joe" / "cut.jpg").write_bytes(file_bytes("biden.jpg")[:5000])
    return folder


@pytest.fixture
def run(server, tmp_path):
    def call(folder, *arguments, collection=C, keys=None, expect=0, state=None, endpoint=server.url, **variables):
        key, secret = keys or server.keys
        done = run_likeness("import", folder, "--collection", collection, "--report", tmp_path / "report.json",
                            "--state", tmp_path / f"{state or collection}.state", *arguments,
                            AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=secret, AWS_ENDPOINT_URL=endpoint, **variables)
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout + done.stderr
    return call


@pytest.fixture
def collection(client, request):
    name = f"import-{request.node.name}"[:200].replace("[", "-").replace("]", "")
    client.create_collection(CollectionId=name)
    yield name
    client.delete_collection(CollectionId=name)


def faces_of_users(client, name) -> dict[str, list[str]]:
    return {user["UserId"]: sorted(face["ExternalImageId"] for face in
                                   client.list_faces(CollectionId=name, UserId=user["UserId"])["Faces"])
            for user in client.list_users(CollectionId=name)["Users"]}


def test_a_folder_of_people(client, run, people, collection, tmp_path):
    said = run(people, collection=collection)
    assert "2 people, 7 pictures (0 done before), 4 faces, 3 refused" in said
    users = faces_of_users(client, collection)
    barack = next(user for user in users if user.startswith("Barack_Obama-"))
    assert len(users[barack]) == 3 and users["joe"] == ["joe:biden.jpg"]
    report = json.loads((tmp_path / "report.json").read_text())
    reasons = {remark["path"]: remark["reason"] for remark in report["remarks"]}
    assert reasons.keys() == {"joe/cat.png", "joe/notes.txt", "joe/cut.jpg"}
    assert "no face" in reasons["joe/cat.png"] and "no JPEG" in reasons["joe/notes.txt"]
    assert report["faces"] == 4 and report["stopped"] == ""
    assert report["user_ids"] == [{"folder": "Barack Obama", "user_id": barack}]
    found = client.search_users_by_image(CollectionId=collection, Image={"Bytes": file_bytes("obama2.jpg")})["UserMatches"]
    assert [match["User"]["UserId"] for match in found] == [barack]

    again = run(people, collection=collection)
    assert "7 pictures (7 done before), 4 faces, 3 refused" in again
    assert client.describe_collection(CollectionId=collection)["FaceCount"] == 4
    (tmp_path / f"{collection}.state").unlink()
    run(people, collection=collection)  # without its memory: nothing is enrolled twice
    assert client.describe_collection(CollectionId=collection)["FaceCount"] == 4


def test_one_that_is_killed_goes_on(client, server, run, people, collection, tmp_path):
    for number in range(12):
        (people / f"person{number}").mkdir()
        for name in ("obama.jpg", "biden.jpg"):  # associated at once: a person's first pictures are taken as they are
            (people / f"person{number}" / name).write_bytes(file_bytes(name))
    key, secret = server.keys
    for seconds in (0.1, 0.25, 0.4, 0.4):
        process = subprocess.Popen(
            [BINARY, "import", people, "--collection", collection, "--endpoint", server.url,
             "--state", tmp_path / f"{collection}.state"],
            env=clean_environment(AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=secret),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        process.kill()
        process.wait()
    said = run(people, collection=collection)
    assert "28 faces, 3 refused" in said
    assert client.describe_collection(CollectionId=collection)["FaceCount"] == 28
    assert {len(faces) for faces in faces_of_users(client, collection).values()} == {1, 2, 3}


def test_frigate_keeps_webp(client, run, collection, tmp_path):
    faces = tmp_path / "media" / "clips" / "faces"
    for place, name in {"barack/1.webp": "obama.jpg", "barack/2.webp": "obama2.jpg", "train/x.webp": "biden.jpg"}.items():
        file = faces / place
        file.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(TESTDATA / name) as picture, io.BytesIO() as out:
            picture.convert("RGB").save(out, "WEBP", quality=90)
            file.write_bytes(out.getvalue())
    (faces / "barack" / "cut.webp").write_bytes((faces / "barack" / "1.webp").read_bytes()[:3000])
    said = run(tmp_path / "media", "--layout", "frigate", collection=collection)
    assert "1 people, 3 pictures (0 done before), 2 faces, 2 refused" in said
    assert "cut.webp: the WebP file is damaged" in said and "train: Frigate's attempts" in said
    assert faces_of_users(client, collection) == {"barack": ["barack:1.webp", "barack:2.webp"]}


def test_a_stranger_among_somebodys_pictures(client, run, people, collection):
    run(people, collection=collection)
    (people / "joe" / "other.jpg").write_bytes(file_bytes("obama3.jpg"))
    said = run(people, collection=collection)
    assert "joe/other.jpg: the face does not look like the person's other pictures" in said
    assert client.describe_collection(CollectionId=collection)["FaceCount"] == 4, "and it is not left behind"


def test_what_stops_it_says_what_to_do(client, server, run, people, collection, tmp_path):
    assert "--create" in run(people, collection="not-there", expect=1)
    assert "--create" in json.loads((tmp_path / "report.json").read_text())["stopped"]
    assert "set AWS_ACCESS_KEY_ID" in run(people, keys=("", ""), expect=1)
    assert "security token" in run(people, keys=("AKIANOBODY", "x"), collection=collection, expect=1)
    assert "no such folder" in run(tmp_path / "none", expect=1)
    assert "no endpoint" in run(people, endpoint="ftp://x", expect=1)
    made = json.loads(run_likeness("keys", "create", "--data", server.data, "--policy", "read-only", "--json").stdout)
    said = run(people, keys=(made["AccessKeyId"], made["SecretAccessKey"]), collection=collection, expect=1)
    report = json.loads((tmp_path / "report.json").read_text())
    assert "not authorized" in report["stopped"] and report["faces"] == 0
    assert "not authorized" in said and "DescribeCollection, IndexFaces" in said and "call it again" in said
    assert "AWS_SESSION_TOKEN" in run(people, collection=collection, expect=1, AWS_SESSION_TOKEN="x")
    begun = time.monotonic()
    assert "does the server run" in run(people, collection=collection, expect=1, endpoint="http://127.0.0.1:9")
    assert time.monotonic() - begun < 60, "it does not wait for a server that never answered"
    (tmp_path / f"{collection}.state").unlink()
    run(people, collection=collection)
    other = run(people, "--create", state=collection, collection="another", expect=1)
    client.delete_collection(CollectionId="another")
    assert "the state of another import" in other


def test_looking_sends_nothing(run, people):
    said = run(people, "--dry-run", collection="nowhere")
    assert "2 people, 7 files; nothing was sent" in said and "(Barack Obama): 3 files" in said


def test_a_key_that_may_only_enrol_and_a_collection_that_is_made(client, server, run, people, tmp_path):
    run(people, "--create", collection="made-by-import")
    assert client.describe_collection(CollectionId="made-by-import")["UserCount"] == 2
    client.delete_collection(CollectionId="made-by-import")
    client.create_collection(CollectionId="made-before")
    made = json.loads(run_likeness("keys", "create", "--data", server.data, "--policy", "enroll", "--json").stdout)
    run(people, keys=(made["AccessKeyId"], made["SecretAccessKey"]), collection="made-before")
    assert client.describe_collection(CollectionId="made-before")["UserCount"] == 2
    client.delete_collection(CollectionId="made-before")


def test_a_collection_that_was_made_again_gets_everything_again(client, run, people, tmp_path):
    run(people, "--create", collection="made-twice")
    client.delete_collection(CollectionId="made-twice")
    assert "deleted and made again" in run(people, "--create", collection="made-twice", expect=1)
    run(people, collection="made-twice", state="another")
    assert client.describe_collection(CollectionId="made-twice")["FaceCount"] == 4
    client.delete_collection(CollectionId="made-twice")


def test_a_face_that_was_given_to_another_user_stays_there(client, run, people, collection, tmp_path):
    run(people, collection=collection)
    face = client.list_faces(CollectionId=collection, UserId="joe")["Faces"][0]["FaceId"]
    client.create_user(CollectionId=collection, UserId="joseph")
    client.disassociate_faces(CollectionId=collection, UserId="joe", FaceIds=[face])
    client.associate_faces(CollectionId=collection, UserId="joseph", FaceIds=[face])
    (tmp_path / f"{collection}.state").unlink()
    said = run(people, collection=collection)
    assert "joe/biden.jpg: the face belongs to another user (joseph) already" in said
    assert client.list_faces(CollectionId=collection, UserId="joseph")["Faces"][0]["FaceId"] == face


def test_a_user_that_is_full_keeps_its_faces(client, run, collection, tmp_path):
    folder = tmp_path / "full" / "barack"
    folder.mkdir(parents=True)
    names = ("obama.jpg", "obama2.jpg", "obama3.jpg")
    for number in range(100):  # some bytes behind the end of a JPEG make it another picture
        (folder / f"{number:03}.jpg").write_bytes(file_bytes(names[number % 3]) + b"%03d" % number)
    assert "100 faces, 0 refused" in run(tmp_path / "full", "--quality", "NONE", collection=collection)
    before = client.list_faces(CollectionId=collection, UserId="barack", MaxResults=200)["Faces"]
    (tmp_path / f"{collection}.state").unlink()
    (folder / "00.jpg").write_bytes(file_bytes("obama.jpg") + b"one too many, and the first")
    said = run(tmp_path / "full", "--quality", "NONE", collection=collection)
    assert "barack/00.jpg: the user has too many faces already" in said
    after = client.list_faces(CollectionId=collection, UserId="barack", MaxResults=200)["Faces"]
    assert {face["FaceId"] for face in before} == {face["FaceId"] for face in after}
    assert client.describe_collection(CollectionId=collection)["FaceCount"] == 100


def test_nobody_behind_is_taken_for_a_blurred_one_in_front(client, run, collection, tmp_path):
    """IndexFaces passes over the large blurred face and gives the small sharp one of somebody else."""
    front, behind = (Image.open(TESTDATA / name).convert("RGB") for name in ("obama.jpg", "biden.jpg"))
    front.thumbnail((1000, 1000))
    behind.thumbnail((350, 350))
    folder = tmp_path / "blurred" / "barack"
    folder.mkdir(parents=True)
    for name, radius in {"sharp.jpg": 0, "blurred.jpg": 12}.items():
        page = Image.new("RGB", (front.width + behind.width, front.height), "white")
        page.paste(front.filter(ImageFilter.GaussianBlur(radius)), (0, 0))
        page.paste(behind, (front.width, 0))
        page.save(folder / name, quality=92)
    said = run(tmp_path / "blurred", collection=collection)
    assert "2 pictures (0 done before), 1 faces, 1 refused" in said
    assert "barack/blurred.jpg: of several faces the largest is not taken" in said and "LOW_SHARPNESS" in said
    assert "barack/sharp.jpg: has 1 more faces; the largest was taken" in said
    assert faces_of_users(client, collection) == {"barack": ["barack:sharp.jpg"]}
    assert client.describe_collection(CollectionId=collection)["FaceCount"] == 1


def test_strange_names(client, run, collection, tmp_path):
    folder = tmp_path / "strange"
    names = [b"Zo\xc3\xab \xe6\x9d\x8e", b"new\nline", b"\x1b[31mred", b"not\xffutf8", b"a:b", b"--help", b"x" * 200]
    for name in names:
        path = os.fsencode(folder) + b"/" + name
        os.makedirs(path)
        with open(path + b"/p\xc3\xadc \n.jpg", "wb") as file:
            file.write(file_bytes("obama.jpg"))
    same = next(user for user in run(folder, "--dry-run", collection=collection).split() if user.startswith("Zo___"))
    (folder / same).mkdir()
    said = run(folder, collection=collection)
    assert "6 people, 6 pictures (0 done before), 6 faces, 2 refused" in said, said
    assert said.count("rename one of them") == 2 and "\x1b" not in said
    users = {user["UserId"] for user in client.list_users(CollectionId=collection)["Users"]}
    assert len(users) == 6 and {"a:b", "--help"} < users
    report = json.loads((tmp_path / "report.json").read_text())
    assert {one["user_id"] for one in report["user_ids"]} == users - {"a:b", "--help"}
    assert "6 pictures (6 done before), 6 faces" in run(folder, collection=collection)


def test_a_server_that_asks_for_patience(used_folder, own_server, people, tmp_path):
    """Five requests a second of the key: the import is throttled again and again, and comes to its end."""
    server = own_server(used_folder, arguments=("--rate-per-key", "5"))
    key, secret = server.keys
    done = run_likeness("import", people, "--collection", "patient", "--create", "--endpoint", server.url + "/", "--state",
                        tmp_path / "state", AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=secret)
    assert done.returncode == 0 and "4 faces, 3 refused" in done.stdout, done.stdout + done.stderr
    time.sleep(2)
    server.client(attempts=10).delete_collection(CollectionId="patient")
    assert server.stop() == 0


def test_over_tls(used_folder, own_server, people, tmp_path):
    made = run_likeness("tls", "init", "--data", tmp_path / "authority")
    assert made.returncode == 0, made.stderr
    files = tmp_path / "authority" / "tls"
    server = own_server(used_folder, arguments=("--tls-cert", files / "server.pem", "--tls-key", files / "server-key.pem"),
                        authority=files / "ca.pem")
    key, secret = server.keys

    def call(*arguments):
        return run_likeness("import", people, "--collection", "secret", "--create", "--endpoint", server.url, "--state",
                            tmp_path / "state", *arguments, AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=secret)
    assert call().returncode == 1, "the system does not know the authority"
    done = call("--ca-file", files / "ca.pem")
    assert done.returncode == 0 and "4 faces, 3 refused" in done.stdout, done.stdout + done.stderr
    server.client().delete_collection(CollectionId="secret")
    assert server.stop() == 0


def test_a_server_that_dies_and_comes_back(used_folder, own_server, people, tmp_path):
    """Killed while it answers, and started again at the same address: the import waits for it and comes to its end."""
    for number in range(20):
        (people / f"person{number:02}").mkdir()
        (people / f"person{number:02}" / "a.jpg").write_bytes(file_bytes("obama.jpg"))
    server = own_server(used_folder)
    key, secret = server.keys
    process = subprocess.Popen(
        [BINARY, "import", people, "--collection", "patient", "--create", "--endpoint", server.url, "--state",
         tmp_path / "state"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=clean_environment(AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=secret))
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "state").exists() or len((tmp_path / "state").read_bytes().splitlines()) < 6:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        server.process.kill()
        server.process.wait()
        assert process.poll() is None, "it has not come to its end yet"
        again = own_server(used_folder, listen=f"{server.host}:{server.port}", keys=server.keys)
        said = process.communicate(timeout=300)[0]
    finally:
        process.kill()
    assert process.returncode == 0 and "24 faces, 3 refused" in said, said
    client = again.client(attempts=10)
    assert client.describe_collection(CollectionId="patient")["FaceCount"] == 24
    client.delete_collection(CollectionId="patient")
    assert again.stop() == 0
