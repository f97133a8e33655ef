"""The life of access keys and sessions: `likeness keys` against a running server and without one."""

import json
import os
import pathlib
import re
import signal
import socket
import stat
import subprocess
import sys
import time

import botocore.exceptions
import pytest

from support import keys, pictures, raw_http, sigv4
from support.server import BINARY, clean_environment, run_likeness
from test_auth import refused

PICTURE = pictures.png(pictures.blank(100, 100))
BODY = json.dumps({"Image": {"Bytes": pictures.base64_of(PICTURE)}}).encode()
INVALID_TOKEN = "The security token included in the request is invalid."


def send(server, credentials, **how) -> raw_http.Answer:
    return raw_http.exchange(server, sigv4.headers_for(server, "DetectFaces", BODY, keys=credentials, **how), BODY)


def works(server, credentials) -> bool:
    answer = send(server, credentials)
    if answer.status != 200:
        refused(answer, "UnrecognizedClientException")
    return answer.status == 200


def detect(server, credentials) -> list:
    return server.client(keys=credentials).detect_faces(Image={"Bytes": PICTURE})["FaceDetails"]


# Against a running server.

def test_the_life_of_a_key(server):
    first = keys.create(server.data, "--policy", "admin", "--note", "the office")
    assert re.fullmatch(r"LKIA[A-Z2-7]{16}", first[0]) and len(first[1]) == 40
    assert works(server, first), "at once"
    entry = keys.listed(server.data)[first[0]]
    assert entry["State"] == "enabled" and entry["Policies"] == ["admin"] and entry["Note"] == "the office"

    second = keys.ask(server.data, "rotate", first[0])
    second = (second["AccessKeyId"], second["SecretAccessKey"])
    assert works(server, first) and works(server, second), "clients have time to move"
    assert keys.listed(server.data)[second[0]]["RotatedFrom"] == first[0]

    keys.run(server.data, "disable", first[0])
    assert not works(server, first) and works(server, second)
    assert keys.listed(server.data)[first[0]]["State"] == "disabled"
    keys.run(server.data, "enable", first[0])
    assert works(server, first)
    keys.run(server.data, "delete", first[0])
    assert not works(server, first) and first[0] not in keys.listed(server.data)
    assert works(server, second)
    keys.run(server.data, "delete", second[0])
    assert not works(server, second)


def test_each_key_has_its_own_secret(server):
    one, two = keys.create(server.data), keys.create(server.data)
    refused(send(server, (one[0], two[1])), "InvalidSignatureException")
    refused(send(server, (two[0], one[1])), "InvalidSignatureException")


def test_the_administrators_key_is_listed_and_left_alone(server):
    assert keys.listed(server.data)[server.keys[0]]["State"] == "administrator"
    for command in ("rotate", "disable", "enable", "delete", "policies"):
        assert "LIKENESS_ACCESS_KEY_ID" in keys.run(server.data, command, server.keys[0], code=1)
    assert works(server, server.keys)


def test_text_for_people(server):
    text = keys.run(server.data, "create", "--policy", "admin")
    key, = re.findall(r"LKIA[A-Z2-7]{16}", text)
    secret, = re.findall(r"(?<= )[A-Za-z0-9+/]{40}(?=\n)", text)
    assert works(server, (key, secret)) and "once" in text
    assert key in keys.run(server.data, "list") and secret not in keys.run(server.data, "list")
    assert keys.run(server.data, "disable", key) == f"{key} is disabled\n"


@pytest.mark.parametrize(("arguments", "word"), [
    (["create", "--policy", "serach"], "serach"), (["create", "--policy", "a/b"], "a/b"),
    (["create", "--policy", "admin", "--policy", "admin"], "twice"), (["create", "--note", "n" * 300], "note"),
    (["rotate", "LKIANOBODY"], "LKIANOBODY"), (["disable", "x" * 5000], "xxx"),
    (["session", "--key", "LKIANOBODY", "--ttl", "15m"], "LKIANOBODY"),
])
def test_what_cannot_be_done_says_why(server, arguments, word):
    assert word in keys.run(server.data, *arguments, code=1)


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["create", "surplus"], ["rotate"], ["session", "--ttl", "15m"],
                                       ["create", "--no-such-option"]], ids=str)
def test_command_lines_that_are_wrong(server, arguments):
    done = run_likeness("keys", *arguments, "--data", server.data)
    assert done.returncode > 0 and done.stderr + done.stdout


def test_the_data_folder_must_be_named(binary):
    done = run_likeness("keys", "list")
    assert done.returncode > 0 and "--data" in done.stderr


# Sessions.

def test_a_session_through_boto3(server):
    key = keys.create(server.data)
    session = keys.session(server.data, key[0])
    assert re.fullmatch(r"LKSA[A-Z2-7]{16}", session[0])
    assert detect(server, session) == []
    keys.run(server.data, "disable", key[0])
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        detect(server, session)
    assert raised.value.response["Error"] == {"Code": "UnrecognizedClientException", "Message": INVALID_TOKEN}
    keys.run(server.data, "enable", key[0])
    assert detect(server, session) == []
    keys.run(server.data, "delete", key[0])
    with pytest.raises(botocore.exceptions.ClientError):
        detect(server, session)


def test_the_administrator_may_have_sessions(server):
    assert detect(server, keys.session(server.data, server.keys[0], "--ttl", "12h")) == []


def test_credential_process(server, tmp_path):
    """The AWS SDKs can call the command themselves: its JSON is what they expect of one."""
    made = keys.ask(server.data, "session", "--key", server.keys[0], "--ttl", "1h")
    assert made.keys() == {"Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    assert made["Version"] == 1
    ends = time.mktime(time.strptime(made["Expiration"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert 3500 < ends - time.time() <= 3600
    config = tmp_path / "config"
    config.write_text(f"[default]\ncredential_process = {BINARY} keys session --data {server.data} --key "
                      f"{server.keys[0]} --ttl 1h --json\n")
    code = ("import boto3, sys; c = boto3.client('rekognition', endpoint_url=sys.argv[1], region_name='us-east-1'); "
            "print(c.detect_faces(Image={'Bytes': open(sys.argv[2], 'rb').read()})['FaceDetails'])")
    (tmp_path / "blank.png").write_bytes(PICTURE)
    done = subprocess.run([sys.executable, "-c", code, server.url, str(tmp_path / "blank.png")], check=False, text=True,
                          env=clean_environment(AWS_CONFIG_FILE=str(config), HOME=str(tmp_path)), capture_output=True,
                          timeout=300)
    assert done.stdout == "[]\n", done.stderr


def test_a_token_belongs_to_its_session(server):
    one, two = (keys.session(server.data, server.keys[0]) for _ in range(2))
    assert works(server, one) and works(server, two)
    assert not works(server, one[:2]), "no token"
    assert not works(server, (*one[:2], two[2])), "another's token"
    assert not works(server, (*server.keys, one[2])), "a lasting key with a token"
    refused(send(server, (one[0], two[1], one[2])), "InvalidSignatureException")


@pytest.mark.parametrize("change", [lambda t: t[:-4], lambda t: t + "AAAA", lambda t: t[:20] + "A" * 8 + t[28:],
                                    lambda t: "", lambda t: "A" * 5000, lambda t: "FwoGZXIvYXdzEBYaDH", lambda t: "*"],
                         ids=range(7))
def test_altered_tokens(server, change):
    session = keys.session(server.data, server.keys[0])
    changed = (*session[:2], change(session[2]))
    assert refused(send(server, changed), "UnrecognizedClientException") == INVALID_TOKEN


def test_a_token_must_be_signed_and_said_once(server):
    session = keys.session(server.data, server.keys[0])
    unsigned = sigv4.headers_for(server, "DetectFaces", BODY, keys=session[:2]) | {"x-amz-security-token": session[2]}
    refused(raw_http.exchange(server, unsigned, BODY), "InvalidSignatureException")
    headers = sigv4.headers_for(server, "DetectFaces", BODY, keys=session)
    lines = [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"x-amz-security-token: {session[2]}", f"content-length: {len(BODY)}"]
    answer = raw_http.send_bytes(server, "\r\n".join(["POST / HTTP/1.1", *lines, "", ""]).encode() + BODY)
    refused(answer, "IncompleteSignatureException")


def test_a_session_in_a_presigned_url(server):
    session = keys.session(server.data, server.keys[0])
    headers = {"host": f"{server.host}:{server.port}", "x-amz-target": "RekognitionService.DetectFaces"}
    target = sigv4.Signer(session).presigned(headers, "UNSIGNED-PAYLOAD")
    assert raw_http.exchange(server, headers, BODY, path=target).status == 200
    target = sigv4.Signer(session[:2]).presigned(headers, "UNSIGNED-PAYLOAD")
    refused(raw_http.exchange(server, headers, BODY, path=target), "UnrecognizedClientException")


def test_expired_sessions(server):
    """Made by hand, since the command makes none: the form of a token is what docs/authentication.md says."""
    now = time.time()
    made = {"key": "LKSAABCDEFGHIJKLMNOP", "secret": "a-secret-of-this-test", "parent": server.keys[0],
            "policies": ("admin",), "created": now - 7200}
    good = keys.session_token(server.data, **made, expires=now + 600)
    assert works(server, (made["key"], made["secret"], good))
    over = keys.session_token(server.data, **made, expires=now - 1)
    answer = send(server, (made["key"], made["secret"], over))
    assert refused(answer, "ExpiredTokenException") == "The security token included in the request is expired"
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        detect(server, (made["key"], made["secret"], over))
    assert raised.value.response["Error"]["Code"] == "ExpiredTokenException"
    orphan = keys.session_token(server.data, **(made | {"parent": "LKIANOBODY"}), expires=now + 600)
    assert not works(server, (made["key"], made["secret"], orphan))


@pytest.mark.parametrize("ttl", ["14m", "899s", "12h1", "13h", "721m", "0s", "-15m", "15", "forever"])
def test_lifetimes_that_cannot_be(server, ttl):
    assert "likeness: " in keys.run(server.data, "session", "--key", server.keys[0], f"--ttl={ttl}", code=1)


def test_a_session_has_no_policy_that_its_key_has_not(server):
    key = keys.create(server.data, "--policy", "search", "--policy", "enroll")
    assert "admin" in keys.run(server.data, "session", "--key", key[0], "--ttl", "15m", "--policy", "admin", code=1)
    assert keys.session(server.data, key[0], "--ttl", "15m", "--policy", "search")
    keys.run(server.data, "policies", key[0], "--policy", "read-only")
    assert keys.listed(server.data)[key[0]]["Policies"] == ["read-only"]


# Without a server, and from one to the next.

def test_without_a_server(own_server, used_folder):
    data = used_folder
    before = keys.create(data)
    assert keys.listed(data)[before[0]]["State"] == "enabled"
    with own_server(data) as running:
        assert works(running, before)
        during = keys.create(data)
        session = keys.session(data, during[0], "--ttl", "1h")
        assert works(running, during) and works(running, session)
        assert running.stop() == 0
    assert keys.listed(data).keys() >= {before[0], during[0]}
    keys.run(data, "disable", before[0])
    with own_server(data) as running:
        assert not works(running, before)
        assert works(running, during) and works(running, session), "keys and sessions survive a restart"
        running.process.kill()
        running.process.wait()
    assert (data / "control.sock").exists(), "what a killed server leaves"
    assert keys.listed(data)[before[0]]["State"] == "disabled"
    keys.run(data, "delete", before[0])
    (data / "control.sock").unlink()  # the folder is for other tests too, and they copy it


def test_without_a_server_no_administrator_is_made_up(tmp_path):
    """The server may have its administrator from an environment that the command does not see."""
    data = tmp_path / "data"
    data.mkdir()
    key = keys.create(data)
    assert not (data / "credentials").exists() and list(keys.listed(data)) == [key[0]]


def test_a_folder_that_is_not_there(tmp_path):
    assert str(tmp_path / "none") in keys.run(tmp_path / "none", "list", code=1)
    assert not (tmp_path / "none").exists()


def test_no_secret_lies_in_clear_anywhere(own_server, tmp_path):
    with own_server(tmp_path / "data", arguments=("--log-level", "debug")) as running:
        key = keys.create(running.data)
        session = keys.session(running.data, key[0])
        rotated = keys.ask(running.data, "rotate", key[0])
        assert works(running, key) and works(running, session)
        refused(send(running, (key[0], "wrong")), "InvalidSignatureException")
        said = keys.run(running.data, "list") + keys.run(running.data, "list", "--json")
        hidden = [key[1], session[1], session[2], rotated["SecretAccessKey"], running.keys[1]]
        assert running.stop() == 0
        said += running.stderr() + "\n".join(running.stdout)
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert any(key[0].encode() in path.read_bytes() for path in files), "these are the right files: its id is there"
    for secret in hidden:
        assert secret not in said
        for path in files:
            assert secret.encode() not in path.read_bytes(), path


# The control socket.

def test_the_socket_is_for_its_owner(server):
    path = server.data / "control.sock"
    assert stat.S_ISSOCK(path.stat().st_mode) and stat.S_IMODE(path.stat().st_mode) == 0o600


STRANGER = """
import os, socket, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
peer = socket.socket(socket.AF_UNIX)
peer.settimeout(60)
peer.connect(f"/proc/self/fd/{sys.argv[1]}/control.sock")
request = b"keys list"
text = len(request).to_bytes(4, "big") + request
try:
    peer.sendall(b"LKC1" + len(text).to_bytes(4, "big") + text)
    print(peer.recv(1000))
except ConnectionError:
    print(b"")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_stranger_is_not_heard_even_where_modes_let_him_in(server):
    modes = {path: path.stat().st_mode for path in (server.data, server.data / "control.sock")}
    folder = os.open(server.data, os.O_PATH)
    try:
        server.data.chmod(0o755)
        (server.data / "control.sock").chmod(0o666)
        done = subprocess.run(["/usr/bin/python3", "-c", STRANGER, str(folder)], pass_fds=[folder], text=True,
                              capture_output=True, timeout=120, check=False)
    finally:
        os.close(folder)
        for path, mode in modes.items():
            path.chmod(stat.S_IMODE(mode))
    assert done.stdout == "b''\n", done.stderr
    assert server.wait_for_log("control_refused")


def connection_to(data: pathlib.Path) -> socket.socket:
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(60)
    folder = os.open(data, os.O_PATH)
    peer.connect(f"/proc/self/fd/{folder}/control.sock")
    os.close(folder)
    return peer


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\n\r\n", b"LKC1\xff\xff\xff\xff", b"LKC1\0\0\0\2ab",
                                     b"LKC1\0\0\0\0"])
def test_garbage_on_the_socket(server, garbage):
    with connection_to(server.data) as peer:
        peer.sendall(garbage)
        answer = peer.recv(4096)
    assert answer.startswith(b"LKC1") and b"failed" in answer
    assert keys.listed(server.data)


def test_a_command_that_goes_away_harms_nobody(server):
    for data in (b"", b"LKC1", b"LKC1\0\0\0\x0d\0\0\0\x09keys list"):
        with connection_to(server.data) as peer:
            peer.sendall(data)
    assert keys.listed(server.data)


def test_a_stop_takes_the_socket_away(own_server, used_folder):
    with own_server(used_folder) as running:
        assert (used_folder / "control.sock").exists()
        running.signal(signal.SIGTERM)
        assert running.wait() == 0
    assert not (used_folder / "control.sock").exists()
