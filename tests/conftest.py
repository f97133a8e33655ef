"""What every test file gets: one server for the session, clients of it, and servers of one's own.

The session's server must be there, healthy and tidy at the end: it has to stop with exit code 0, which under
AddressSanitizer also means without a leak.
"""

import shutil

import pytest

from support import pictures
from support.server import BINARY, Server, is_asan


def pytest_addoption(parser):
    parser.addoption("--nightly", action="store_true", help="collect tests/nightly too: what is too long for a commit")
    parser.addoption("--collections", action="store_true",
                     help="operations on collections must work; without it, tests that need them may skip")


def pytest_ignore_collect(collection_path, config):
    if collection_path.name == "nightly" and not config.getoption("--nightly"):
        return True
    return None


def pytest_report_header(config):
    return f"likeness: {BINARY}"


@pytest.fixture(scope="session")
def binary():
    if not BINARY.exists():
        pytest.exit(f"{BINARY} is not there; `make build` makes it", returncode=2)
    return BINARY


@pytest.fixture(scope="session")
def server(binary, tmp_path_factory):
    with Server(tmp_path_factory.mktemp("session") / "data") as running:
        yield running
        assert running.alive(), f"the server died during the tests: {running.stderr()[-4000:]}"
        assert running.stop() == 0, running.stderr()[-4000:]


@pytest.fixture(scope="session")
def client(server):
    """Stock boto3 that never retries, so each answer is seen."""
    return server.client()


@pytest.fixture(scope="session")
def careless_client(server):
    """boto3 without its own checks, so that the server's are reached."""
    return server.client(validate=False)


@pytest.fixture(scope="session")
def patient_client(server):
    """boto3 as applications use it: with retries."""
    return server.client(attempts=10, connections=64)


@pytest.fixture
def own_server(binary, tmp_path):
    """Starts servers on a data folder of this test, killed at its end at the latest: own_server(keys=None, ...)."""
    started = []

    def start(data=None, **options) -> Server:
        started.append(Server(data or tmp_path / "data", **options))
        return started[-1]

    yield start
    for one in started:
        one.__exit__()


@pytest.fixture(scope="session")
def used_folder(binary, tmp_path_factory):
    """A data folder that a server used before: models come from its cache. For one server at a time."""
    folder = tmp_path_factory.mktemp("used") / "data"
    with Server(folder) as first:
        assert first.stop() == 0
    return folder


@pytest.fixture(scope="module")
def module_folder(used_folder, tmp_path_factory):
    """A data folder for the server of a test file, with the models' cache of a used one, which stays free for others."""
    folder = tmp_path_factory.mktemp("module") / "data"
    shutil.copytree(used_folder / "model-cache", folder / "model-cache")
    return folder


@pytest.fixture(scope="session")
def detect(client):
    """The FaceDetails of a picture, given as bytes."""
    def call(data: bytes, *attributes: str) -> list[dict]:
        options = {"Attributes": list(attributes)} if attributes else {}
        return client.detect_faces(Image={"Bytes": data}, **options)["FaceDetails"]
    return call


@pytest.fixture
def needs_plain_memory(binary):
    if is_asan():
        pytest.skip("AddressSanitizer keeps freed memory in quarantine: resident memory says nothing in this build")


@pytest.fixture(scope="session")
def portrait_bytes():
    return pictures.file_bytes("obama.jpg")
