"""Folders that serve as buckets: what is in them, and that nothing leads out. See docs/object-storage.md."""

import os

import pytest
from botocore.exceptions import ClientError

from support import pictures
from support.s3_server import S3Server
from support.server import Server

LIMIT = 15 * 1024 * 1024
NO_METADATA = "Unable to get object metadata from S3. Check object key, region and/or access permissions."


def image(key: str, bucket: str = "photos", **more) -> dict:
    return {"S3Object": {"Bucket": bucket, "Name": key} | more}


def refusal(client, picture: dict) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        client.detect_faces(Image=picture)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


@pytest.fixture(scope="module")
def folders(binary, tmp_path_factory):
    base = tmp_path_factory.mktemp("folders")
    bucket, outside = base / "bucket", base / "outside"
    (bucket / "sub").mkdir(parents=True)
    outside.mkdir()
    portrait = pictures.file_bytes("obama.jpg")
    for path in (bucket / "a.jpg", bucket / "sub/b c.jpg", outside / "secret.jpg"):
        path.write_bytes(portrait)
    (bucket / "link.jpg").symlink_to(outside / "secret.jpg")
    (bucket / "inner.jpg").symlink_to("a.jpg")
    (bucket / "folder").symlink_to(outside)
    (bucket / "up").symlink_to("..")
    os.mkfifo(bucket / "fifo")
    for name, size in (("huge.jpg", 1 << 40), ("full.jpg", LIMIT), ("over.jpg", LIMIT + 1)):
        (bucket / name).write_bytes(portrait)
        os.truncate(bucket / name, size)  # sparse: takes no room
    arguments = ("--bucket", f"photos={bucket}", "--bucket", f"more={bucket / 'sub'}")
    with Server(base / "data", arguments=arguments) as server:
        yield server.client()
        assert server.stop() == 0


@pytest.mark.parametrize("bucket, key", [("photos", "a.jpg"), ("photos", "sub/b c.jpg"), ("more", "b c.jpg"),
                                         ("photos", "full.jpg")])
def test_files_of_a_folder(folders, bucket, key):
    assert len(folders.detect_faces(Image=image(key, bucket))["FaceDetails"]) == 1


def test_a_comparison_within_folders(folders):
    result = folders.compare_faces(SourceImage=image("a.jpg"), TargetImage=image("b c.jpg", "more"))
    assert result["FaceMatches"][0]["Similarity"] > 99


@pytest.mark.parametrize("key", [
    "missing.jpg", "../outside/secret.jpg", "sub/../../outside/secret.jpg", "sub/../a.jpg", "up/outside/secret.jpg",
    "/etc/passwd", "//etc/passwd", "link.jpg", "inner.jpg", "folder/secret.jpg", "fifo", "sub", "sub/", "a.jpg/", "./a.jpg",
    "sub//b c.jpg", "a.jpg\0", "a.jpg\0.png", "a.jpg/x", ".", "..", "x" * 1000, "/".join("x" * 300)], ids=ascii)
def test_no_key_leads_out_of_a_folder(folders, key):
    assert refusal(folders, image(key)) == ("InvalidS3ObjectException", NO_METADATA)


@pytest.mark.parametrize("key", ["huge.jpg", "over.jpg"])
def test_huge_files_are_not_read(folders, key):
    assert refusal(folders, image(key))[0] == "ImageTooLargeException"


def test_folders_have_no_versions(folders):
    code, message = refusal(folders, image("a.jpg", Version="1"))
    assert code == "InvalidS3ObjectException" and "no versions" in message


def test_other_buckets_are_none(folders):
    assert refusal(folders, image("a.jpg", "data")) == ("InvalidS3ObjectException", NO_METADATA)


def test_a_folder_hides_a_bucket_of_its_name(own_server, tmp_path):
    portrait = pictures.file_bytes("obama.jpg")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/here.jpg").write_bytes(portrait)
    with S3Server() as s3:
        s3.put("other", "there.jpg", portrait)
        s3.put("photos", "hidden.jpg", portrait)
        client = own_server(arguments=("--s3-endpoint", s3.url, "--s3-allow", "127.0.0.1",
                                       "--bucket", f"photos={tmp_path / 'photos'}"), variables=s3.variables).client()
        assert client.detect_faces(Image=image("here.jpg"))["FaceDetails"]
        assert client.detect_faces(Image=image("there.jpg", "other"))["FaceDetails"]
        assert refusal(client, image("hidden.jpg")) == ("InvalidS3ObjectException", NO_METADATA)
        assert s3.requests == ["GET /other/there.jpg"]
