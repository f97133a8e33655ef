"""What must not grow: compiled models, memory, queues; and what happens when more is asked than can be done."""

import concurrent.futures
import itertools
import json
import threading

import pytest

from support import hostile_pictures, pictures, raw_http, sigv4
from support.server import Server, is_asan

MIB = 1 << 20


@pytest.fixture(scope="module")
def bounded(used_folder):
    """A server of this file's own: its memory is measured."""
    with Server(used_folder) as running:
        yield running
        assert running.stop() == 0


def compilations(server) -> dict[str, float]:
    found = {name: value for name, value in server.metrics().items() if "compil" in name and "_bucket" not in name}
    assert found, "there is a counter of compilations"
    assert sum(found.values()) > 0, "the models were compiled once"
    return found


def detect(server, image_bytes: bytes, *attributes: str) -> raw_http.Answer:
    return raw_http.call(server, "DetectFaces", {"Image": {"Bytes": pictures.base64_of(image_bytes)},
                                                 "Attributes": list(attributes)})


def aspect_ratios() -> list[tuple[int, int]]:
    """200 sizes of 200 different ratios, from 25:1 to 1:25."""
    sizes = []
    for i in range(200):
        ratio = 25 ** ((i - 99.5) / 99.5)
        long_side = 640 + 13 * (i % 50)
        wide, high = (long_side, long_side / ratio) if ratio >= 1 else (long_side * ratio, long_side)
        scale = max(1, 80 / min(wide, high))
        sizes.append((round(wide * scale), round(high * scale)))
    assert len({wide / high for wide, high in sizes}) == 200 and min(map(min, sizes)) >= 80
    return sizes


def test_200_aspect_ratios_compile_nothing_and_keep_nothing(bounded):
    head, _ = pictures.OBAMA.crop(42, side=1.8)
    requests = []
    for size in aspect_ratios():
        canvas = pictures.blank(*size, (120, 140, 160))
        canvas.paste(head, ((size[0] - head.width) // 2, (size[1] - head.height) // 2))
        requests.append(pictures.jpeg(canvas))
    for data in requests[::20]:  # every allocator and thread has had its first time
        assert detect(bounded, data, "ALL").status == 200
    before, memory = compilations(bounded), bounded.resident()
    for data in requests:
        assert detect(bounded, data, "ALL").status == 200
    assert compilations(bounded) == before
    if not is_asan():
        assert bounded.resident() - memory < 48 * MIB


def test_hundreds_of_requests_keep_no_memory(bounded, needs_plain_memory):
    crowd, _ = pictures.collage([(portrait, 90) for portrait in pictures.PORTRAITS], (1280, 720))
    bodies = [json.dumps({"Image": {"Bytes": pictures.base64_of(data)}, "Attributes": ["ALL"]}).encode()
              for data in (crowd, pictures.file_bytes("obama.jpg"), pictures.png(pictures.blank(900, 700)))]
    compare = json.dumps({"SourceImage": {"Bytes": pictures.base64_of(pictures.file_bytes("obama.jpg"))},
                          "TargetImage": {"Bytes": pictures.base64_of(crowd)}}).encode()
    bad = json.dumps({"Image": {"Bytes": pictures.base64_of(pictures.file_bytes("obama.jpg")[:90_000])}}).encode()
    requests = [("DetectFaces", body, 200) for body in bodies]
    requests += [("CompareFaces", compare, 200), ("DetectFaces", bad, 400)]

    def rounds(count: int) -> None:
        with raw_http.Connection(bounded) as connection:
            for operation, body, status in requests * count:
                connection.send_request(sigv4.headers_for(bounded, operation, body), body)
                assert connection.read().status == status

    rounds(20)
    memory = bounded.resident()
    rounds(50)
    assert bounded.resident() - memory < max(8 * MIB, 0.02 * memory)


def test_a_burst_of_large_requests_is_answered_each(bounded):
    """200 at once, 1.3 GB of bodies: each gets its answer or the throttling error, and memory stays bounded."""
    noisy = pictures.jpeg(pictures.noise(1600, 1000), quality=90)
    noisy = hostile_pictures.padded(noisy, 4_900_000)
    body = json.dumps({"Image": {"Bytes": pictures.base64_of(noisy)}}).encode()
    headers = sigv4.headers_for(bounded, "DetectFaces", body)
    assert raw_http.exchange(bounded, headers, body).status == 200
    before, together = bounded.resident(), threading.Barrier(200)
    bounded.forget_peak()

    def ask(_) -> str:
        together.wait()
        answer = raw_http.exchange(bounded, headers, body)
        return "200" if answer.status == 200 else f"{answer.status} {answer.code}"

    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(ask, range(200)))
    told = set(answers)
    assert told <= {"200", "400 ThrottlingException", "400 ProvisionedThroughputExceededException"}, told
    assert "200" in answers
    assert bounded.alive()
    if not is_asan():
        assert bounded.peak() - before < 1024 * MIB
    assert len(detect(bounded, pictures.file_bytes("obama.jpg")).json["FaceDetails"]) == 1
    assert bounded.get("/readyz")[0] == 200


def test_a_burst_of_small_requests_is_answered_each(bounded):
    body = json.dumps({"Image": {"Bytes": pictures.base64_of(pictures.file_bytes("obama2.jpg"))}}).encode()
    headers = sigv4.headers_for(bounded, "DetectFaces", body)
    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(lambda _: raw_http.exchange(bounded, headers, body), range(400)))
    told = {("200" if answer.status == 200 else answer.code) for answer in answers}
    assert told <= {"200", "ThrottlingException", "ProvisionedThroughputExceededException"}
    assert "200" in told
    assert all(answer.headers["x-amzn-requestid"] for answer in answers)


def test_a_client_that_retries_gets_every_answer(bounded):
    """Stock boto3 retries what the server throttles."""
    client = bounded.client(attempts=12, connections=48)
    files = itertools.cycle(["obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg"])
    work = [pictures.file_bytes(next(files)) for _ in range(96)]
    with concurrent.futures.ThreadPoolExecutor(48) as pool:
        answers = list(pool.map(lambda data: client.detect_faces(Image={"Bytes": data})["FaceDetails"], work))
    assert all(answers)


def test_no_files_are_left_open(bounded):
    detect(bounded, pictures.file_bytes("obama.jpg"))
    before = bounded.open_files()
    for _ in range(300):
        raw_http.call(bounded, "ListCollections", {})
    assert bounded.open_files() <= before + 5
