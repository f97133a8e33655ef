#!/usr/bin/env python3
"""A server with a collection of a million synthetic faces, through its API, beside the same search in process.

    .deps/venv/bin/python bench/million_api.py [--faces N] [--small N] [--folder F] [--no-process]

AWS's example flow runs with boto3 (create, describe, index, list, search by face, search by image, delete) beside the million;
times are taken with requests that were signed beforehand and go over a connection that stays open, so that the client costs little.
Prints a table of what was measured and its limit (docs/performance.md).
"""

import argparse
import pathlib
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import botocore.awsrequest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from support.server import BUILD, Server  # noqa: E402

TESTDATA = ROOT / ".deps/testdata"
MILLION, SMALL = "million", "small"


def picture(name: str) -> bytes:
    return (TESTDATA / name).read_bytes()


class Prepared:
    """What boto3 would send, kept instead."""

    def __init__(self, server: Server):
        self._client = server.client()
        self._kept = None
        self._client.meta.events.register("before-send.rekognition.*", self._keep)
        self._on = False

    def _keep(self, request, **_):
        if not self._on:
            return None
        headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
        host = request.url.split("/")[2]
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if name.lower() not in ("host", "content-length"))
        self._kept = (f"POST / HTTP/1.1\r\nHost: {host}\r\n{head}Content-Length: {len(body)}\r\n\r\n").encode() + body
        return botocore.awsrequest.AWSResponse(request.url, 200, {}, _Empty())

    def request(self, operation: str, **parameters) -> bytes:
        self._on = True
        try:
            getattr(self._client, operation)(**parameters)
        finally:
            self._on = False
        return self._kept


class _Empty:
    def stream(self, **_):
        return iter((b"{}",))


class Connection:
    def __init__(self, server: Server):
        self._socket = socket.create_connection((server.host, server.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def call(self, request: bytes) -> bytes:
        self._socket.sendall(request)
        while b"\r\n\r\n" not in self._rest:
            self._rest += self._receive()
        head, self._rest = self._rest.split(b"\r\n\r\n", 1)
        status = head.split(b" ", 2)[1]
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while len(self._rest) < length:
            self._rest += self._receive()
        body, self._rest = self._rest[:length], self._rest[length:]
        if status != b"200":
            raise RuntimeError(body.decode())
        return body

    def _receive(self) -> bytes:
        data = self._socket.recv(1 << 20)
        if not data:
            raise RuntimeError("the server closed the connection")
        return data


def milliseconds(server: Server, requests: list[bytes]) -> list[float]:
    connection, times = Connection(server), []
    for request in requests:
        start = time.perf_counter()
        connection.call(request)
        times.append(1e3 * (time.perf_counter() - start))
    return times


def rate(server: Server, requests: list[bytes], connections: int) -> float:
    """Answers a second of all requests, over some connections at a time."""
    left, lock, wrong = list(requests), threading.Lock(), []

    def work():
        try:
            connection = Connection(server)
            while True:
                with lock:
                    if not left:
                        return
                    request = left.pop()
                connection.call(request)
        except Exception as failure:  # noqa: BLE001: shown below
            wrong.append(failure)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    return len(requests) / (time.perf_counter() - start)


def row(name: str, value: str, limit: str = "") -> None:
    print(f"| {name} | {value} | {limit} |", flush=True)


def example_flow(client) -> None:
    """AWS's example of collections (docs.aws.amazon.com/rekognition/latest/dg/collections.html), operation by operation."""
    name = "MyCollection"
    made = client.create_collection(CollectionId=name)
    assert made["StatusCode"] == 200 and made["CollectionArn"].endswith("collection/" + name)
    assert client.describe_collection(CollectionId=name)["FaceCount"] == 0
    first = client.index_faces(CollectionId=name, Image={"Bytes": picture("obama.jpg")}, ExternalImageId="obama.jpg",
                               MaxFaces=1, QualityFilter="AUTO", DetectionAttributes=["ALL"])
    client.index_faces(CollectionId=name, Image={"Bytes": picture("biden.jpg")}, ExternalImageId="biden.jpg")
    face = first["FaceRecords"][0]["Face"]["FaceId"]
    assert len(client.list_faces(CollectionId=name, MaxResults=10)["Faces"]) == 2
    assert set(client.list_collections()["CollectionIds"]) == {name, MILLION, SMALL}
    client.index_faces(CollectionId=name, Image={"Bytes": picture("obama2.jpg")}, ExternalImageId="obama2.jpg")
    by_face = client.search_faces(CollectionId=name, FaceId=face, FaceMatchThreshold=80, MaxFaces=2)
    assert [match["Face"]["ExternalImageId"] for match in by_face["FaceMatches"]] == ["obama2.jpg"]
    by_image = client.search_faces_by_image(CollectionId=name, Image={"Bytes": picture("obama3.jpg")},
                                            FaceMatchThreshold=80, MaxFaces=5)
    assert {match["Face"]["ExternalImageId"] for match in by_image["FaceMatches"]} == {"obama.jpg", "obama2.jpg"}
    assert client.delete_faces(CollectionId=name, FaceIds=[face])["DeletedFaces"] == [face]
    assert client.delete_collection(CollectionId=name)["StatusCode"] == 200
    # The same among a million strangers: enrolled, found alone, and gone.
    record, = client.index_faces(CollectionId=MILLION, Image={"Bytes": picture("obama.jpg")},
                                 ExternalImageId="real")["FaceRecords"]
    found = client.search_faces_by_image(CollectionId=MILLION, Image={"Bytes": picture("obama2.jpg")})["FaceMatches"]
    assert [match["Face"]["FaceId"] for match in found] == [record["Face"]["FaceId"]], found
    client.delete_faces(CollectionId=MILLION, FaceIds=[record["Face"]["FaceId"]])
    assert not client.search_faces_by_image(CollectionId=MILLION, Image={"Bytes": picture("obama2.jpg")})["FaceMatches"]


def fill(data: pathlib.Path, collection: str, count: int) -> float:
    out = subprocess.run([BUILD / "bench/fill_collection", "--data", data, "--collection", collection, "--count", str(count)],
                         capture_output=True, text=True, check=True).stdout
    return float(out.split()[1])


def in_process(faces: int) -> dict[str, float]:
    out = subprocess.run([BUILD / "bench/match_bench", "--rows", str(faces), "--rounds", "7", "--folder", tempfile.gettempdir()],
                         capture_output=True, text=True, check=True).stdout
    pairs = [line.split() for line in out.splitlines() if len(line.split()) == 2]
    return {name: float(value) for name, value in pairs if value[0].isdigit()}


def started(data: pathlib.Path, keys) -> tuple[Server, float]:
    start = time.perf_counter()
    server = Server(data, keys=keys)
    return server, time.perf_counter() - start


def without_collections(data: pathlib.Path, keys) -> float:
    """A start of the same models with nothing to load."""
    with tempfile.TemporaryDirectory(prefix="likeness-empty-") as folder:
        empty = pathlib.Path(folder) / "data"
        empty.mkdir()
        shutil.copytree(data / "model-cache", empty / "model-cache")
        server, took = started(empty, keys)
        server.stop()
        return took


def measure_searches(server: Server, prepared: Prepared, faces: int, process: dict[str, float]) -> None:
    client, chance = server.client(), random.Random(1)
    page = client.list_faces(CollectionId=MILLION, MaxResults=4096)["Faces"]
    ids = [face["FaceId"] for face in chance.sample(page, 200)]
    few = [prepared.request("search_faces", CollectionId=MILLION, FaceId=id, MaxFaces=10, FaceMatchThreshold=80) for id in ids]
    milliseconds(server, few[:20])
    times = milliseconds(server, few)
    here = process.get("query_2t_ms")
    limit = f"{1.5 * here + 1:.2f} ms: 1.5x {here:.2f} in process with two threads + 1" if here else "not measured in process"
    row(f"SearchFaces on {faces:,} faces, p50", f"{statistics.median(times):.2f} ms", limit)
    row("the same, p99", f"{sorted(times)[int(.99 * len(times))]:.2f} ms")
    for connections in (2, 16, 64):
        row(f"SearchFaces a second, {connections} connections", f"{rate(server, few * 4, connections):,.0f}",
            f"{process['shared_128_callers_qps']:,.0f} in process, 128 callers" if process and connections == 64 else "")


def measure_lists(server: Server, prepared: Prepared) -> None:
    client = server.client()
    token, middle = None, None
    first = prepared.request("list_faces", CollectionId=MILLION, MaxResults=1000)
    for _ in range(100):
        answer = client.list_faces(CollectionId=MILLION, MaxResults=4096, **({"NextToken": token} if token else {}))
        token = answer.get("NextToken")
        if not token:
            break
        middle = token
    far = prepared.request("list_faces", CollectionId=MILLION, MaxResults=1000, NextToken=middle)
    small = prepared.request("list_faces", CollectionId=SMALL, MaxResults=1000)
    milliseconds(server, [first, far, small])
    times = {name: statistics.median(milliseconds(server, [request] * 50)) for name, request in
             (("first", first), ("far", far), ("small", small))}
    row("ListFaces, a page of 1,000 of the small collection, p50", f"{times['small']:.2f} ms")
    row("the same of the large one, first page", f"{times['first']:.2f} ms", f"{times['first'] / times['small']:.2f}x")
    row("the same, a page far behind", f"{times['far']:.2f} ms", f"{times['far'] / times['small']:.2f}x")


def measure_enrolment(server: Server, prepared: Prepared) -> None:
    """Beside SearchFacesByImage of an empty collection: the same picture through the same models, and nothing to write."""
    server.client().create_collection(CollectionId="empty")
    body = picture("obama.jpg")
    looking = [prepared.request("search_faces_by_image", CollectionId="empty", Image={"Bytes": body})] * 400
    writing = [prepared.request("index_faces", CollectionId=MILLION, Image={"Bytes": body}, ExternalImageId=f"bench-{i}",
                                MaxFaces=1) for i in range(800)]
    rate(server, looking[:40], 4)
    rates = {"looking": [], "writing": []}
    for part in range(2):
        rates["looking"].append(rate(server, looking, 8))
        rates["writing"].append(rate(server, writing[400 * part:400 * part + 400], 8))
    looked, wrote = statistics.mean(rates["looking"]), statistics.mean(rates["writing"])
    row("IndexFaces a second into the large collection, durable, 8 connections", f"{wrote:.1f}",
        f"{wrote / looked:.2f}x of {looked:.1f} pictures analysed and searched without writing")


def prepared_on(server: Server, collection: str) -> list[bytes]:
    prepared, body = Prepared(server), picture("obama.jpg")
    return [prepared.request("index_faces", CollectionId=collection, Image={"Bytes": body}, ExternalImageId=f"late-{i}")
            for i in range(100)]


def rows_are_gone(server: Server, collection: str) -> bool:
    """A collection of that id can be made again."""
    client = server.client()
    try:
        client.create_collection(CollectionId=collection)
    except client.exceptions.ClientError:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=5_000)
    parser.add_argument("--folder", type=pathlib.Path, help="for the data; a temporary one by default")
    parser.add_argument("--no-process", action="store_true", help="do not measure in process first")
    options = parser.parse_args()
    process = {} if options.no_process else in_process(options.faces)
    with tempfile.TemporaryDirectory(prefix="likeness-million-", dir=options.folder) as folder:
        data = pathlib.Path(folder) / "data"
        server = Server(data)
        keys = server.keys
        for name in (MILLION, SMALL):
            server.client().create_collection(CollectionId=name)
        server.stop()
        print("| | measured | limit |\n|---|---|---|")
        took = fill(data, MILLION, options.faces)
        fill(data, SMALL, options.small)
        row(f"{options.faces:,} faces into the store and the key slots, 4,096 a transaction", f"{took:.1f} s")
        row("database and key slots", f"{(data / 'likeness.db').stat().st_size / 1e6:,.0f} and {(data / 'face-keys').stat().st_size / 1e6:,.0f} MB")
        bare = without_collections(data, keys)
        server, cold = started(data, keys)
        row("start without a snapshot, all templates opened", f"{cold:.1f} s")
        resident = server.resident()
        example_flow(server.client())
        row("AWS's example flow, boto3", "passed")
        prepared = Prepared(server)
        measure_searches(server, prepared, options.faces, process)
        measure_lists(server, prepared)
        measure_enrolment(server, prepared)
        start = time.perf_counter()
        server.stop()
        row("orderly stop, snapshots written", f"{time.perf_counter() - start:.1f} s")
        server, warm = started(data, keys)
        row("start from the snapshot, until the first answer", f"{warm:.2f} s; {warm - bare:.2f} s more than without faces",
            "2 s for the faces")
        row("resident", f"{server.resident() / 2**20:,.0f} MiB; {resident / 2**20:,.0f} after the start without a snapshot")
        start = time.perf_counter()
        server.client().delete_collection(CollectionId=MILLION)
        row("DeleteCollection of all of them, until every key is overwritten and it is answered", f"{time.perf_counter() - start:.1f} s")
        indexing = prepared_on(server, SMALL)
        slowest = max(milliseconds(server, indexing))
        row("the slowest IndexFaces while its rows are removed", f"{slowest:.0f} ms")
        while not rows_are_gone(server, MILLION):
            time.sleep(0.5)
        row("until its rows are gone too, in the background", f"{time.perf_counter() - start:.1f} s")
        server.stop()


if __name__ == "__main__":
    main()
