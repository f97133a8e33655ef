"""Start and stop: keys, options, what is said on which stream, and requests that a stop finds under way."""

import configparser
import json
import re
import signal
import socket
import stat
import threading

import botocore.exceptions
import pytest

from support import pictures, raw_http, sigv4
from support.server import StartFailed, run_likeness

FACE = {"Image": {"Bytes": pictures.base64_of(pictures.file_bytes("obama.jpg"))}}
BODY = json.dumps(FACE).encode()


def works(server, **client) -> bool:
    answer = server.client(**client).detect_faces(Image={"Bytes": pictures.file_bytes("obama.jpg")})
    return len(answer["FaceDetails"]) == 1


# Keys.

def test_a_key_is_made_on_first_start_and_kept(own_server, tmp_path):
    first = own_server(keys=None)
    assert works(first)
    file = tmp_path / "data/credentials"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = file.read_text()
    parsed = configparser.ConfigParser()
    parsed.read_string(written)
    assert parsed["default"]["aws_access_key_id"] == first.keys[0] != ""
    secret = parsed["default"]["aws_secret_access_key"]
    assert len(secret) >= 40
    assert first.stop() == 0
    assert secret not in "\n".join(first.stdout) + first.stderr(), "the secret is in the file only"

    second = own_server(keys=None)
    assert file.read_text() == written and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert second.keys == first.keys and works(second)


def test_keys_differ_between_folders(own_server, tmp_path):
    one, two = own_server(tmp_path / "one", keys=None), own_server(tmp_path / "two", keys=None)
    assert one.keys[0] != two.keys[0] and one.keys[1] != two.keys[1]
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        works(two, keys=one.keys)
    assert raised.value.response["Error"]["Code"] == "UnrecognizedClientException"


def test_keys_from_the_environment(own_server, used_folder):
    keys = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    server = own_server(used_folder, keys=keys)
    assert server.keys == keys and works(server)
    assert keys[1] not in server.stderr()


@pytest.mark.parametrize("env", [{"LIKENESS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"},
                                 {"LIKENESS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}],
                         ids=["id alone", "secret alone"])
def test_half_a_key_is_refused(binary, tmp_path, env):
    done = run_likeness("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0", **env)
    assert done.returncode != 0 and done.stdout == ""
    assert "LIKENESS_ACCESS_KEY_ID" in done.stderr and "LIKENESS_SECRET_ACCESS_KEY" in done.stderr
    assert "wJalrXUtnFEMI" not in done.stderr


# What it says.

def test_what_stands_on_stdout(own_server, used_folder):
    server = own_server(used_folder)
    assert server.stop() == 0
    assert server.stdout[0] == server.url and re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*", server.url)
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*/metrics", server.metrics_url)
    assert server.stdout[1] == f"metrics {server.metrics_url}"
    assert all(isinstance(entry, dict) for entry in server.log_entries())


def test_without_metrics(own_server, used_folder):
    server = own_server(used_folder, metrics=False)
    assert works(server) and server.stop() == 0
    assert not [line for line in server.stdout if line.startswith("metrics")]


def test_a_chosen_port(own_server, used_folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = own_server(used_folder, listen=f"127.0.0.1:{port}")
    assert server.port == port and works(server)


def test_another_region(own_server, used_folder):
    server = own_server(used_folder, region="eu-central-1")
    assert works(server)
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        works(server, region="us-east-1")
    assert raised.value.response["Error"]["Code"] == "InvalidSignatureException"


def test_a_data_folder_is_made(own_server, tmp_path):
    server = own_server(tmp_path / "deep/er/data", keys=None)
    assert works(server) and (tmp_path / "deep/er/data/credentials").exists()
    assert stat.S_IMODE((tmp_path / "deep/er/data").stat().st_mode) == 0o700


# What it refuses.

def test_a_port_in_use(own_server, used_folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(StartFailed) as raised:
            own_server(used_folder, listen=address)
    assert raised.value.code not in (0, None) and raised.value.code > 0, "an exit code, not a signal"
    host, port = address.split(":")
    assert all(word in raised.value.stderr for word in (host, port, "in use"))
    assert "http://" not in raised.value.stdout


@pytest.mark.parametrize("arguments", [
    ["--listen", "nonsense"], ["--listen", "127.0.0.1"], ["--listen", "127.0.0.1:99999"], ["--listen", "127.0.0.1:-1"],
    ["--listen", "127.0.0.1:x"], ["--listen", ""], ["--listen", "127.0.0.1:0", "--no-such-option"],
    ["--listen", "127.0.0.1:0", "--metrics-listen", "nonsense"], ["--listen", "127.0.0.1:0", "surplus"],
    ["--listen", "127.0.0.1:0", "--packs", "/no/such/folder"],
], ids=" ".join)
def test_bad_options(binary, tmp_path, arguments):
    done = run_likeness("serve", "--data", tmp_path / "data", *arguments)
    assert done.returncode > 0
    assert done.stdout == ""
    wrong = next(word for word in reversed(arguments) if word != "127.0.0.1:0")
    assert wrong in done.stderr and done.stderr.strip()


def test_missing_options(binary):
    done = run_likeness("serve", "--listen", "127.0.0.1:0")
    assert done.returncode > 0 and "--data" in done.stderr


def test_a_data_folder_that_is_a_file(binary, tmp_path):
    (tmp_path / "data").write_text("x")
    done = run_likeness("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0")
    assert done.returncode > 0 and str(tmp_path / "data") in done.stderr


def test_a_data_folder_in_use(own_server, used_folder):
    """One process owns a data folder."""
    first = own_server(used_folder)
    done = run_likeness("serve", "--data", used_folder, "--listen", "127.0.0.1:0")
    assert done.returncode > 0 and done.stdout == "" and str(used_folder) in done.stderr
    assert works(first)


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["--no-such-option"]], ids=str)
def test_bad_commands(binary, arguments):
    done = run_likeness(*arguments)
    assert done.returncode > 0 and "--help" in done.stderr + done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["models", "--help"]], ids=" ".join)
def test_help(binary, arguments):
    done = run_likeness(*arguments)
    assert done.returncode == 0
    words = {"--help": ["serve", "models"], "serve": ["--data", "--listen", "--metrics-listen", "--packs", "--region"],
             "models": ["--packs"]}[arguments[0]]
    assert all(word in done.stdout for word in words)


# Stopping.

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_stop_is_graceful(own_server, used_folder, number):
    server = own_server(used_folder)
    assert works(server)
    server.signal(number)
    assert server.wait() == 0


def test_a_stop_finishes_what_was_accepted(own_server, used_folder):
    crowd, _ = pictures.collage([(portrait, 120) for portrait in pictures.PORTRAITS * 2], (1920, 1080))
    body = json.dumps({"Image": {"Bytes": pictures.base64_of(crowd)}, "Attributes": ["ALL"]}).encode()
    server = own_server(used_folder)
    connections = [raw_http.Connection(server) for _ in range(8)]
    empty = sigv4.headers_for(server, "ListCollections", b"{}")
    for connection in connections:  # each is known to the server before the stop
        connection.send_request(empty, b"{}")
        assert connection.read().headers["x-amzn-requestid"]
    headers = sigv4.headers_for(server, "DetectFaces", body)
    for connection in connections:
        assert connection.send_request(headers, body)
    answers: dict[int, raw_http.Answer] = {}
    first = threading.Event()

    def read(number: int) -> None:
        answers[number] = connections[number].read()
        first.set()

    readers = [threading.Thread(target=read, args=(number,)) for number in range(len(connections))]
    for reader in readers:
        reader.start()
    assert first.wait(300)
    server.signal()
    for reader in readers:
        reader.join()
    assert server.wait() == 0
    assert [answers[number].status for number in range(8)] == [200] * 8
    assert all(len(answer.json["FaceDetails"]) == 10 for answer in answers.values())
    for connection in connections:
        connection.socket.close()


def test_a_stop_does_not_wait_for_idle_connections(own_server, used_folder):
    server = own_server(used_folder)
    used, silent, half = (raw_http.Connection(server) for _ in range(3))
    used.send_request(sigv4.headers_for(server, "DetectFaces", BODY), BODY)
    assert used.read().status == 200
    half.send(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-")
    server.signal()
    assert server.wait() == 0
    assert used.closed() and silent.closed()
    with pytest.raises(OSError):
        raw_http.Connection(server)


def test_a_second_signal_does_no_harm(own_server, used_folder):
    server = own_server(used_folder)
    assert works(server)
    server.signal(signal.SIGTERM)
    if server.alive():
        server.signal(signal.SIGTERM)
    assert server.wait() in (0, -signal.SIGTERM, 128 + signal.SIGTERM)


def test_a_restart_gives_the_same_answers(own_server):
    """Models from the cache on disk are the same models."""
    answers = []
    for _ in range(2):
        server = own_server(keys=("AKIAIOSFODNN7EXAMPLE", "a-secret-for-both-starts-of-this-test"))
        answers.append(raw_http.call(server, "DetectFaces", FACE | {"Attributes": ["ALL"]}).json)
        assert server.stop() == 0
    assert answers[0] == answers[1]


def test_a_damaged_cache_does_no_harm(own_server, tmp_path):
    """What lies on disk for the next start may be cut off by a full disk or a power cut."""
    server = own_server()
    assert works(server) and server.stop() == 0
    blobs = [path for path in (tmp_path / "data").rglob("*") if path.is_file() and path.stat().st_size > 100_000]
    for blob in blobs:
        blob.write_bytes(blob.read_bytes()[:blob.stat().st_size // 2])
    assert works(own_server())
