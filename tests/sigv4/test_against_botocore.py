"""Our SigV4 against botocore's signer: what it signs we accept, and we would have signed it the same way.

Drives sigv4_tool (src/sigv4/sigv4_tool.cc), in the build folder LIKENESS_BUILD (by default the release build).
"""

import base64
import datetime
import hashlib
import os
import pathlib
import random
import subprocess

import botocore.auth
import pytest
from botocore.auth import S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import vectors

KEY, SECRET, REGION, SERVICE = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "rekognition"
ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = os.environ.get("LIKENESS_BUILD", str(ROOT / "build/release")) + "/src/sigv4/sigv4_tool"

BOTO3 = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "RekognitionService.DetectFaces"}
JAVASCRIPT = {
    "amz-sdk-invocation-id": "c9a5b0f2-6a6e-4d2e-8f5e-0c1d2e3f4a5b",
    "amz-sdk-request": "attempt=1; max=3",
    "content-length": "26",
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "RekognitionService.DetectFaces",
    "x-amz-user-agent": "aws-sdk-js/3.1142.0",
}


class Tool:
    def __init__(self):
        self.process = subprocess.Popen(
            [TOOL, KEY, SECRET, REGION, SERVICE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, method, target, headers, body):
        lines = [method, target, str(len(headers))]
        lines += [f"{name}: {value}" for name, value in headers]
        self.process.stdin.write("\n".join([*lines, body.hex()]) + "\n")
        self.process.stdin.flush()
        answers = [self.process.stdout.readline().rstrip("\n") for _ in range(3)]
        return answers[0], base64.b64decode(answers[1].split(" ", 1)[1]).decode(), answers[2].split(" ", 1)[1]

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=30) == 0


@pytest.fixture(scope="module")
def tool():
    running = Tool()
    yield running
    running.close()


def sign(method, target, headers, body, secret=SECRET, region=REGION, service=SERVICE):
    """The request as botocore would send it, and its canonical request."""
    request = AWSRequest(method=method, url="http://localhost:8080" + target, data=body)
    for name, value in headers:
        request.headers.add_header(name, value)
    signer = SigV4Auth(Credentials(KEY, secret), service, region)
    signer.add_auth(request)
    sent = [("Host", "localhost:8080"), *request.headers.items()]
    del request.headers["Authorization"]  # it was not there when botocore made the canonical request
    return sent, signer.canonical_request(request)


def presign(method, target, headers, *, expires=900, token=None, signer=SigV4QueryAuth):
    """The target as botocore would presign it (it would move a body into the query, so there is none), and the
    canonical request."""
    request = AWSRequest(method=method, url="http://localhost:8080" + target)
    for name, value in headers:
        request.headers.add_header(name, value)
    signer = signer(Credentials(KEY, SECRET, token), SERVICE, REGION, expires)
    seen = []
    signer.string_to_sign = lambda request, canonical: (seen.append(canonical),
                                                        SigV4Auth.string_to_sign(signer, request, canonical))[1]
    signer.add_auth(request)
    return request.url.removeprefix("http://localhost:8080"), seen[0]


def expect_accepted(tool, method, target, headers, body):
    sent, canonical = sign(method, target, headers, body)
    verdict, our_canonical, our_authorization = tool.ask(method, target, sent, body)
    assert our_canonical == canonical
    assert verdict == "ok"
    assert our_authorization == dict(sent)["Authorization"]


@pytest.mark.parametrize("headers", [BOTO3, JAVASCRIPT, {}], ids=["boto3", "javascript", "bare"])
@pytest.mark.parametrize("body", [b'{"Image":{"Bytes":"YWJj"}}', b"", bytes(range(256)) * 64])
def test_header_sets_and_bodies(tool, headers, body):
    expect_accepted(tool, "POST", "/", list(headers.items()), body)


@pytest.mark.parametrize(
    "target",
    [
        "/", "//", "/a/b/", "/a/../b", "/a/./b", "/a//b", "/../..", "/a%20b/c%2Fd", "/-._~/", "/a*b", "/%E1%88%B4",
        "/?a=1", "/?b=2&a=1", "/?a=2&a=1", "/?a", "/?a=&b", "/?a-b=1&a=2", "/?key=a%20b%2Fc", "/?X=1&x=2",
    ],
)
def test_targets(tool, target):
    expect_accepted(tool, "GET", target, [], b"")


@pytest.mark.parametrize(
    "headers",
    [
        [("X-Custom", "  spaces   inside  ")],
        [("X-Custom", "tab\tinside")],
        [("X-Custom", "one"), ("X-Custom", "two"), ("x-custom", "three")],
        [("x-UPPER-and-lower", "MiXed")],
        [("X-Custom", "")],
        [("X-Amz-Custom", "a,b; c=\"d  e\"")],
    ],
)
def test_headers(tool, headers):
    expect_accepted(tool, "POST", "/", headers, b"body")


def test_random_requests(tool):
    randomly = random.Random(3)

    def text(alphabet, longest):
        return "".join(randomly.choice(alphabet) for _ in range(randomly.randint(0, longest)))

    for _ in range(500):
        target = "/" + text("ab./~-_*%", 12).replace("%", "%2B")
        if randomly.random() < 0.5:
            pairs = [text("abAB-._~", 3) + "x=" + text("ab01", 4) for _ in range(randomly.randint(1, 4))]
            target += "?" + "&".join(pairs)
        headers = [("X-" + text("aAbB", 2), text("ab ,;=", 8)) for _ in range(randomly.randint(0, 5))]
        expect_accepted(tool, randomly.choice(["GET", "POST", "PUT"]), target, headers, text("abc{}", 40).encode())


@pytest.mark.parametrize("token", [None, "AQoDYXdzEPT//+a=b"])
def test_session_tokens(tool, token):
    request = AWSRequest(method="POST", url="http://localhost:8080/", data=b"body", headers=dict(BOTO3))
    SigV4Auth(Credentials(KEY, SECRET, token), SERVICE, REGION).add_auth(request)
    sent = [("Host", "localhost:8080"), *request.headers.items()]
    verdict, _, ours = tool.ask("POST", "/", sent, b"body")
    assert verdict == "ok" and ours == dict(sent)["Authorization"]
    assert ("x-amz-security-token" in ours) == (token is not None)


def test_unsigned_payload(tool):
    headers = [*BOTO3.items(), ("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD")]
    sent, canonical = sign("POST", "/", headers, b"body")
    assert canonical.endswith("UNSIGNED-PAYLOAD")
    for body in (b"body", b"another", b""):
        verdict, our_canonical, our_authorization = tool.ask("POST", "/", sent, body)
        assert (verdict, our_canonical, our_authorization) == ("ok", canonical, dict(sent)["Authorization"])


@pytest.mark.parametrize("target", ["/", "/?b=2&a=1", "/a%20b/?x=%2F", "/?a"])
@pytest.mark.parametrize("token", [None, "AQoDYXdzEPT//+a=b"])
@pytest.mark.parametrize("headers", [[], list(BOTO3.items())], ids=["bare", "boto3"])
def test_presigned(tool, target, token, headers):
    presigned, canonical = presign("POST", target, headers, token=token)
    verdict, our_canonical, our_target = tool.ask("POST", presigned, [("Host", "localhost:8080"), *headers], b"")
    assert (verdict, our_canonical, our_target) == ("ok", canonical, presigned)


def test_presigned_with_a_body(tool):
    for claim in ("UNSIGNED-PAYLOAD", hashlib.sha256(b"body").hexdigest()):
        headers = [*BOTO3.items(), ("X-Amz-Content-SHA256", claim)]
        presigned, canonical = presign("POST", "/", headers)
        sent = [("Host", "localhost:8080"), *headers]
        assert tool.ask("POST", presigned, sent, b"body") == ("ok", canonical, presigned)
        assert (tool.ask("POST", presigned, sent, b"another")[0] == "ok") == (claim == "UNSIGNED-PAYLOAD")


def test_presigned_before_its_body_is_known(tool):
    """As botocore does for Amazon S3: UNSIGNED-PAYLOAD ends the canonical request, and nothing in the URL says so."""
    headers = list(BOTO3.items())
    presigned, canonical = presign("POST", "/", headers, signer=S3SigV4QueryAuth)
    assert canonical.endswith("UNSIGNED-PAYLOAD")
    assert tool.ask("POST", presigned, [("Host", "localhost:8080"), *headers], b"any")[0] == "ok"


def test_refuses_a_presigned_query_that_was_changed(tool):
    presigned, _ = presign("POST", "/?a=1", [], token="token")
    host = [("Host", "localhost:8080")]
    mismatch = "failed The request signature we calculated does not match"
    assert tool.ask("POST", presigned, host, b"")[0] == "ok"
    for old, new in [("a=1", "a=2"), ("Expires=900", "Expires=901"), ("Token=token", "Token=other")]:
        assert old in presigned
        assert tool.ask("POST", presigned.replace(old, new), host, b"")[0].startswith(mismatch)
    assert tool.ask("GET", presigned, host, b"")[0].startswith(mismatch)
    assert tool.ask("POST", presigned, host, b"body")[0].startswith(mismatch)


@pytest.mark.parametrize("vector", [one for one in vectors.read() if not one.botocore], ids=lambda one: one.name)
def test_vectors(vector, monkeypatch):
    """That the file's values, which src/sigv4/vectors_test.cc is held against, are botocore's."""
    target = vector.target
    if vector.presigned:
        target = target[:target.index("X-Amz-Algorithm") - 1]
    request = AWSRequest(method=vector.method, url=f"http://{vectors.HOST}{target}", data=vector.body.encode())
    for name, value in vector.headers:
        if name != "Host":
            request.headers.add_header(name, value)
    credentials = Credentials(vectors.KEY, vectors.SECRET, vector.token)
    if vector.presigned:
        request.data = b""
        signer = SigV4QueryAuth(credentials, vectors.SERVICE, vectors.REGION, vector.presigned)
        moment = datetime.datetime.strptime(vectors.DATE, "%Y%m%dT%H%M%SZ")
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: moment)
        signer.string_to_sign = lambda request, canonical: (seen.append(canonical),
                                                            SigV4Auth.string_to_sign(signer, request, canonical))[1]
        seen = []
        signer.add_auth(request)
        assert seen == [vector.canonical]
        assert request.url == f"http://{vectors.HOST}{vector.target}"
        assert vector.target.endswith("X-Amz-Signature=" + vector.signature)
        return
    signer = SigV4Auth(credentials, vectors.SERVICE, vectors.REGION)
    request.context["timestamp"] = vectors.DATE
    canonical = signer.canonical_request(request)
    assert canonical == vector.canonical
    assert signer.signature(signer.string_to_sign(request, canonical), request) == vector.signature


def test_the_vectors_cover_what_the_public_suite_covers():
    names = {one.name for one in vectors.read()}
    assert len(names) == len(vectors.read()) > 40
    assert {"get-vanilla", "get-vanilla-query-order-key", "get-vanilla-query-order-value", "get-vanilla-utf8-query",
            "get-unreserved", "get-utf8", "get-space", "get-header-key-duplicate", "get-header-value-order",
            "get-header-value-trim", "get-header-value-multiline", "get-relative", "get-slash-dot-slash", "get-slashes",
            "post-x-www-form-urlencoded", "post-sts-header-before", "post-sts-header-after"} <= names


def test_refuses_what_was_changed(tool):
    sent, _ = sign("POST", "/", list(BOTO3.items()), b"body")
    assert tool.ask("POST", "/", sent, b"body")[0] == "ok"
    mismatch = "failed The request signature we calculated does not match"
    assert tool.ask("POST", "/", sent, b"Body")[0].startswith(mismatch)
    assert tool.ask("PUT", "/", sent, b"body")[0].startswith(mismatch)
    assert tool.ask("POST", "/x", sent, b"body")[0].startswith(mismatch)
    changed = [(name, "RekognitionService.DeleteFaces" if name == "X-Amz-Target" else value) for name, value in sent]
    assert tool.ask("POST", "/", changed, b"body")[0].startswith(mismatch)


def test_refuses_another_secret_region_or_service(tool):
    for wrong, message in [
        ({"secret": "other"}, "failed The request signature"),
        ({"region": "eu-west-1"}, "failed Credential should be scoped to a valid region"),
        ({"service": "s3"}, "failed Credential should be scoped to correct service"),
    ]:
        sent, _ = sign("POST", "/", list(BOTO3.items()), b"body", **wrong)
        assert tool.ask("POST", "/", sent, b"body")[0].startswith(message)
