"""The real binary as a process: started on a free loopback port, asked, measured, stopped.

LIKENESS_BUILD names the folder that holds the binary (build/release by default).
"""

import functools
import json
import os
import pathlib
import queue
import re
import secrets
import signal
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

import boto3
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("LIKENESS_BUILD", ROOT / "build/release"))
BINARY = BUILD / "likeness"
PACKS = ROOT / ".deps/packs"
START_SECONDS = 300  # a cold start under AddressSanitizer compiles every model first
STOP_SECONDS = 120


@functools.cache
def is_asan() -> bool:
    return b"__asan_init" in BINARY.read_bytes()


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without anything that would steer Likeness or an AWS client."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LIKENESS_", "BOTO"))}
    if is_asan():
        kept.setdefault("TBB_ENABLE_SANITIZERS", "1")  # otherwise TBB loads a library in a way that ASan stops
    return kept | more


def run_likeness(*arguments: str, timeout: float = START_SECONDS, **env: str) -> subprocess.CompletedProcess:
    """A command that is expected to end by itself."""
    return subprocess.run([BINARY, *map(str, arguments)], env=clean_environment(**env), timeout=timeout,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


class StartFailed(Exception):
    def __init__(self, code, stdout: str, stderr: str):
        super().__init__(f"likeness ended with {code} before it answered\nstdout: {stdout}\nstderr: {stderr[-4000:]}")
        self.code, self.stdout, self.stderr = code, stdout, stderr


class Server:
    """`likeness serve`; a context manager that kills what is still there at its end."""

    def __init__(self, data: pathlib.Path, *, keys: tuple[str, str] | None | bool = True, region: str = "us-east-1",
                 listen: str = "127.0.0.1:0", metrics: bool = True, arguments: tuple = (), ready: bool = True,
                 variables: dict[str, str] | None = None, authority: pathlib.Path | None = None):
        """keys: True makes random ones, a pair sets them, None leaves them to the credentials file. variables: beside a clean
        environment. authority: the certificate that clients trust, for a server with TLS."""
        self.data, self.region, self.authority = pathlib.Path(data), region, authority
        if keys is True:
            keys = ("AKIA" + secrets.token_hex(8).upper(), secrets.token_urlsafe(30))
        env = {} if keys is None else {"LIKENESS_ACCESS_KEY_ID": keys[0], "LIKENESS_SECRET_ACCESS_KEY": keys[1]}
        if os.geteuid() != 0:
            env["LIKENESS_SERVER_CORE_DUMPS"] = "true"  # else /proc shows its memory to root only
        env |= variables or {}
        command = [BINARY, "serve", "--data", self.data, "--listen", listen, *arguments]
        if metrics:
            command += ["--metrics-listen", "127.0.0.1:0"]
        if region != "us-east-1":
            command += ["--region", region]
        self._log = tempfile.NamedTemporaryFile(prefix="likeness-", suffix=".log")
        self.process = subprocess.Popen(command, env=clean_environment(**env), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=self._log, text=True)
        self.stdout: list[str] = []
        self._lines: queue.Queue = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.url = self.metrics_url = None
        self._clients: dict = {}
        self.keys = keys
        try:
            if ready:
                self._wait_until_ready(metrics)
                if keys is None:
                    self.keys = credentials_of(self.data)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def _read(self) -> None:
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def _wait_until_ready(self, metrics: bool) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self.url is None or (metrics and self.metrics_url is None):
            line = self._lines.get(timeout=max(0.1, deadline - time.monotonic()))
            if line is None:
                raise StartFailed(self.process.wait(STOP_SECONDS), "\n".join(self.stdout), self.stderr())
            self.stdout.append(line)
            if re.fullmatch(r"https?://[^/\s]+:\d+", line):
                self.url = line
            if match := re.fullmatch(r"metrics (http://[^/\s]+:\d+/metrics)", line):
                self.metrics_url = match.group(1)
        self.host, port = self.url.split("://")[1].rsplit(":", 1)
        self.port = int(port)
        self.tls = ssl.create_default_context(cafile=self.authority) if self.url.startswith("https") else None

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    # What it says and uses.

    def stderr(self) -> str:
        return pathlib.Path(self._log.name).read_text(errors="replace")

    def log_entries(self) -> list[dict]:
        return [json.loads(line) for line in self.stderr().splitlines() if line.strip()]

    def wait_for_log(self, text: str, seconds: float = 60) -> bool:
        """Whether `text` comes up in the log within that time."""
        deadline = time.monotonic() + seconds
        while text not in self.stderr():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def _status(self, field: str) -> int:
        """Bytes, from /proc."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
        raise KeyError(field)

    def resident(self) -> int:
        return self._status("VmRSS")

    def peak(self) -> int:
        return self._status("VmHWM")

    def forget_peak(self) -> None:
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def alive(self) -> bool:
        return self.process.poll() is None

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=60, context=self.tls) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metrics(self) -> dict[str, float]:
        """Every sample by its name with labels, as Prometheus writes it."""
        with urllib.request.urlopen(self.metrics_url, timeout=60) as answer:
            text = answer.read().decode()
        return {name: float(value) for name, value in
                (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))}

    # Clients.

    def client(self, *, attempts: int = 1, validate: bool = True, region: str | None = None,
               keys: tuple[str, ...] | None = None, connections: int = 10, trusting: bool = True):
        """A stock boto3 client; made once for each set of options, since making one takes a while."""
        options = (attempts, validate, region or self.region, keys or self.keys, connections, trusting)
        if options not in self._clients:
            key, secret, *token = options[3]
            session = boto3.session.Session(aws_access_key_id=key, aws_secret_access_key=secret,
                                            aws_session_token=token[0] if token else None, region_name=options[2])
            self._clients[options] = session.client(
                "rekognition", endpoint_url=self.url,
                verify=str(self.authority) if self.authority and trusting else None,
                config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}, read_timeout=300,
                              parameter_validation=validate, max_pool_connections=connections))
        return self._clients[options]

    # Ends.

    def signal(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    def wait(self) -> int:
        return self.process.wait(STOP_SECONDS)

    def stop(self) -> int:
        self.signal()
        return self.wait()


def credentials_of(data: pathlib.Path) -> tuple[str, str]:
    session = boto3.session.Session(botocore_session=_session_with_file(data / "credentials"))
    found = session.get_credentials()
    return found.access_key, found.secret_key


def _session_with_file(path: pathlib.Path):
    import botocore.session
    session = botocore.session.Session(profile="default")
    session.set_config_variable("credentials_file", str(path))
    session.set_config_variable("config_file", os.devnull)
    return session
