"""HTTP/1.1 by hand: what no well-behaved client sends, and answers read even if the server stopped listening."""

import dataclasses
import json
import socket

from support import sigv4

TIMEOUT = 300  # of one read; a hang is a failure, not a wait for ever


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        return self.json["__type"] if self.status != 200 else None

    @property
    def message(self) -> str:
        return self.json["message"]


class Connection:
    """One TCP connection. Sending never fails for a server that has already answered: the answer is what counts."""

    def __init__(self, server):
        self.socket = socket.create_connection((server.host, server.port), timeout=TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.tls:
            self.socket = server.tls.wrap_socket(self.socket, server_hostname=server.host)
        self._buffer = b""

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_) -> None:
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """False if the server closed while it was sent."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def send_request(self, headers: dict[str, str], body: bytes, *, method: str = "POST", path: str = "/",
                     length: bool = True) -> bool:
        if length:
            headers = headers | {"content-length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return self.send(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("utf-8", "surrogateescape") + body)

    def _more(self) -> bool:
        data = self.socket.recv(1 << 16)
        self._buffer += data
        return bool(data)

    def closed(self) -> bool:
        """Waits until the server closes; True if it said nothing more before."""
        try:
            while self._more():
                pass
        except ConnectionResetError:
            pass
        return not self._buffer

    def _line_block(self) -> bytes:
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                raise ConnectionError(f"closed without an answer; got {self._buffer[:200]!r}")
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        return head

    def read_head(self) -> tuple[int, dict[str, str]]:
        first, *lines = self._line_block().decode("latin-1").split("\r\n")
        version, status, *_ = first.split(" ", 2)
        assert version in ("HTTP/1.1", "HTTP/1.0"), first
        return int(status), {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}

    def read(self, *, head_only: bool = False) -> Answer:
        status, headers = self.read_head()
        if status == 100:
            return Answer(status, headers, b"")
        size = 0 if head_only else int(headers["content-length"])
        while len(self._buffer) < size:
            if not self._more():
                raise ConnectionError(f"closed after {len(self._buffer)} of {size} bytes")
        body, self._buffer = self._buffer[:size], self._buffer[size:]
        return Answer(status, headers, body)


def exchange(server, headers: dict[str, str], body: bytes = b"", **how) -> Answer:
    """One request on a connection of its own, sent as it is."""
    with Connection(server) as connection:
        connection.send_request(headers, body, **how)
        return connection.read()


def call(server, operation: str, value, **how) -> Answer:
    """A correctly signed request; `value` is bytes sent as they are, or what json.dumps takes."""
    body = sigv4.body_of(value)
    return exchange(server, sigv4.headers_for(server, operation, body, **how), body)


def send_bytes(server, data: bytes) -> Answer:
    with Connection(server) as connection:
        connection.send(data)
        return connection.read()
