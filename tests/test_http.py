"""HTTP apart from the operations: other methods and paths, no HTTP, health, metrics, logs, clients that go away."""

import json
import re
import socket

import pytest

from support import pictures, raw_http, sigv4
from support.raw_http import Connection, call

BODY = json.dumps({"Image": {"Bytes": pictures.base64_of(pictures.file_bytes("obama.jpg"))}}).encode()


@pytest.fixture(autouse=True)
def alive_afterwards(server):
    yield
    assert server.alive()
    assert call(server, "DetectFaces", BODY).status == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "NONSENSE"])
@pytest.mark.parametrize("path", ["/", "/nothing/here"])
def test_other_methods_and_paths_get_a_typed_answer(server, method, path):
    answer = raw_http.exchange(server, {"host": "x"}, method=method, path=path)
    assert 400 <= answer.status < 500
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-amzn-requestid"])
    assert answer.code and answer.message


def test_head(server):
    with Connection(server) as connection:
        connection.send(b"HEAD / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        answer = connection.read(head_only=True)
        assert 400 <= answer.status < 500 and answer.headers["x-amzn-requestid"]


@pytest.mark.parametrize("data", [
    b"GET /\r\n\r\n", b"nonsense\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1x\r\n\r\n",
    b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
    b"POST / HTTP/1.1\r\nhost x\r\n\r\n", b"POST / HTTP/1.1\r\n: y\r\n\r\n", b"POST / HTTP/1.1\r\nho\0st: y\r\n\r\n",
    b"POST / HTTP/9.9\r\nhost: x\r\n\r\n", b"POST /" + b"a" * 200_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nhost: x\r\nx-long: " + b"a" * 200_000 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nhost: x\r\n" + b"".join(b"x-%d: y\r\n" % i for i in range(20_000)) + b"\r\n",
], ids=range(14))
def test_what_is_no_http_is_refused_with_an_answer(server, data):
    answer = raw_http.send_bytes(server, data)
    assert 400 <= answer.status < 500, answer
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-amzn-requestid"])


def test_length_and_chunks_together_are_refused(server):
    """Two servers in a row must not disagree about where a request ends."""
    headers = sigv4.headers_for(server, "DetectFaces", BODY)
    headers |= {"content-length": str(len(BODY)), "transfer-encoding": "chunked"}
    with Connection(server) as connection:
        connection.send_request(headers, BODY, length=False)
        assert connection.read().status == 400


def test_http_1_0(server):
    headers = sigv4.headers_for(server, "DetectFaces", BODY) | {"content-length": str(len(BODY))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with Connection(server) as connection:
        connection.send(f"POST / HTTP/1.0\r\n{head}\r\n".encode() + BODY)
        assert connection.read().status == 200
        assert connection.closed()


def test_clients_that_go_away(server):
    """In the head, in the body, and with the answer unread: nothing is kept of them."""
    headers = sigv4.headers_for(server, "DetectFaces", BODY) | {"content-length": str(len(BODY))}
    data = ("POST / HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n").encode() + BODY
    call(server, "DetectFaces", BODY)
    for share in (0, 10, 300, 2000, len(data) // 2, len(data) - 1, len(data)):
        for _ in range(8):
            with Connection(server) as connection:
                connection.send(data[:share])
                # An abrupt end (RST) every time: pending data is thrown away.
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    # One connection after another asks until the server has noticed all that went.
    for _ in range(2000):
        call(server, "DetectFaces", b"{}")
        if server.open_files() < 60:
            break
    assert server.open_files() < 60


def test_many_idle_connections(server):
    idle = [Connection(server) for _ in range(100)]
    try:
        assert call(server, "DetectFaces", BODY).status == 200
        headers = sigv4.headers_for(server, "DetectFaces", BODY)
        idle[57].send_request(headers, BODY)
        assert idle[57].read().status == 200
    finally:
        for connection in idle:
            connection.socket.close()


# Health, metrics, logs.

@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_needs_no_signature(server, path):
    status, _ = server.get(path)
    assert status == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_over_keep_alive(server, path):
    with Connection(server) as connection:
        for _ in range(5):
            connection.send(f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
            assert connection.read().status == 200


def test_metrics_count_requests_by_operation(server):
    def counted(operation):
        return {name: value for name, value in server.metrics().items() if f'operation="{operation}"' in name}
    before = counted("DetectFaces")
    for _ in range(3):
        call(server, "DetectFaces", BODY)
    after = counted("DetectFaces")
    assert any(after[name] - before.get(name, 0) == 3 for name in after), after


def test_metrics_are_in_prometheus_format(server):
    import urllib.request
    with urllib.request.urlopen(server.metrics_url, timeout=60) as answer:
        assert answer.headers["content-type"].startswith("text/plain")
        text = answer.read().decode()
    assert re.search(r"^# TYPE likeness_\w+ counter$", text, re.MULTILINE)
    for line in text.splitlines():
        assert line.startswith(("# HELP ", "# TYPE ")) or re.fullmatch(
            r'[a-z_]\w*(\{(\w+="[^"]*",?)*\})? (-?[0-9.e+-]+|[+-]?Inf|NaN)', line), line


def test_labels_of_metrics_are_no_input(server):
    """Memory stays bounded: what strangers write becomes no label."""
    for number in range(20):
        call(server, f"RekognitionService.Invented{number}", {})
        raw_http.exchange(server, {"host": "x"}, method="GET", path=f"/invented{number}")
    assert not [name for name in server.metrics() if "nvented" in name]


def test_metrics_are_not_on_the_public_listener(server):
    status, text = server.get("/metrics")
    assert 400 <= status < 500 and "# TYPE" not in text


def test_the_metrics_listener_serves_nothing_else(server):
    import urllib.error
    import urllib.request
    base = server.metrics_url.removesuffix("/metrics")
    for path in ("/", "/other"):
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(base + path, timeout=60)
        assert 400 <= raised.value.code < 500
    request = urllib.request.Request(base + "/", data=b"{}", headers={"x-amz-target": "RekognitionService.DetectFaces"})
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(request, timeout=60)


def test_logs_are_json_lines_without_pictures_or_secrets(server):
    answer = call(server, "DetectFaces", BODY)
    request_id = answer.headers["x-amzn-requestid"]
    # The line is written when the answer has left, so the client may be here first.
    assert server.wait_for_log(request_id), "a request is found in the log by its id"
    text = server.stderr()
    assert server.log_entries()  # every line parses
    assert server.keys[1] not in text
    picture = json.loads(BODY)["Image"]["Bytes"]
    assert not any(picture[i:i + 40] in text for i in range(0, 4000, 40))
    assert all(len(line) < 4000 for line in text.splitlines())
