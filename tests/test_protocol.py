"""The wire: JSON 1.1 bodies, targets, HTTP as well-behaved clients speak it and as others do."""

import json
import re
import threading

import pytest

from support import pictures, raw_http, sigv4
from support.raw_http import Connection, call

PICTURE = pictures.base64_of(pictures.jpeg(pictures.blank(100, 100)))
VALID = {"Image": {"Bytes": PICTURE}}
BODY = json.dumps(VALID).encode()


@pytest.fixture(autouse=True)
def alive_afterwards(server):
    yield
    assert server.alive()
    assert call(server, "DetectFaces", BODY).status == 200


def is_error(answer: raw_http.Answer, *codes: str) -> bool:
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-amzn-requestid"])
    assert answer.status == 400 and answer.code in codes, (answer.status, answer.body[:300])
    assert answer.json["Code"] == answer.code and answer.json["Message"] == answer.json["message"]
    return True


# Targets and content types.

def test_an_answer_has_its_headers(server):
    answer = call(server, "DetectFaces", BODY)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-amzn-requestid"])
    assert int(answer.headers["content-length"]) == len(answer.body)


@pytest.mark.parametrize("target", [
    "RekognitionService.NoSuchOperation", "RekognitionService.", "RekognitionService.detectfaces",
    "RekognitionService.DetectFaces.", "DynamoDB_20120810.ListTables", "Other.DetectFaces", "." * 50,
    "RekognitionService." + "A" * 5000,
], ids=lambda target: target[:40])
def test_unknown_targets(server, target):
    is_error(call(server, target, {}), "UnknownOperationException")


def test_without_a_target(server):
    headers = sigv4.headers_for(server, "DetectFaces", BODY, signed=("content-type", "host", "x-amz-date"))
    del headers["x-amz-target"]
    is_error(raw_http.exchange(server, headers, BODY), "UnknownOperationException")


@pytest.mark.parametrize("content_type", [
    "application/x-amz-json-1.1", "application/x-amz-json-1.0", "application/json", "application/json; charset=utf-8",
    "text/plain", "image/jpeg", "x"])
def test_any_content_type_is_tolerated(server, content_type):
    assert call(server, "DetectFaces", BODY, content_type=content_type).status == 200


def test_no_content_type_is_tolerated(server):
    headers = sigv4.headers_for(server, "DetectFaces", BODY, signed=("host", "x-amz-date", "x-amz-target"))
    del headers["content-type"]
    assert raw_http.exchange(server, headers, BODY).status == 200


# JSON.

@pytest.mark.parametrize("body", [
    b"{", b"}", b"{]", b'{"Image"', b'{"Image":', b'{"Image":}', b'{"Image":{},}', b'{Image:{}}', b"{'Image':{}}",
    BODY + b"x", BODY + BODY, b"\0", b"nonsense", b'{"Image":{"Bytes":"AAAA}}', b'{"SimilarityThreshold":NaN}',
    b'{"SimilarityThreshold":Infinity}', b'{"SimilarityThreshold":0x50}', b'{"SimilarityThreshold":+5}',
    b'{"SimilarityThreshold":.5}', b'{"a":"\\x"}', b'{"a":"\\u12"}', b'{"a":"\n"}', b"/* */ {}", b"<xml/>",
    b"\xff\xfe{\0}\0",
], ids=lambda body: repr(body[:24]))
@pytest.mark.parametrize("operation", ["CompareFaces", "ListCollections"])
def test_malformed_json(server, operation, body):
    is_error(call(server, operation, body), "SerializationException")


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"5", b"true", b"[{}]"])
def test_json_that_is_no_object(server, body):
    is_error(call(server, "DetectFaces", body), "SerializationException")


@pytest.mark.parametrize("body", [b"", b"null", b"  "])
def test_no_json_at_all(server, body):
    is_error(call(server, "DetectFaces", body), "SerializationException", "InvalidParameterException")


@pytest.mark.parametrize("body", [b"[" * 10_000, b'{"a":' * 10_000, b'{"Image":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
                                  b"[" * 1_000_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000])
def test_very_deep_json(server, body):
    is_error(call(server, "DetectFaces", body), "SerializationException")


@pytest.mark.parametrize("text", [b"\xff", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"a\x80b"])
def test_invalid_utf_8(server, text):
    is_error(call(server, "CreateCollection", b'{"CollectionId":"' + text + b'"}'), "SerializationException")
    is_error(call(server, "CreateCollection", b'{"CollectionId":"c","' + text + b'":1}'), "SerializationException")


@pytest.mark.parametrize("body", [
    {"Image": []}, {"Image": "x"}, {"Image": 5}, {"Image": True}, {"Image": {"Bytes": 5}}, {"Image": {"Bytes": {}}},
    {"Image": {"Bytes": [1]}}, {"Image": {"Bytes": False}}, VALID | {"Attributes": "ALL"}, VALID | {"Attributes": [1]},
    VALID | {"Attributes": {}}, VALID | {"Attributes": [["ALL"]]}, {"Image": {"S3Object": "s3://a/b"}},
    {"Image": {"S3Object": {"Bucket": 5, "Name": "x"}}},
], ids=lambda body: json.dumps(body)[-40:])
def test_wrong_types(server, body):
    is_error(call(server, "DetectFaces", body), "SerializationException")


@pytest.mark.parametrize("text", ["!!!!", "AAA", "A", "AA=A", "=", "AAAA=", "éééé", "AA AA",
                                  "data:image/png;base64,AAAA"])
def test_bytes_that_are_no_base64(server, text):
    is_error(call(server, "DetectFaces", {"Image": {"Bytes": text}}), "SerializationException",
             *(["InvalidImageFormatException"] if text in ("AAA", "AA AA") else []))


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" + "0" * 400, "101", "-0.001"])
def test_numbers_out_of_range(server, number):
    image = f'{{"Bytes":"{PICTURE}"}}'
    body = f'{{"SourceImage":{image},"TargetImage":{image},"SimilarityThreshold":{number}}}'.encode()
    is_error(call(server, "CompareFaces", body), "InvalidParameterException", "SerializationException")


@pytest.mark.parametrize("body", [
    VALID | {"Unknown": {"deep": [1, 2, {"x": None}]}}, VALID | {"Attributes": None},
    {"Image": VALID["Image"] | {"S3Object": None}},
], ids=["unknown member", "null list", "null structure"])
def test_what_json_1_1_tolerates(server, body):
    assert call(server, "DetectFaces", body).status == 200


def test_white_space_and_escapes_are_json_too(server):
    text = json.dumps(VALID, indent=3).replace('"Bytes"', '"\\u0042ytes"').replace("/", "\\/")
    assert call(server, "DetectFaces", b"\r\n\t " + text.encode() + b"  \n").status == 200


def test_errors_quote_little_of_hostile_input(server):
    answer = call(server, "DetectFaces", {"Image": {"Bytes": PICTURE}, "Attributes": ["<script>" * 100_000]})
    assert is_error(answer, "InvalidParameterException") and len(answer.message) < 1500


# Connections.

def test_keep_alive(server):
    headers = sigv4.headers_for(server, "DetectFaces", BODY)
    with Connection(server) as connection:
        ids = set()
        for _ in range(50):
            connection.send_request(headers, BODY)
            answer = connection.read()
            assert answer.status == 200
            ids.add(answer.headers["x-amzn-requestid"])
    assert len(ids) == 50


def test_keep_alive_over_errors(server):
    bad = b"{"
    with Connection(server) as connection:
        for _ in range(5):
            connection.send_request(sigv4.headers_for(server, "DetectFaces", bad), bad)
            assert connection.read().code == "SerializationException"
            connection.send_request(sigv4.headers_for(server, "DetectFaces", BODY), BODY)
            assert connection.read().status == 200


def test_connection_close_is_honoured(server):
    headers = sigv4.headers_for(server, "DetectFaces", BODY) | {"connection": "close"}
    with Connection(server) as connection:
        connection.send_request(headers, BODY)
        assert connection.read().status == 200
        assert connection.closed()


def test_pipelined_requests_are_answered_in_order(server):
    portrait = json.dumps({"Image": {"Bytes": pictures.base64_of(pictures.file_bytes("obama.jpg"))}}).encode()
    bodies = [portrait, BODY, b"{", portrait, BODY]
    data = b""
    for body in bodies:
        headers = sigv4.headers_for(server, "DetectFaces", body) | {"content-length": str(len(body))}
        data += ("POST / HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n").encode() + body
    with Connection(server) as connection:
        sender = threading.Thread(target=connection.send, args=(data,))
        sender.start()
        answers = [connection.read() for _ in bodies]
        sender.join()
    counts = [len(answer.json["FaceDetails"]) if answer.status == 200 else answer.code for answer in answers]
    assert counts == [1, 0, "SerializationException", 1, 0]


def test_a_request_that_arrives_byte_by_byte(server):
    headers = sigv4.headers_for(server, "ListCollections", b"{}") | {"content-length": "2"}
    data = ("POST / HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n{}").encode()
    with Connection(server) as connection:
        for byte in data:
            connection.send(bytes([byte]))
        assert connection.read().status in (200, 400)
        connection.send(data)
        assert connection.read().headers["x-amzn-requestid"]


def test_expect_100_continue(server):
    headers = sigv4.headers_for(server, "DetectFaces", BODY) | {"expect": "100-continue"}
    with Connection(server) as connection:
        connection.send_request(headers | {"content-length": str(len(BODY))}, b"", length=False)
        assert connection.read().status == 100
        connection.send(BODY)
        assert connection.read().status == 200


def test_expect_100_continue_for_a_body_over_the_limit(server):
    """Refused before it is sent."""
    headers = sigv4.headers_for(server, "DetectFaces", BODY)
    with Connection(server) as connection:
        headers |= {"content-length": str(20 << 20), "expect": "100-continue"}
        connection.send_request(headers, b"", length=False)
        answer = connection.read()
        assert (answer.status, answer.code) == (400, "ImageTooLargeException")


def test_20_megabytes_are_refused_with_an_answer(server):
    body = b" " * 20_000_000
    assert is_error(call(server, "DetectFaces", body), "ImageTooLargeException")


def test_20_megabytes_in_chunks_are_refused_with_an_answer(server):
    headers = sigv4.headers_for(server, "DetectFaces", BODY) | {"transfer-encoding": "chunked"}
    piece = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    with Connection(server) as connection:
        connection.send_request(headers, piece * 20 + b"0\r\n\r\n", length=False)
        assert is_error(connection.read(), "ImageTooLargeException")


@pytest.mark.parametrize("size", [1, 7, 100, 10**6])
def test_chunked_bodies(server, size):
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in
                      (BODY[i:i + size] for i in range(0, len(BODY), size)))
    headers = sigv4.headers_for(server, "DetectFaces", BODY) | {"transfer-encoding": "chunked"}
    with Connection(server) as connection:
        connection.send_request(headers, chunks + b"0\r\n\r\n", length=False)
        assert connection.read().status == 200


@pytest.mark.parametrize("chunk", [b"fffffffffffffffff\r\n", b"ffffffffffffffff\r\n", b"7fffffffffffffff\r\n",
                                   b"-1\r\n", b"x\r\n", b"\r\n", b"0x10\r\n"])
def test_chunk_sizes_that_cannot_be(server, chunk):
    headers = sigv4.headers_for(server, "DetectFaces", BODY) | {"transfer-encoding": "chunked"}
    with Connection(server) as connection:
        connection.send_request(headers, chunk + b"A" * 100_000, length=False)
        assert connection.read().status == 400
