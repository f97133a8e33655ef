"""Signed requests, and exchanges over a socket that end: with answers, with a closed connection, or at a deadline."""

import dataclasses
import datetime
import hashlib
import hmac
import select
import socket
import time


@dataclasses.dataclass(frozen=True)
class Target:
    """The server that is asked. `deadline` is in seconds, for one exchange."""

    host: str
    port: int
    key: str
    secret: str
    region: str = "us-east-1"
    pid: int | None = None  # None: its memory is not looked at
    deadline: float = 60


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclasses.dataclass
class Outcome:
    answers: list[Answer]
    closed: bool  # by the server
    hang: bool  # the deadline passed
    left_over: bytes  # what came and is no answer


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signed_headers(target: Target, operation: str, body: bytes) -> list[tuple[str, str]]:
    """What a request needs beside its length, signed by AWS Signature Version 4."""
    date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = [("content-type", "application/x-amz-json-1.1"), ("host", f"{target.host}:{target.port}"),
               ("x-amz-date", date), ("x-amz-target", f"RekognitionService.{operation}")]
    names = ";".join(name for name, _ in headers)
    canonical = "\n".join(["POST", "/", "", *(f"{name}:{value}" for name, value in headers), "", names,
                           hashlib.sha256(body).hexdigest()])
    scope = f"{date[:8]}/{target.region}/rekognition/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + target.secret).encode()
    for part in scope.split("/"):
        key = _mac(key, part)
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return [*headers, ("authorization", f"AWS4-HMAC-SHA256 Credential={target.key}/{scope}, SignedHeaders={names}, "
                                        f"Signature={signature}")]


def head(headers: list[tuple[str, str]], first: str = "POST / HTTP/1.1") -> bytes:
    return (first + "\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n").encode()


def request(target: Target, operation: str, body: bytes) -> bytes:
    return head([*signed_headers(target, operation, body), ("content-length", str(len(body)))]) + body


class Connection:
    """One connection, used for one exchange after another until it closes."""

    def __init__(self, target: Target):
        self._target = target
        self._socket = socket.create_connection((target.host, target.port), timeout=target.deadline)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)
        self._received = bytearray()
        self.closed = False  # by the server
        self.reusable = True  # False too when an answer came before all was sent: the rest would be read as the next request

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def exchange(self, data: bytes, *, answers: int = 1, cut_after: float | None = None, head_only: bool = False) -> Outcome:
        """Sends and reads at the same time until so many answers are there, the server closed, or the deadline passed.
        `cut_after` seconds without an answer behind the last byte the sending side is closed; None: never. (For whole
        requests: this server takes a client that closes its sending side for one that is gone.)"""
        end = time.monotonic() + self._target.deadline
        view, got, cut = memoryview(data), [], None if cut_after is None else float("inf")
        while not self.closed and len(got) < answers:
            now = time.monotonic()
            if now >= end:
                return Outcome(got, False, True, bytes(self._received))
            if cut is not None and not view:
                cut = min(cut, now + cut_after)
                if now >= cut:
                    self._finish()
                    cut = None
            left = min(end, cut or end) - now
            can_read, can_write, _ = select.select([self._socket], [self._socket] if view else [], [], left)
            if can_write:
                view = self._send(view)
            if can_read:
                self._receive()
                while (answer := self._next_answer(head_only)) is not None:
                    if answer.status != 100:
                        got.append(answer)
        self.reusable = not self.closed and not view
        return Outcome(got, self.closed, False, bytes(self._received))

    def _send(self, view: memoryview) -> memoryview:
        try:
            return view[self._socket.send(view[:1 << 18]):]
        except BlockingIOError:
            return view
        except (BrokenPipeError, ConnectionResetError):
            return view[len(view):]  # it answered and closed, or it just closed: reading tells

    def _finish(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _receive(self) -> None:
        try:
            data = self._socket.recv(1 << 18)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data = b""
        self._received += data
        self.closed = not data

    def _next_answer(self, head_only: bool) -> Answer | None:
        top, blank, rest = bytes(self._received[:1 << 16]).partition(b"\r\n\r\n")
        if not blank:
            return None
        first, *lines = top.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        try:
            version, status = first.split(" ")[:2]
            size = 0 if head_only or int(status) == 100 else int(headers["content-length"])
            if version not in ("HTTP/1.1", "HTTP/1.0"):
                raise ValueError
        except (ValueError, KeyError):
            return None  # stays in the left-over, where the oracle sees it
        begin = len(top) + 4
        if len(self._received) < begin + size:
            return None
        answer = Answer(int(status), headers, bytes(self._received[begin:begin + size]))
        del self._received[:begin + size]
        return answer
