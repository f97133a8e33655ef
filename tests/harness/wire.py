"""HTTP/1.1 for one operation, as it should be and as it should not: lengths, chunks, headers, request lines, pipelines.

A request that ends must be answered. One that never ends (its length promises more than comes) is cut off by the client, and
then HTTP leaves it to the server whether it still answers.
"""

import dataclasses
import random
from collections.abc import Callable, Iterator

from harness import mutations, values
from harness.bodies import LARGE, written
from harness.client import Target, head, signed_headers


@dataclasses.dataclass(frozen=True)
class WireCase:
    operation: str
    name: str
    data: Callable[[Target], bytes]  # made when it is sent, because a signature is good for some minutes
    answers: int = 1  # that are owed; 0: it may also be closed
    statuses: tuple[int, ...] = ()  # what they must be; (): whatever the oracle allows
    cut_after: float | None = None  # seconds without an answer until the client cuts off what never ends
    head_only: bool = False


def chunked(body: bytes, size: int, extension: bytes = b"", trailers: bytes = b"", upper: bool = False) -> bytes:
    def number(length: int) -> bytes:
        return (b"%X" if upper else b"%x") % length
    parts = [body[i:i + size] for i in range(0, len(body), size)]
    return b"".join(number(len(part)) + extension + b"\r\n" + part + b"\r\n" for part in parts) + b"0\r\n" + trailers + b"\r\n"


class Maker:
    """Makes the cases of one operation around one valid body."""

    def __init__(self, operation: str, chance: random.Random):
        self.operation = operation
        self.chance = chance
        self.body = written(values.request(operation, chance, full=False))

    def signed(self, name: str, rest: Callable[[bytes], bytes] = lambda body: body, more: tuple = (), *, length: bool = True,
               first: str = "POST / HTTP/1.1", body: bytes | None = None, **how) -> WireCase:
        """A signed request with headers `more`; `rest` makes of the body what is sent behind the head."""
        payload = self.body if body is None else body

        def data(target: Target) -> bytes:
            own = [("content-length", str(len(payload)))] if length else []
            return head([*signed_headers(target, self.operation, payload), *own, *more], first) + rest(payload)
        return WireCase(self.operation, name, data, **how)

    def in_chunks(self, name: str, rest: Callable[[bytes], bytes], **how) -> WireCase:
        return self.signed(name, rest, (("transfer-encoding", "chunked"),), length=False, **how)

    def plain(self, name: str, data: bytes, **how) -> WireCase:
        return WireCase(self.operation, name, lambda _: data, **how)


def bodies_in_chunks(make: Maker) -> Iterator[WireCase]:
    yield make.in_chunks("chunks of 7", lambda body: chunked(body, 7), statuses=(200, 400))
    yield make.in_chunks("one chunk, upper case", lambda body: chunked(body, 1 << 20, upper=True), statuses=(200, 400))
    yield make.in_chunks("chunks with extensions", lambda body: chunked(body, 100, b';a=b;c="d"'), statuses=(200, 400))
    yield make.in_chunks("chunks with trailers", lambda body: chunked(body, 100, trailers=b"x-sum: 1\r\nx-other: 2\r\n"))
    yield make.in_chunks("trailers that repeat headers", lambda body: chunked(
        body, 100, trailers=b"content-length: 5\r\nhost: other\r\nauthorization: none\r\n"))
    yield make.in_chunks("endless trailers", lambda body: chunked(body, 100, trailers=b"x-t: " + b"y" * 1_000_000 + b"\r\n"))
    yield make.in_chunks("20 MB in chunks", lambda body: chunked(b" " * LARGE, 1 << 20), statuses=(400, 413))
    yield make.in_chunks("20 MB in small chunks", lambda body: b"40\r\n" + (b" " * 64 + b"\r\n40\r\n") * 300_000, statuses=(400, 413))
    for size in ("fffffffffffffffff", "ffffffffffffffff", "7fffffffffffffff", "80000000", "-1", "+5", "0x10", "x", "", " 5", "5 5",
                 "5;" + "e" * 100_000, "0" * 100_000 + "5", "\u0665"):
        yield make.in_chunks(f"chunk size {size[:20]!r}", lambda body, size=size: size.encode() + b"\r\n" + b"A" * 100_000 + b"\r\n",
                             statuses=(400, 413))
    yield make.in_chunks("a chunk longer than its size", lambda body: b"5\r\n" + b"A" * 50 + b"\r\n0\r\n\r\n", statuses=(400,))
    yield make.in_chunks("chunks without an end", lambda body: b"5\r\nAAAAA\r\n", answers=0, cut_after=0)
    yield make.signed("chunked twice", lambda body: chunked(body, 100), (("transfer-encoding", "chunked, chunked"),), length=False)
    yield make.signed("gzip, chunked", lambda body: chunked(body, 100), (("transfer-encoding", "gzip, chunked"),), length=False)
    yield make.signed("chunks and a length", lambda body: chunked(body, 100), (("transfer-encoding", "chunked"),),
                      statuses=(400,))


def lengths(make: Maker) -> Iterator[WireCase]:
    for value in ("-1", "+5", "1x", "0x10", "", " ", "1,2", "1,", "99999999999999999999999", "18446744073709551616", "1e3", "٥"):
        yield make.signed(f"length {value!r}", more=(("content-length", value),), length=False, answers=1, statuses=(400, 413))
    yield make.signed("the same length twice", more=(("content-length", str(len(make.body))),), statuses=(200, 400))
    yield make.signed("two lengths that differ", more=(("content-length", "1"),), statuses=(400,))
    yield make.signed("20 MB announced", lambda body: b" " * LARGE, (("content-length", str(LARGE)),), length=False,
                      statuses=(400, 413))
    yield make.signed("an exabyte announced", lambda body: body, (("content-length", str(10**18)),), length=False,
                      statuses=(400, 413))
    yield make.signed("no length", lambda body: b"", length=False)
    yield make.signed("a body that breaks off", lambda body: body[:len(body) // 2], (("content-length", "1000"),), length=False,
                      answers=0, cut_after=0)
    yield make.signed("a body longer than its length", lambda body: body + b"\r\n\r\nrest")


def headers(make: Maker) -> Iterator[WireCase]:
    ok = {"statuses": (200, 400)}
    yield make.signed("names in capitals", more=(("X-EXTRA", "1"), ("User-AGENT", "x")), **ok)
    yield make.signed("an empty value", more=(("x-empty", ""),), **ok)
    yield make.signed("a value of other bytes", more=(("x-bytes", "é中😀"),), **ok)
    yield make.signed("tabs and spaces", more=(("x-space", "  \t a \t "),), **ok)
    yield make.signed("100 headers", more=tuple((f"x-{i}", "y") for i in range(100)))
    yield make.signed("a folded header", more=(("x-fold", "a\r\n b"),))
    yield make.signed("a header of 200 kB", more=(("x-long", "y" * 200_000),), statuses=(400, 413, 431))
    yield make.signed("20,000 headers", more=tuple((f"x-{i}", "y") for i in range(20_000)), statuses=(400, 413, 431))
    yield make.signed("a control character", more=(("x-control", "a\x01b"),))
    yield make.signed("a NUL", more=(("x-nul", "a\0b"),), statuses=(400,))
    yield make.signed("a name with a space", more=(("x space", "b"),), statuses=(400,))
    yield make.signed("a space before the colon", more=(("x-colon ", "b"),), statuses=(400,))
    yield make.signed("no name", more=(("", "b"),), statuses=(400,))
    yield make.signed("two hosts", more=(("host", "other"),))
    yield make.signed("two targets", more=(("x-amz-target", "RekognitionService.ListCollections"),))
    yield make.signed("two dates", more=(("x-amz-date", "20200101T000000Z"),))
    yield make.signed("two authorizations", more=(("authorization", "AWS4-HMAC-SHA256 x"),))
    yield make.signed("a content encoding", more=(("content-encoding", "gzip"),))
    yield make.signed("expects what nobody knows", more=(("expect", "200-maybe"),))
    yield make.signed("expects 100-continue", more=(("expect", "100-continue"),), **ok)
    yield make.signed("wants another protocol", more=(("connection", "upgrade"), ("upgrade", "websocket")))
    yield make.signed("closes", more=(("connection", "close"),), **ok)
    yield make.signed("odd connection", more=(("connection", ",, ,close,keep-alive,host"),))
    yield make.signed("a session token of 10 kB", more=(("x-amz-security-token", "A" * 10_000),))
    yield make.signed("a trace id that is none", more=(("x-amzn-trace-id", "Root=1-\"}{;=" + "a" * 2000),))
    yield make.signed("other media type", more=(("accept", "application/xml"), ("accept-encoding", "br, gzip;q=0")), **ok)
    yield make.signed("a method override", more=(("x-http-method-override", "DELETE"),), **ok)
    yield make.signed("lines end without CR", lambda body: body, more=(("x-a", "b\nx-c: d"),))
    yield make.plain("no headers at all", b"POST / HTTP/1.1\r\n\r\n", statuses=(400,))
    yield make.plain("unsigned", head([("host", "x"), ("x-amz-target", f"RekognitionService.{make.operation}"),
                                       ("content-length", str(len(make.body)))]) + make.body, statuses=(400, 403))


def request_lines(make: Maker) -> Iterator[WireCase]:
    for first in ("GET / HTTP/1.1", "PUT / HTTP/1.1", "DELETE / HTTP/1.1", "OPTIONS * HTTP/1.1", "post / HTTP/1.1", "POST /x HTTP/1.1",
                  "POST /?x=1 HTTP/1.1", "POST // HTTP/1.1", "POST /%00 HTTP/1.1", "POST /../../etc/passwd HTTP/1.1",
                  "POST http://other/ HTTP/1.1", "POST * HTTP/1.1", "CONNECT other:80 HTTP/1.1", "POST / HTTP/1.0", "POST / HTTP/2.0",
                  "POST / HTTP/9.9", "POST / http/1.1", "POST /", "POST  /  HTTP/1.1", " POST / HTTP/1.1", "POST / HTTP/1.1 x",
                  "POST /" + "a" * 100_000 + " HTTP/1.1", "\x16\x03\x01\x02", "PRI * HTTP/2.0", "M" * 5000 + " / HTTP/1.1"):
        yield make.signed(f"request line {first[:40]!r}", first=first)
    yield make.signed("HEAD", first="HEAD / HTTP/1.1", head_only=True)
    yield make.plain("blank lines before", b"\r\n\r\n", answers=0, cut_after=0)
    yield make.plain("nothing", b"", answers=0, cut_after=0)
    yield make.plain("half a request line", b"POST / HT", answers=0, cut_after=0)
    yield make.plain("a head that breaks off", b"POST / HTTP/1.1\r\nhost: x\r\nx-", answers=0, cut_after=0)
    yield make.plain("200 kB without a line", b"A" * 200_000)


def pipelines(make: Maker) -> Iterator[WireCase]:
    def several(count: int, last: bytes = b"") -> Callable[[Target], bytes]:
        return lambda target: (head([*signed_headers(target, make.operation, make.body),
                                     ("content-length", str(len(make.body)))]) + make.body) * count + last
    yield WireCase(make.operation, "20 in a pipeline", several(20), answers=20)
    yield WireCase(make.operation, "3 in a pipeline, then nonsense", several(3, b"nonsense\r\n\r\n"), answers=4)
    yield WireCase(make.operation, "3 in a pipeline, then half of one", several(3, b"POST / HTTP/1.1\r\nhost"), answers=3)


def damaged_heads(make: Maker, count: int) -> Iterator[WireCase]:
    """Bytes of a whole request changed at random. What is owed depends on the damage: no hang, and no answer that is none."""
    for number in range(count):
        seed = make.chance.getrandbits(64)

        def data(target: Target, seed=seed) -> bytes:
            chance = random.Random(seed)
            whole = head([*signed_headers(target, make.operation, make.body), ("content-length", str(len(make.body)))])
            return mutations.damaged(whole, chance) + make.body
        yield WireCase(make.operation, f"damaged head {number}", data, answers=0, cut_after=0.25)


def all_of(operation: str, seed: int, damaged: int) -> Iterator[WireCase]:
    make = Maker(operation, random.Random(f"{operation} {seed} wire"))
    for some in (bodies_in_chunks, lengths, headers, request_lines, pipelines):
        yield from some(make)
    yield from damaged_heads(make, damaged)
