"""Our SigV4 against botocore's signer: what it signs we accept, and we would have signed it the same way.

Drives sigv4_tool (src/sigv4/sigv4_tool.cc), in the build folder LIKENESS_BUILD (by default the release build).
"""

import base64
import os
import pathlib
import random
import subprocess

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

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
