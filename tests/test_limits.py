"""Limits of the front door: slow clients, too many connections, rates, and bodies that lie about their size."""

import concurrent.futures
import json
import socket

import botocore.exceptions
import pytest

from support import pictures, raw_http, sigv4
from support.raw_http import Connection
from support.server import Server

SMALL = json.dumps({"Image": {"Bytes": pictures.base64_of(pictures.jpeg(pictures.blank(80, 80)))}}).encode()


@pytest.fixture(scope="module")
def strict(module_folder):
    """Short deadlines and few connections."""
    arguments = ("--head-deadline", "1", "--body-grace", "1", "--max-connections-per-peer", "40")
    with Server(module_folder, arguments=arguments) as running:
        yield running
        assert running.alive()
        assert running.stop() == 0


def works(server) -> bool:
    return raw_http.call(server, "DetectFaces", SMALL).status == 200


def signed(server, body: bytes) -> dict[str, str]:
    return sigv4.headers_for(server, "DetectFaces", body)


def head_of(headers: dict[str, str]) -> bytes:
    return ("POST / HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())).encode()


def trickle(connection: Connection, data: bytes) -> raw_http.Answer:
    """A byte at a time until the server answers."""
    connection.socket.settimeout(0.02)
    for i in range(len(data)):
        connection.send(data[i:i + 1])
        try:
            if connection._more():
                break
        except TimeoutError:
            pass
    else:
        pytest.fail("the server took all of it")
    connection.socket.settimeout(raw_http.TIMEOUT)
    return connection.read()


def test_slow_heads_end_with_an_answer(strict):
    with Connection(strict) as connection:
        answer = trickle(connection, b"POST / HTTP/1.1\r\n" + b"x-header: y\r\n" * 1000)
        assert (answer.status, answer.code) == (400, "ThrottlingException")
        assert answer.headers["connection"] == "close" and connection.closed()
    assert works(strict)


def test_slow_bodies_end_with_an_answer(strict):
    with Connection(strict) as connection:
        connection.send(head_of(signed(strict, SMALL) | {"content-length": "100000"}) + b"\r\n")
        answer = trickle(connection, SMALL * 10)
        assert answer.code == "ThrottlingException" and "slowly" in answer.message
        assert connection.closed()
    assert works(strict)


def test_many_slow_clients_leave_room_for_others(strict):
    slow = [Connection(strict) for _ in range(20)]
    try:
        for number, connection in enumerate(slow):
            connection.send(b"POST / HTTP/1.1\r\nhost: x\r\n" + b"content-length: 9\r\n\r\nab" * (number % 2))
        assert works(strict)
        for connection in slow:
            assert connection.read().status == 400
    finally:
        for connection in slow:
            connection.socket.close()


def test_silence_is_closed(strict):
    with Connection(strict) as connection:
        assert connection.closed()


def test_one_address_has_its_share_of_connections(own_server, used_folder):
    server = own_server(used_folder, arguments=("--max-connections-per-peer", "8", "--head-deadline", "120"))
    connections = []
    for _ in range(40):  # one that has not been heard of yet may still be closed as idle
        connections.append(Connection(server))
        connections[-1].send_request(signed(server, SMALL), SMALL)
        answer = connections[-1].read()
        if answer.status != 200:
            break
        connections[-1].send(b"POST / HTTP/1.1\r\nhost: x\r\n")  # busy from now on
    assert len(connections) > 8
    assert answer.code == "ThrottlingException" and answer.headers["connection"] == "close"
    for connection in connections:
        connection.socket.close()
    assert server.client(attempts=10).detect_faces(Image={"Bytes": pictures.file_bytes("obama.jpg")})["FaceDetails"]
    assert server.stop() == 0


def test_many_idle_connections_cost_little(own_server, used_folder):
    """Over the cap the longest idle one goes, and who has something to say is served."""
    server = own_server(used_folder, arguments=("--max-connections", "300", "--max-connections-per-peer", "300",
                                                "--head-deadline", "300"))
    assert works(server)
    before = server.resident()
    idle = []
    try:
        for _ in range(600):
            idle.append(socket.create_connection((server.host, server.port), timeout=60))
        assert works(server)
        assert server.open_files() < 400
        assert server.resident() - before < 64 << 20
    finally:
        for connection in idle:
            connection.close()
    assert server.stop() == 0


# Bodies that lie.

@pytest.mark.parametrize("size", ["fffffffffffffffff", "ffffffffffffffff", "7fffffffffffffff", "-1", "0x10", "g", ""])
def test_chunk_sizes_that_are_none(strict, size):
    with Connection(strict) as connection:
        head = head_of(signed(strict, SMALL) | {"transfer-encoding": "chunked"})
        connection.send(head + b"\r\n" + size.encode() + b"\r\n" + b"a" * 100)
        answer = connection.read()
        assert answer.status == 400 and answer.code
        assert answer.headers["x-amzn-requestid"]
    assert works(strict)


@pytest.mark.parametrize("chunked", [False, True])
def test_twenty_megabytes(strict, chunked):
    body = json.dumps({"Image": {"Bytes": "A" * 20_000_000}}).encode()
    headers = signed(strict, body)
    with Connection(strict) as connection:
        if chunked:
            connection.send(head_of(headers | {"transfer-encoding": "chunked"}) + b"\r\n")
            for at in range(0, len(body), 1 << 16):
                piece = body[at:at + (1 << 16)]
                if not connection.send(b"%x\r\n%b\r\n" % (len(piece), piece)):
                    break
            connection.send(b"0\r\n\r\n")
        else:
            assert connection.send_request(headers, body)
        assert connection.read().code == "ImageTooLargeException"
    assert works(strict)


# Rates.

def codes_of(client, count: int) -> list[str]:
    codes = []
    for _ in range(count):
        try:
            client.list_collections()
            codes.append("")
        except botocore.exceptions.ClientError as error:
            codes.append(error.response["Error"]["Code"])
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return codes


def test_a_rate_for_each_key(own_server, used_folder):
    server = own_server(used_folder, arguments=("--rate-per-key", "0.01"))
    # A stranger who knows the id, and not the secret, cannot use up its rate; and health is not counted.
    for _ in range(10):
        stranger = raw_http.call(server, "ListCollections", {}, keys=(server.keys[0], "wrong"))
        assert stranger.code == "InvalidSignatureException"
        assert server.get("/healthz")[0] == 200
    codes = codes_of(server.client(), 10)
    assert codes[0] != "ThrottlingException", "a burst of one"
    assert codes[1:] == ["ThrottlingException"] * 9


def test_a_client_that_retries_gets_through(own_server, used_folder):
    server = own_server(used_folder, arguments=("--rate-per-key", "5"))
    client = server.client(attempts=10)
    picture = pictures.file_bytes("obama.jpg")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: client.detect_faces(Image={"Bytes": picture}), range(16)))
    assert all(answer["FaceDetails"] for answer in answers)


def test_a_rate_for_all(own_server, used_folder):
    server = own_server(used_folder, arguments=("--rate-global", "0.01"))
    codes = codes_of(server.client(), 10)
    assert codes[1:] == ["ProvisionedThroughputExceededException"] * 9
    answer = raw_http.call(server, "ListCollections", {})
    assert answer.message == "Provisioned Rate exceeded."
