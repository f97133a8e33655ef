"""S3Object: pictures from an S3-compatible endpoint that may be slow, wrong or hostile. See docs/object-storage.md."""

import concurrent.futures
import gzip
import time

import pytest
from botocore.exceptions import ClientError

from support import pictures, s3_server
from support.s3_server import S3Server, answer, endless, fail, hold, hold_after, redirect, reset, trickle, well
from support.server import Server, StartFailed

LIMIT = 15 * 1024 * 1024
NO_METADATA = "Unable to get object metadata from S3. Check object key, region and/or access permissions."


def image(key: str, bucket: str = "photos", **more) -> dict:
    return {"S3Object": {"Bucket": bucket, "Name": key} | more}


def arguments_for(endpoint: str, *allow: str) -> tuple[str, ...]:
    return ("--s3-endpoint", endpoint, *(part for block in allow for part in ("--s3-allow", block)))


def refused(call, code: str, message: str | None = None) -> ClientError:
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] == code, caught.value
    if message is not None:
        assert caught.value.response["Error"]["Message"] == message
    return caught.value


def wait_until(condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def s3():
    with S3Server() as running:
        for file in ("obama.jpg", "biden.jpg"):
            running.put("photos", file, pictures.file_bytes(file))
        yield running
        assert running.bad_signatures == []


@pytest.fixture(scope="module")
def rekognition(s3, binary, tmp_path_factory):
    """A server with that endpoint."""
    with Server(tmp_path_factory.mktemp("s3") / "data", arguments=arguments_for(s3.url, "127.0.0.1"),
                variables=s3.variables) as server:
        yield server
        assert server.stop() == 0, server.stderr()[-4000:]


@pytest.fixture
def scripted(s3):
    """Sets what happens to requests for a key of its own: scripted(step, ...) -> the picture to ask for."""
    keys = []

    def script(*steps, data: bytes | None = None) -> dict:
        key = f"scripted/{len(s3.objects)}.jpg"
        keys.append(key)
        s3.put("photos", key, pictures.file_bytes("obama.jpg") if data is None else data)
        s3.scripts["photos", key] = list(steps)
        return image(key)

    yield script
    s3.release.set()
    for key in keys:
        s3.scripts.pop(("photos", key), None)
    s3.release.clear()


# What works.

def test_a_picture_of_a_bucket_is_that_picture(rekognition, detect):
    from_bucket = rekognition.client().detect_faces(Image=image("obama.jpg"), Attributes=["ALL"])["FaceDetails"]
    assert from_bucket == detect(pictures.file_bytes("obama.jpg"), "ALL")


def test_both_pictures_of_a_comparison(rekognition):
    client = rekognition.client()
    same = client.compare_faces(SourceImage=image("obama.jpg"), TargetImage=image("obama.jpg"))
    assert same["FaceMatches"][0]["Similarity"] > 99
    other = client.compare_faces(SourceImage=image("obama.jpg"),
                                 TargetImage={"Bytes": pictures.file_bytes("biden.jpg")}, SimilarityThreshold=99)
    assert not other["FaceMatches"] and len(other["UnmatchedFaces"]) == 1


@pytest.mark.parametrize("key", ["a b.jpg", "ümlaut/日本.jpg", "plus+and%25.jpg", "a//b.jpg", "/leading.jpg", "trailing/",
                                 "dots/../x.jpg", "./x", "q?v=1&w#z", "~tilde*(1)'!.jpg", "%2e%2e/x", "x" * 1024,
                                 "=", "a:b@c,d;e$f", "\x01control\x7f"], ids=ascii)
def test_keys_reach_the_store_as_they_are(rekognition, s3, key):
    s3.put("photos", key, pictures.file_bytes("obama.jpg"))
    assert len(rekognition.client().detect_faces(Image=image(key))["FaceDetails"]) == 1


def test_versions(rekognition, s3, detect):
    s3.put("photos", "changing.jpg", pictures.file_bytes("obama.jpg"), "v/1 +")
    s3.put("photos", "changing.jpg", pictures.file_bytes("biden.jpg"), "v2")
    client = rekognition.client()

    def box(**version):
        return client.detect_faces(Image=image("changing.jpg", **version))["FaceDetails"][0]["BoundingBox"]

    first, second = (detect(pictures.file_bytes(file))[0]["BoundingBox"] for file in ("obama.jpg", "biden.jpg"))
    assert first != second
    assert box() == box(Version="v2") == second
    assert box(Version="v/1 +") == first
    refused(lambda: box(Version="v3"), "InvalidS3ObjectException", NO_METADATA)


def test_the_limit_is_15_mebibytes(rekognition, s3):
    portrait = pictures.file_bytes("obama.jpg")
    s3.put("photos", "full.jpg", portrait + bytes(LIMIT - len(portrait)))
    s3.put("photos", "over.jpg", portrait + bytes(LIMIT + 1 - len(portrait)))
    client = rekognition.client()
    assert len(client.detect_faces(Image=image("full.jpg"))["FaceDetails"]) == 1
    refused(lambda: client.detect_faces(Image=image("over.jpg")), "ImageTooLargeException")
    refused(lambda: client.compare_faces(SourceImage=image("obama.jpg"), TargetImage=image("over.jpg")),
            "ImageTooLargeException")


def test_a_session_token_is_sent_and_signed(own_server):
    with S3Server(token="session+token/of==tests", region="eu-west-3") as s3:
        s3.put("photos", "a.jpg", pictures.file_bytes("obama.jpg"))
        server = own_server(arguments=(*arguments_for(s3.url, "127.0.0.0/8"), "--s3-region", "eu-west-3"),
                            variables=s3.variables)
        assert len(server.client().detect_faces(Image=image("a.jpg"))["FaceDetails"]) == 1
        assert s3.bad_signatures == []


def test_the_test_server_notices_a_wrong_signature(own_server, used_folder):
    with S3Server() as s3:
        s3.put("photos", "a.jpg", pictures.file_bytes("obama.jpg"))
        server = own_server(data=used_folder, arguments=arguments_for(s3.url, "127.0.0.1"),
                            variables=s3.variables | {"LIKENESS_S3_SECRET_ACCESS_KEY": "another"})
        refused(lambda: server.client().detect_faces(Image=image("a.jpg")), "InvalidS3ObjectException", NO_METADATA)
        assert len(s3.bad_signatures) == 1
        assert server.wait_for_log("SignatureDoesNotMatch")
        assert server.stop() == 0


# What is not there.

@pytest.mark.parametrize("missing", [image("nothing.jpg"), image("obama.jpg", bucket="nowhere"), image("obama.jp"),
                                     image("OBAMA.JPG")], ids=str)
def test_what_is_not_there(rekognition, missing):
    client = rekognition.client()
    refused(lambda: client.detect_faces(Image=missing), "InvalidS3ObjectException", NO_METADATA)
    refused(lambda: client.compare_faces(SourceImage=image("obama.jpg"), TargetImage=missing),
            "InvalidS3ObjectException", NO_METADATA)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 412])
def test_refusals_are_not_told_apart_and_not_repeated(rekognition, s3, scripted, status):
    picture = scripted(fail(status, "AccessDenied"))
    before = len(s3.requests)
    refused(lambda: rekognition.client().detect_faces(Image=picture), "InvalidS3ObjectException", NO_METADATA)
    assert len(s3.requests) == before + 1


@pytest.mark.parametrize("bucket", ["...", "-ab", "ab-", "a_.", "_ab"])
def test_buckets_that_can_be_none_are_not_asked_for(rekognition, s3, bucket):
    before = len(s3.requests)
    refused(lambda: rekognition.client().detect_faces(Image=image("x", bucket=bucket)), "InvalidS3ObjectException")
    assert len(s3.requests) == before


@pytest.mark.parametrize("s3_object", [{"Bucket": "photos"}, {"Name": "obama.jpg"}, {}], ids=str)
def test_half_a_name(rekognition, s3_object):
    client = rekognition.client()
    refused(lambda: client.detect_faces(Image={"S3Object": s3_object}), "InvalidS3ObjectException")


@pytest.mark.parametrize("data", [b"", b"x", b"<html>no picture</html>", pictures.file_bytes("obama.jpg")[:5000]],
                         ids=["empty", "byte", "html", "cut"])
def test_objects_that_are_no_pictures(rekognition, scripted, data):
    picture = scripted(well, data=data)
    refused(lambda: rekognition.client().detect_faces(Image=picture), "InvalidImageFormatException")


# What fails.

@pytest.mark.parametrize("trouble", [fail(500), fail(502), fail(503, "SlowDown"), fail(429), reset, answer(b""),
                                     answer(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort")],
                         ids=["500", "502", "503", "429", "reset", "closed", "short"])
def test_passing_trouble_is_not_seen(rekognition, scripted, trouble):
    # libcurl itself asks again where a connection that it had used before was closed without a word.
    picture = scripted(trouble, trouble, well)
    assert len(rekognition.client().detect_faces(Image=picture)["FaceDetails"]) == 1


@pytest.mark.parametrize("trouble, code, attempts", [
    (fail(500), "InternalServerError", 3),
    (fail(503, "SlowDown"), "ThrottlingException", 3),
    (reset, "InternalServerError", 3),
    (fail(501), "InternalServerError", 1),
    (answer(b"no HTTP\r\n\r\n"), "InternalServerError", 1),
    (answer(b"HTTP/1.1 206 Partial Content\r\nContent-Length: 1\r\n\r\nx"), "InternalServerError", 1),
], ids=["500", "503", "reset", "501", "no_http", "206"])
def test_lasting_trouble_is_one_that_sdks_retry(rekognition, s3, scripted, trouble, code, attempts):
    picture = scripted(trouble)
    before = len(s3.requests)
    refused(lambda: rekognition.client().detect_faces(Image=picture), code)
    assert len(s3.requests) == before + attempts


# What lies.

def test_an_announced_size_over_the_limit_is_refused_before_the_body(rekognition, scripted):
    # No byte of a body is ever sent: only the announcement can be what was refused.
    picture = scripted(hold_after(f"HTTP/1.1 200 OK\r\nContent-Length: {LIMIT + 1}\r\n\r\n".encode()))
    refused(lambda: rekognition.client().detect_faces(Image=picture), "ImageTooLargeException")


@pytest.mark.parametrize("head, piece", [
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + bytes(65536) + b"\r\n"),
    (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", bytes(65536)),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n", bytes(65536)),
], ids=["chunked", "unannounced", "overflow"])
def test_a_body_without_end_is_cut_at_the_limit(rekognition, s3, scripted, head, piece):
    picture = scripted(endless(head, piece))
    s3.body_bytes = 0
    refused(lambda: rekognition.client().detect_faces(Image=picture), "ImageTooLargeException")
    assert s3.body_bytes < LIMIT + 16 * 1024 * 1024  # what both kernels hold besides


@pytest.mark.parametrize("head, piece", [
    (b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"f" * 200 + b"\r\n"),
    (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    (b"HTTP/1.1 200 OK\r\nX-Long: ", b"f" * 4096),
], ids=["headers", "interim", "line"])
def test_a_head_without_end(rekognition, scripted, head, piece):
    picture = scripted(endless(head, piece))
    refused(lambda: rekognition.client().detect_faces(Image=picture), "InternalServerError")


def test_a_refusal_without_end(rekognition, scripted):
    picture = scripted(endless(b"HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n", bytes(65536)))
    refused(lambda: rekognition.client().detect_faces(Image=picture), "InvalidS3ObjectException", NO_METADATA)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(rekognition, scripted, status):
    with S3Server() as elsewhere:
        elsewhere.put("photos", "obama.jpg", pictures.file_bytes("obama.jpg"))
        picture = scripted(redirect(status, elsewhere.url + "/photos/obama.jpg"))
        refused(lambda: rekognition.client().detect_faces(Image=picture), "InvalidS3ObjectException", NO_METADATA)
        assert elsewhere.connections == 0


def test_compressed_answers_are_not_unpacked(rekognition, scripted):
    data = gzip.compress(pictures.file_bytes("obama.jpg"))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(data)}\r\n\r\n".encode()
    picture = scripted(answer(head + data))
    refused(lambda: rekognition.client().detect_faces(Image=picture), "InvalidImageFormatException")


# What is slow.

def test_silence_and_trickle_end_at_the_deadline(rekognition, scripted):
    silent, slow = scripted(hold), scripted(trickle(bytes(100_000), 0.2))
    client = rekognition.client()
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        calls = [threads.submit(client.detect_faces, Image=picture) for picture in (silent, slow)]
        for call in calls:
            refused(lambda call=call: call.result(120), "InternalServerError")


def test_who_waits_for_the_store_takes_no_processor_and_is_bounded(own_server):
    """16 requests hang in the store of a server with one compute thread: pictures in Bytes are answered meanwhile, a 17th
    is told to come back, and when the store answers, so do all."""
    with S3Server() as s3:
        s3.put("photos", "a.jpg", pictures.file_bytes("obama.jpg"))
        s3.scripts["photos", "a.jpg"] = [hold]
        server = own_server(arguments=(*arguments_for(s3.url, "127.0.0.1"), "--threads", "1"), variables=s3.variables)
        client = server.client(connections=32)
        with concurrent.futures.ThreadPoolExecutor(16) as threads:
            calls = [threads.submit(client.detect_faces, Image=image("a.jpg")) for _ in range(16)]
            wait_until(lambda: len(s3.requests) == 16)
            refused(lambda: client.detect_faces(Image=image("a.jpg")), "ThrottlingException")
            assert len(client.detect_faces(Image={"Bytes": pictures.file_bytes("obama.jpg")})["FaceDetails"]) == 1
            assert not any(call.done() for call in calls)
            s3.release.set()
            assert all(len(call.result(120)["FaceDetails"]) == 1 for call in calls)
        assert server.stop() == 0


def test_connections_are_used_again(rekognition, s3):
    client = rekognition.client()
    client.detect_faces(Image=image("obama.jpg"))
    before = s3.connections
    for _ in range(5):
        client.detect_faces(Image=image("obama.jpg"))
    assert s3.connections == before


def test_a_store_that_went_away(own_server):
    with S3Server() as s3:
        s3.put("photos", "a.jpg", pictures.file_bytes("obama.jpg"))
        server = own_server(arguments=arguments_for(s3.url, "127.0.0.1"), variables=s3.variables)
        assert server.client().detect_faces(Image=image("a.jpg"))["FaceDetails"]
        files = server.open_files()
    for _ in range(5):
        refused(lambda: server.client().detect_faces(Image=image("a.jpg")), "InternalServerError")
    assert server.open_files() <= files
    assert s3.keys[1] not in server.stderr()


# Where connections go.

@pytest.mark.parametrize("host, allow", [("localhost", ()), ("localhost", ("10.0.0.0/8",)), ("127.1", ("0.0.0.0/0", "::/0")),
                                         ("2130706433", ())], ids=str)
def test_a_name_that_leads_to_an_address_outside_the_list_is_not_reached(own_server, used_folder, host, allow):
    with S3Server(tls=True) as s3:
        s3.put("photos", "a.jpg", pictures.file_bytes("obama.jpg"))
        server = own_server(data=used_folder, variables=s3.variables,
                            arguments=(*arguments_for(f"https://{host}:{s3.port}", *allow),
                                       "--s3-ca-file", s3_server.TLS_FILE))
        refused(lambda: server.client().detect_faces(Image=image("a.jpg")), "InternalServerError")
        assert server.wait_for_log("outside the allowed blocks")
        assert s3.connections == 0
        assert server.stop() == 0


def test_certificates_are_verified(own_server, used_folder):
    with S3Server(tls=True) as s3:
        s3.put("photos", "a.jpg", pictures.file_bytes("obama.jpg"))
        arguments = arguments_for(f"https://localhost:{s3.port}", "127.0.0.1", "::1")
        server = own_server(data=used_folder, variables=s3.variables, arguments=arguments)
        refused(lambda: server.client().detect_faces(Image=image("a.jpg")), "InternalServerError")
        assert s3.requests == []
        assert server.stop() == 0
        server = own_server(data=used_folder, variables=s3.variables,
                            arguments=(*arguments, "--s3-ca-file", s3_server.TLS_FILE))
        assert len(server.client().detect_faces(Image=image("a.jpg"))["FaceDetails"]) == 1
        assert s3.bad_signatures == []
        assert server.stop() == 0


@pytest.mark.parametrize("arguments, variables, words", [
    (("--s3-endpoint", "http://localhost:9"), True, "not encrypted"),
    (("--s3-endpoint", "https://127.0.0.1:9"), True, "--s3-allow"),
    (("--s3-endpoint", "https://169.254.169.254", "--s3-allow", "169.254.169.254"), True, "cannot be allowed"),
    (("--s3-endpoint", "http://localhost:9", "--s3-allow", "127.0.0.1/8"), True, "behind its prefix"),
    (("--s3-endpoint", "ftp://localhost"), True, "no S3 endpoint"),
    (("--s3-endpoint", "https://localhost/path"), True, "no S3 endpoint"),
    (("--s3-endpoint", "aws"), False, "LIKENESS_S3_ACCESS_KEY_ID"),
    (("--s3-endpoint", "aws", "--s3-ca-file", "/nowhere.pem"), True, "/nowhere.pem"),
    (("--s3-region", "eu-west-1"), True, "--s3-endpoint"),
    (("--bucket", "photos"), True, "NAME=FOLDER"),
    (("--bucket", "photos=/nowhere/at/all"), True, "/nowhere/at/all"),
    (("--bucket", "..=/tmp"), True, "no name of a bucket"),
], ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_configurations_that_cannot_work_end_the_start(own_server, arguments, variables, words):
    env = {"LIKENESS_S3_ACCESS_KEY_ID": "AKID", "LIKENESS_S3_SECRET_ACCESS_KEY": "secret"} if variables else {}
    with pytest.raises(StartFailed) as failed:
        own_server(arguments=arguments, variables=env)
    assert failed.value.code == 1
    assert words in failed.value.stderr


# Without any.

def test_without_an_object_store_the_answer_says_so(client):
    error = refused(lambda: client.detect_faces(Image=image("obama.jpg")), "InvalidS3ObjectException")
    assert "no object store is configured" in error.response["Error"]["Message"]
