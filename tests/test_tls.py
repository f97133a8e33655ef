"""TLS: the certificate of `likeness tls init`, who is let in with which version, and new certificates without a restart."""

import json
import pathlib
import signal
import socket
import ssl
import stat
import time

import botocore.exceptions
import pytest

from support import pictures, raw_http
from support.server import Server, StartFailed, run_likeness


def tls_init(data: pathlib.Path, *names: str) -> pathlib.Path:
    """The folder with the certificates."""
    done = run_likeness("tls", "init", "--data", data, *(part for name in names for part in ("--name", name)))
    assert done.returncode == 0, done.stderr
    assert f"AWS_CA_BUNDLE={data}/tls/ca.pem" in done.stdout
    return data / "tls"


def files_of(folder: pathlib.Path) -> tuple:
    return ("--tls-cert", folder / "server.pem", "--tls-key", folder / "server-key.pem")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tls_init(tmp_path_factory.mktemp("tls"), "photos.example")


@pytest.fixture(scope="module")
def secure(module_folder, folder):
    with Server(module_folder, arguments=files_of(folder), authority=folder / "ca.pem") as running:
        yield running
        assert running.stop() == 0


def detects(server) -> bool:
    answer = server.client().detect_faces(Image={"Bytes": pictures.file_bytes("obama.jpg")})
    return len(answer["FaceDetails"]) == 1


def connect(server, context: ssl.SSLContext, name: str | None = None) -> ssl.SSLSocket:
    return context.wrap_socket(socket.create_connection((server.host, server.port), timeout=60),
                               server_hostname=name or server.host)


def shown(server) -> bytes:
    """The certificate that a new connection gets."""
    with connect(server, ssl.create_default_context(cafile=server.authority)) as connection:
        return connection.getpeercert(binary_form=True)


def wait_until(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_files_are_private(folder):
    assert {path.name for path in folder.iterdir()} == {"ca.pem", "ca-key.pem", "server.pem", "server-key.pem"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())


def test_boto3_with_the_authority(secure):
    assert secure.url.startswith("https://127.0.0.1:")
    assert secure.metrics_url.startswith("http://"), "on loopback a scraper needs no certificate"
    assert detects(secure)
    assert secure.get("/healthz") == (200, "ok\n")


def test_boto3_without_the_authority_refuses_us(secure):
    with pytest.raises(botocore.exceptions.SSLError):
        secure.client(trusting=False).detect_faces(Image={"Bytes": b"x"})


@pytest.mark.parametrize("name", ["localhost", "photos.example", "127.0.0.1"])
def test_names_of_the_certificate(secure, name):
    with connect(secure, secure.tls, name) as connection:
        assert connection.version() == "TLSv1.3"


def test_another_name_is_not_ours(secure):
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(secure, secure.tls, "other.example")


def context_of(server, version: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=server.authority)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    return context


def test_tls_1_2(secure):
    with connect(secure, context_of(secure, ssl.TLSVersion.TLSv1_2)) as connection:
        assert connection.version() == "TLSv1.2" and connection.cipher()[0].startswith("ECDHE-")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_older_versions_are_refused(secure, version):
    with pytest.raises(ssl.SSLError):
        connect(secure, context_of(secure, version))
    assert detects(secure)


def test_http_in_the_clear_gets_an_answer(secure):
    with socket.create_connection((secure.host, secure.port), timeout=60) as clear:
        clear.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}")
        data = b"".join(iter(lambda: clear.recv(65536), b""))
    assert data.startswith(b"HTTP/1.1 400 ") and b"https" in data


def failed_handshakes(server) -> float:
    return server.metrics()['likeness_tls_handshakes_total{listener="api",reason="failed"}']


def test_garbage_and_silence_do_no_harm(secure):
    before = failed_handshakes(secure)
    silent = [socket.create_connection((secure.host, secure.port), timeout=60) for _ in range(50)]
    for garbage in (b"\0" * 100, b"\x16\x03\x01\xff\xff" + b"a" * 70000, b"SSH-2.0-OpenSSH_9.2\r\n"):
        with socket.create_connection((secure.host, secure.port), timeout=60) as connection:
            try:
                connection.sendall(garbage)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
            except OSError:
                pass  # the server has closed before it was all sent
    assert detects(secure)
    for connection in silent:
        connection.close()
    wait_until(lambda: failed_handshakes(secure) >= before + 3)


def test_a_refusal_is_seen_by_who_still_sends(secure):
    """20 MB through TLS: the answer comes, on the same connection."""
    body = json.dumps({"Image": {"Bytes": "A" * 20_000_000}}).encode()
    headers = {"host": "x", "x-amz-target": "RekognitionService.DetectFaces"}
    with raw_http.Connection(secure) as connection:
        for _ in range(2):
            assert connection.send_request(headers, body)
            assert connection.read().code == "MissingAuthenticationTokenException"


def test_a_new_certificate_without_a_restart(own_server, used_folder, tmp_path):
    folder = tls_init(tmp_path / "certificates")
    server = own_server(used_folder, arguments=files_of(folder), authority=folder / "ca.pem")
    first = shown(server)
    with raw_http.Connection(server) as kept:
        kept.send(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        assert kept.read().status == 200
        tls_init(tmp_path / "certificates")
        server.signal(signal.SIGHUP)
        wait_until(lambda: shown(server) != first)
        kept.send(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        assert kept.read().status == 200, "a connection outlives its certificate"

    second = shown(server)
    (folder / "server.pem").write_text("broken")
    server.signal(signal.SIGHUP)
    assert server.wait_for_log("tls_certificate_kept")
    assert shown(server) == second and detects(server)
    assert server.stop() == 0


def test_plain_http_off_loopback_needs_to_be_allowed(own_server, used_folder):
    with pytest.raises(StartFailed) as raised:
        own_server(used_folder, listen="0.0.0.0:0")
    assert raised.value.code == 1
    assert "--allow-plain-http" in raised.value.stderr and "--tls-cert" in raised.value.stderr
    server = own_server(used_folder, listen="0.0.0.0:0", arguments=("--allow-plain-http",))
    assert server.get("/healthz")[0] == 200


def test_tls_off_loopback_needs_no_permission(own_server, used_folder, folder):
    server = own_server(used_folder, listen="0.0.0.0:0", metrics=False, arguments=files_of(folder))
    assert server.url.startswith("https://0.0.0.0:")


@pytest.mark.parametrize("arguments", [("--tls-cert", "/nonexistent.pem"), ("--tls-key", "/nonexistent.pem"),
                                       ("--tls-cert", "/nonexistent.pem", "--tls-key", "/nonexistent.pem")])
def test_a_certificate_that_is_not_there(used_folder, arguments):
    done = run_likeness("serve", "--data", used_folder, "--listen", "127.0.0.1:0", *arguments)
    assert done.returncode != 0 and done.stdout == ""
    assert "/nonexistent.pem" in done.stderr or "--tls-" in done.stderr


def test_names_that_are_none(binary, tmp_path):
    done = run_likeness("tls", "init", "--data", tmp_path / "data", "--name", "not a host")
    assert done.returncode == 1 and "not a host" in done.stderr
