import json
import os
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


class Echo:
    """The program wire_echo: what our C++ understands of a message."""

    def __init__(self, program: Path):
        self._process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, message: str, operation: str, body: str | bytes) -> tuple[str, str]:
        """("ok", JSON), or the kind of the error and its message. `body` has no line breaks."""
        raw = body.encode() if isinstance(body, str) else body
        self._process.stdin.write(f"{message}\t{operation}\t".encode() + raw + b"\n")
        self._process.stdin.flush()
        kind, _, text = self._process.stdout.readline().decode().rstrip("\n").partition("\t")
        assert kind, "wire_echo ended"
        return (kind, text) if kind == "ok" else (kind, json.loads(text))

    def close(self) -> None:
        self._process.stdin.close()
        assert self._process.wait(timeout=60) == 0


@pytest.fixture(scope="session")
def echo():
    """LIKENESS_BUILD is the build folder, by default that of `make build`."""
    build = Path(os.environ.get("LIKENESS_BUILD", REPOSITORY / "build" / "release"))
    echo = Echo(build / "src" / "wire" / "wire_echo")
    yield echo
    echo.close()
