"""The audit file as an operator collects it, and the trace id that binds a request's log line, record and answer."""

import json
import pathlib
import re
import signal
import stat
import time

import botocore.exceptions
import pytest

from support import pictures, raw_http

PICTURE = pictures.file_bytes("obama.jpg")
FACE = {"Image": {"Bytes": pictures.base64_of(PICTURE)}}
ROOT_ID = "1-5759e988-bd862e3fe1be46a994272793"


def records(file: pathlib.Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.fixture
def audited(own_server, used_folder, tmp_path):
    file = tmp_path / "audit.json"
    return own_server(used_folder, arguments=("--audit-file", str(file), "--account", "123456789012")), file


def test_a_record_has_cloudtrails_members_and_no_picture(audited):
    server, file = audited
    answer = server.client().detect_faces(Image={"Bytes": PICTURE}, Attributes=["ALL"])
    record, = records(file)
    assert record["eventVersion"] == "1.08"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["eventTime"])
    assert record["eventSource"] == "rekognition.amazonaws.com"
    assert record["eventName"] == "DetectFaces"
    assert record["awsRegion"] == "us-east-1"
    assert record["sourceIPAddress"] == "127.0.0.1"
    assert record["userAgent"].startswith("Boto3/")
    assert record["requestParameters"] == {"image": {"bytes": {"bytes": len(PICTURE)}}, "attributes": ["ALL"]}
    assert record["responseElements"] is None and record["readOnly"] is True
    assert record["requestID"] == answer["ResponseMetadata"]["RequestId"]
    assert re.fullmatch(r"[0-9a-f-]{36}", record["eventID"])
    assert record["eventType"] == "AwsApiCall"
    assert record["recipientAccountId"] == "123456789012"
    assert record["userIdentity"] == {
        "type": "IAMUser", "principalId": server.keys[0], "arn": f"arn:aws:iam::123456789012:user/{server.keys[0]}",
        "accountId": "123456789012", "accessKeyId": server.keys[0]}
    assert "errorCode" not in record
    text = file.read_text()
    assert server.keys[1] not in text and FACE["Image"]["Bytes"][:40] not in text and "Signature=" not in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_refused_request_is_recorded_with_its_error(audited):
    server, file = audited
    with pytest.raises(botocore.exceptions.ClientError):
        server.client().detect_faces(Image={"Bytes": b"no picture"})
    record, = records(file)
    assert record["errorCode"] == "InvalidImageFormatException" and record["errorMessage"]
    assert record["requestParameters"]["image"] == {"bytes": {"bytes": 10}}


def test_who_is_not_proven_leaves_no_record(audited):
    server, file = audited
    for keys in ((server.keys[0], "wrong"), ("AKIASTRANGER", "x")):
        assert raw_http.call(server, "DetectFaces", FACE, keys=keys).status == 400
    assert raw_http.exchange(server, {"host": "x"}, b"{}").status == 400
    assert file.read_text() == ""


def test_a_malformed_body_is_recorded_as_null(audited):
    server, file = audited
    assert raw_http.call(server, "DetectFaces", b'{"Image":').code == "SerializationException"
    assert records(file)[0]["requestParameters"] is None


def test_rotation(audited):
    server, file = audited
    raw_http.call(server, "DetectFaces", {})
    old = file.rename(file.with_suffix(".1"))
    server.process.send_signal(signal.SIGHUP)
    assert server.wait_for_log('"reloaded"')
    raw_http.call(server, "DetectFaces", {})
    assert len(records(old)) == 1 and len(records(file)) == 1


def test_a_file_that_cannot_be_made_stops_the_start(binary, tmp_path):
    from support.server import run_likeness
    done = run_likeness("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0", "--audit-file",
                        tmp_path / "no/such/folder")
    assert done.returncode == 1 and "audit file" in done.stderr


def test_a_full_disk_is_logged_and_counted_and_requests_go_on(own_server, used_folder):
    server = own_server(used_folder, arguments=("--audit-file", "/dev/full"))
    assert raw_http.call(server, "DetectFaces", FACE).status == 200
    assert server.wait_for_log('"audit_failed"')
    assert server.metrics()['likeness_audit_records_total{result="failed"}'] == 1


def test_a_full_disk_stops_requests_if_records_are_required(own_server, used_folder, tmp_path):
    config = tmp_path / "likeness.toml"
    config.write_text("[audit]\nfile = '/dev/full'\nrequired = true\n")
    server = own_server(used_folder, arguments=("--config", str(config)))
    first, second = (raw_http.call(server, "DetectFaces", FACE) for _ in range(2))
    assert (first.status, first.code) == (500, "InternalServerError"), "its record was not written, so it has no answer"
    assert (second.status, second.code) == (500, "InternalServerError"), "refused before it runs"
    # With room again, all goes on, and what waited is written.
    file = tmp_path / "audit.json"
    config.write_text(f"[audit]\nfile = '{file}'\nrequired = true\n")
    server.process.send_signal(signal.SIGHUP)
    assert server.wait_for_log('"changed":"audit.file"')
    assert raw_http.call(server, "DetectFaces", FACE).status == 200
    assert [record["requestID"] for record in records(file)][0] == first.headers["x-amzn-requestid"]
    assert len(records(file)) == 2


# The trace id.

def traced(server, header: str | None) -> tuple[str, dict]:
    """The answer's trace header and the request's line in the log."""
    extra = {} if header is None else {"x-amzn-trace-id": header}
    answer = raw_http.call(server, "DetectFaces", {}, extra=extra)
    request_id = answer.headers["x-amzn-requestid"]
    deadline = time.monotonic() + 60
    while True:
        lines = [entry for entry in server.log_entries() if entry.get("id") == request_id]
        if lines:
            return answer.headers["x-amzn-trace-id"], lines[0]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_trace_id_comes_back_and_stands_in_the_log(server):
    sent = f"Root={ROOT_ID};Parent=53995c3f42cd8ad8;Sampled=1"
    header, line = traced(server, sent)
    assert header == sent and line["trace"] == sent
    header, _ = traced(server, f"Self=1-67891234-12456789abcdef012345678;Root={ROOT_ID};Lineage=a:1|b:2")
    assert header == f"Root={ROOT_ID}"


@pytest.mark.parametrize("header", [None, "", "nonsense", f"Root={ROOT_ID};Sampled=7", "Root=1-5759e988-short",
                                    f"Root={ROOT_ID};x=" + "y" * 600])
def test_otherwise_one_is_made(server, header):
    made, line = traced(server, header)
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", made) and ROOT_ID not in made
    assert line["trace"] == made
    assert abs(int(made[7:15], 16) - time.time()) < 3600


def test_errors_before_the_signature_have_one_too(server):
    assert raw_http.exchange(server, {"host": "x"}, b"{}").headers["x-amzn-trace-id"].startswith("Root=1-")


def test_the_record_has_the_trace_id(audited):
    server, file = audited
    raw_http.call(server, "DetectFaces", {}, extra={"x-amzn-trace-id": f"Root={ROOT_ID}"})
    assert records(file)[0]["additionalEventData"] == {"traceId": f"Root={ROOT_ID}"}
