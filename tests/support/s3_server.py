"""A small hostile Amazon S3: serves objects and versions, verifies SigV4 with botocore, and misbehaves when told to.

    with S3Server() as s3:
        s3.put("photos", "a.jpg", data)
        s3.scripts["photos", "a.jpg"] = [fail(500)]  # steps, one for each request; the last one stays

Every request is verified before anything else: one whose signature botocore would not make is answered 403, and listed
in `bad_signatures` with its reason.
"""

import collections
import datetime
import hashlib
import http.server
import pathlib
import socket
import ssl
import struct
import threading
import urllib.parse

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEYS = ("AKIDS3TEST", "the/secret+of=tests")
TLS_FILE = pathlib.Path(__file__).parent / "s3_tls.pem"  # key and certificate for localhost, of these tests alone


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A client that goes away is what the tests are about."""


class S3Server:
    def __init__(self, *, keys: tuple[str, str] = KEYS, region: str = "us-east-1", token: str | None = None,
                 tls: bool = False):
        self.keys, self.region, self.token = keys, region, token
        self.objects: dict[tuple[str, str], list[tuple[str, bytes]]] = collections.defaultdict(list)
        self.scripts: dict[tuple[str, str], list] = {}
        self.requests: list[str] = []  # method and target
        self.bad_signatures: list[str] = []
        self.body_bytes = 0  # given to sockets by endless()
        self.connections = 0
        self._sockets: list[socket.socket] = []
        self.lock = threading.Lock()
        self.release = threading.Event()  # what hold() waits for
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"s3": self}))
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(TLS_FILE)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True,
                                                      do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> "S3Server":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        with self.lock:
            for one in self._sockets:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # it is closed already

    def put(self, bucket: str, key: str, data: bytes, version: str = "null") -> None:
        """The newest version is the last one that was put."""
        self.objects[bucket, key].append((version, data))

    def step(self, bucket: str, key: str):
        with self.lock:
            steps = self.scripts.get((bucket, key))
            if not steps:
                return None
            return steps.pop(0) if len(steps) > 1 else steps[0]

    @property
    def variables(self) -> dict[str, str]:
        """The environment with which `likeness serve` may ask this server."""
        env = {"LIKENESS_S3_ACCESS_KEY_ID": self.keys[0], "LIKENESS_S3_SECRET_ACCESS_KEY": self.keys[1]}
        return env | ({"LIKENESS_S3_SESSION_TOKEN": self.token} if self.token else {})

    def signature_problem(self, method: str, target: str, headers, body: bytes) -> str | None:
        """Why botocore, with the same request and keys, would not have signed it like this; or None."""
        try:
            algorithm, rest = headers["authorization"].split(" ", 1)
            parts = dict(part.strip().split("=", 1) for part in rest.split(","))
            key, day, region, service, terminator = parts["Credential"].split("/")
            signed = parts["SignedHeaders"].split(";")
        except (AttributeError, KeyError, ValueError):
            return "no complete Authorization header"
        if (algorithm, key, region, service, terminator) != ("AWS4-HMAC-SHA256", self.keys[0], self.region, "s3",
                                                             "aws4_request"):
            return "wrong key or scope: " + parts["Credential"]
        date = headers["x-amz-date"] or ""
        now = datetime.datetime.now(datetime.timezone.utc)
        stamp = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        if abs(now - stamp) > datetime.timedelta(minutes=15) or date[:8] != day:
            return "wrong date: " + date
        if headers["x-amz-content-sha256"] != hashlib.sha256(body).hexdigest():
            return "wrong hash of the body"
        if headers["x-amz-security-token"] != self.token:
            return "wrong session token"
        must = {"host"} | {name.lower() for name in headers if name.lower().startswith("x-amz-")}
        if not must <= set(signed):
            return f"not signed: {must - set(signed)}"
        request = AWSRequest(method, f"http://{headers['host']}{target}", {name: headers[name] for name in signed},
                             data=body)
        request.context["timestamp"] = date
        signer = S3SigV4Auth(Credentials(*self.keys), "s3", self.region)
        text = signer.string_to_sign(request, signer.canonical_request(request))
        return None if signer.signature(text, request) == parts["Signature"] else "another signature than botocore's"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    s3: S3Server

    def setup(self):
        super().setup()
        with self.s3.lock:
            self.s3.connections += 1
            self.s3._sockets.append(self.connection)

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.serve()

    def do_HEAD(self):
        self.serve()

    def serve(self) -> None:
        s3 = self.s3
        with s3.lock:
            s3.requests.append(f"{self.command} {self.path}")
        if problem := s3.signature_problem(self.command, self.path, self.headers, b""):
            s3.bad_signatures.append(f"{self.path}: {problem}")
            self.refuse(403, "SignatureDoesNotMatch")
            return
        path, _, query = self.path.partition("?")
        bucket, _, key = path.removeprefix("/").partition("/")
        key = urllib.parse.unquote(key)
        step = s3.step(bucket, key)
        if not (step and step(self)):
            self.send_object(bucket, key, urllib.parse.parse_qs(query).get("versionId"))

    def send_object(self, bucket: str, key: str, wanted: list[str] | None) -> None:
        if not any(name == bucket for name, _ in self.s3.objects):
            self.refuse(404, "NoSuchBucket")
            return
        versions = self.s3.objects.get((bucket, key), [])
        found = [one for one in versions if wanted is None or one[0] == wanted[0]]
        if not found:
            self.refuse(404, "NoSuchVersion" if versions else "NoSuchKey")
            return
        version, data = found[-1]
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{hashlib.md5(data).hexdigest()}"')
        self.send_header("x-amz-version-id", version)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def refuse(self, status: int, code: str) -> None:
        body = f"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code></Error>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def raw(self, data: bytes) -> None:
        self.close_connection = True
        self.wfile.write(data)
        self.wfile.flush()


# Steps: what a script does with one request. True: it was answered.

def well(_handler) -> bool:
    """As if there were no script."""
    return False


def fail(status: int, code: str = "InternalError"):
    def step(handler) -> bool:
        handler.refuse(status, code)
        return True
    return step


def answer(data: bytes):
    """These bytes, and the end of the connection."""
    def step(handler) -> bool:
        handler.raw(data)
        return True
    return step


def redirect(status: int, to: str):
    return answer(f"HTTP/1.1 {status} Elsewhere\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode())


def reset(handler) -> bool:
    handler.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc")
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return True


def endless(head: bytes, piece: bytes):
    """`piece` again and again until the client has enough."""
    def step(handler) -> bool:
        handler.raw(head)
        while True:
            handler.wfile.write(piece)
            handler.s3.body_bytes += len(piece)
    return step


def hold(handler) -> bool:
    """Waits until the test sets `release`, then goes on as if there were no script."""
    handler.s3.release.wait()
    return False


def hold_after(head: bytes):
    """These bytes, and no more until the test sets `release`."""
    def step(handler) -> bool:
        handler.raw(head)
        handler.s3.release.wait()
        return True
    return step


def trickle(data: bytes, seconds: float):
    """A byte at a time until the client has enough or the test is over."""
    def step(handler) -> bool:
        handler.raw(f"HTTP/1.1 200 OK\r\nContent-Length: {len(data)}\r\n\r\n".encode())
        for byte in data:
            if handler.s3.release.wait(seconds):
                break
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
        return True
    return step
