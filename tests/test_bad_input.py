"""Hostile pictures: the modelled typed error, memory bounded, the server alive and right afterwards.

A server of its own, so that one that dies does not take other tests with it.
"""

import pytest

from support import hostile_pictures, pictures, raw_http
from support.server import Server, is_asan

PEAK = 600 << 20  # the worst picture that is accepted needs some 450 MB while it is decoded


@pytest.fixture(scope="module")
def hardened(used_folder):
    with Server(used_folder) as running:
        detect_is_right(running)
        yield running
        assert running.stop() == 0


@pytest.fixture(autouse=True)
def alive_right_and_small_afterwards(hardened):
    before = hardened.resident()
    hardened.forget_peak()
    yield
    assert hardened.alive(), hardened.stderr()[-4000:]
    if not is_asan():
        assert hardened.peak() - before < PEAK, "memory was not bounded"
    detect_is_right(hardened)


def detect_is_right(server) -> None:
    face, = server.client().detect_faces(Image={"Bytes": pictures.file_bytes("obama.jpg")})["FaceDetails"]
    box = pictures.pixels(face["BoundingBox"], pictures.OBAMA.image.size)
    assert pictures.iou(box, pictures.OBAMA.box) > 0.5


def send(server, data: bytes) -> raw_http.Answer:
    return raw_http.call(server, "DetectFaces", {"Image": {"Bytes": pictures.base64_of(data)}})


def refused(server, data: bytes, *codes: str) -> str:
    """The message; both operations say the same."""
    answer = send(server, data)
    assert (answer.status, answer.code) in [(400, code) for code in codes], answer.body[:300]
    good = pictures.base64_of(pictures.file_bytes("obama.jpg"))
    for members in (("SourceImage", "TargetImage"), ("TargetImage", "SourceImage")):
        body = {members[0]: {"Bytes": pictures.base64_of(data)}, members[1]: {"Bytes": good}}
        assert raw_http.call(server, "CompareFaces", body).code == answer.code, members
    return answer.message


SMALL = pictures.blank(300, 300, (90, 120, 150))


@pytest.mark.parametrize("data", [
    b"\0", b"hello", b"GIF89a", bytes(1000), b"\xff" * 1000, b"\xff\xd8", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n",
    b"<svg xmlns='http://www.w3.org/2000/svg' width='500' height='500'/>", b"%PDF-1.7\n",
    bytes(range(256)) * 4000, b"\xff\xd8\xff\xe0" + bytes(500_000), b"\x89PNG\r\n\x1a\n" + bytes(500_000),
    b"\xff\xd8\xff\xd9", hostile_pictures.png_file(),
    hostile_pictures.png_file(hostile_pictures.header(300, 300, 8, 2)),
], ids=lambda data: repr(data[:12]))
def test_not_an_image(hardened, data):
    assert refused(hardened, data, "InvalidImageFormatException")


def test_zero_bytes(hardened):
    message = refused(hardened, b"", "InvalidParameterException")
    assert message.startswith("1 validation error detected: Value ") and message.endswith(
        "at 'image.bytes' failed to satisfy constraint: Member must have length greater than or equal to 1")


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("kind", ["baseline", "progressive", "png"])
def test_truncated(hardened, kind, share):
    image = pictures.OBAMA.image.resize((455, 569))
    data = pictures.png(image) if kind == "png" else pictures.jpeg(image, progressive=kind == "progressive")
    refused(hardened, data[:int(len(data) * share)], "InvalidImageFormatException")


def test_damaged_png(hardened):
    good = pictures.png(SMALL)
    bits = hostile_pictures.chunk(b"IDAT", hostile_pictures.zeros(300 * 301))
    for data in (
        good[:60] + bytes([good[60] ^ 0x40]) + good[61:],  # a bit of the compressed pixels: its checksum is wrong
        hostile_pictures.png_file(hostile_pictures.header(0, 300, 8, 2), bits),
        hostile_pictures.png_file(hostile_pictures.header(300, 0, 8, 2), bits),
        hostile_pictures.png_file(hostile_pictures.header(300, 300, 7, 2), bits),  # no such depth
        hostile_pictures.png_file(hostile_pictures.header(300, 300, 8, 5), bits),  # no such colour type
        hostile_pictures.png_file(hostile_pictures.header(300, 300, 8, 3), bits),  # palette without a palette
        hostile_pictures.png_file(hostile_pictures.header(300, 300, 8, 2), bits),  # a third of the pixels
        hostile_pictures.png_file(bits, hostile_pictures.header(300, 300, 8, 0)),  # header behind the pixels
        hostile_pictures.png_file(hostile_pictures.header(300, 300, 8, 0), hostile_pictures.chunk(b"IDAT", b"x" * 90)),
    ):
        refused(hardened, data, "InvalidImageFormatException")


@pytest.mark.parametrize("size", [5242881, 8_000_000, 11_000_000])
def test_over_five_mebibytes(hardened, size):
    data = hostile_pictures.padded(pictures.jpeg(SMALL), size)
    assert len(data) == size
    message = refused(hardened, data, "InvalidParameterException")
    assert message.startswith("1 validation error detected: Value ")
    assert len(message) < 400, "the picture is not quoted"
    assert message.endswith("failed to satisfy constraint: Member must have length less than or equal to 5242880")


def test_the_member_that_is_too_long_is_named(hardened):
    big = pictures.base64_of(hostile_pictures.padded(pictures.jpeg(SMALL), 5242881))
    good = pictures.base64_of(pictures.file_bytes("obama.jpg"))
    assert "at 'image.bytes'" in raw_http.call(hardened, "DetectFaces", {"Image": {"Bytes": big}}).message
    for members in (("SourceImage", "TargetImage"), ("TargetImage", "SourceImage")):
        answer = raw_http.call(hardened, "CompareFaces", {members[0]: {"Bytes": big}, members[1]: {"Bytes": good}})
        assert f"at '{members[0][0].lower()}{members[0][1:]}.bytes'" in answer.message


@pytest.mark.parametrize("size", [17 << 20, 40 << 20], ids=["17 MiB", "40 MiB"])
def test_a_body_over_the_limit_gets_an_answer(hardened, size):
    answer = raw_http.call(hardened, "DetectFaces", b'{"Image":{"Bytes":"' + b"A" * (size - 22) + b'"}}')
    assert (answer.status, answer.code) == (400, "ImageTooLargeException")


def test_boto3_gets_that_answer_too(hardened):
    client = hardened.client(validate=False)
    with pytest.raises(client.exceptions.ImageTooLargeException):
        client.detect_faces(Image={"Bytes": bytes(16 << 20)})


BOMBS = {
    "PNG of 30,000 x 30,000": lambda: hostile_pictures.png_bomb(30000, 30000),
    "PNG header of 30,000 x 30,000": lambda: hostile_pictures.png_file(
        hostile_pictures.header(30000, 30000, 8, 2), hostile_pictures.chunk(b"IDAT", hostile_pictures.zeros(9000))),
    "PNG header of 2^31-1 x 2^31-1": lambda: hostile_pictures.png_file(
        hostile_pictures.header(2**31 - 1, 2**31 - 1, 8, 6), hostile_pictures.chunk(b"IDAT", b"")),
    "JPEG claiming 65,500 x 65,500": lambda: hostile_pictures.jpeg_claiming(pictures.jpeg(SMALL), 65500, 65500),
    "progressive JPEG claiming 65,500 x 65,500": lambda: hostile_pictures.jpeg_claiming(
        pictures.jpeg(SMALL, progressive=True), 65500, 65500),
    "CMYK JPEG claiming 60,000 x 60,000": lambda: hostile_pictures.jpeg_claiming(
        pictures.jpeg(SMALL.convert("CMYK")), 60000, 60000),
    "JPEG claiming 65,500 x 800": lambda: hostile_pictures.jpeg_claiming(pictures.jpeg(SMALL), 65500, 800),
}


@pytest.mark.parametrize("name", BOMBS)
def test_pixel_bombs(hardened, name):
    refused(hardened, BOMBS[name](), "ImageTooLargeException")


@pytest.mark.parametrize(("width", "height"), [(0, 300), (300, 0), (0, 0)])
def test_jpeg_without_a_size(hardened, width, height):
    refused(hardened, hostile_pictures.jpeg_claiming(pictures.jpeg(SMALL), width, height),
            "InvalidImageFormatException", "InvalidParameterException")


def test_jpeg_that_claims_more_than_it_has(hardened):
    """5,000 x 5,000 is allowed, but the scan ends after 300 x 300."""
    refused(hardened, hostile_pictures.jpeg_claiming(pictures.jpeg(SMALL), 5000, 5000), "InvalidImageFormatException")


@pytest.mark.parametrize("wrap", [hostile_pictures.png_with_text_bomb, hostile_pictures.png_with_profile_bomb])
def test_bombs_in_comments_and_profiles(hardened, wrap):
    """A gigabyte in a chunk that is no pixels: left alone or refused, never unpacked."""
    answer = send(hardened, wrap(pictures.png(SMALL), 1 << 30))
    assert answer.status == 200 or answer.code == "InvalidImageFormatException"


def test_a_jpeg_of_very_many_scans(hardened):
    data = hostile_pictures.jpeg_with_many_scans(pictures.jpeg(pictures.blank(2000, 2000), progressive=True), 2000)
    answer = send(hardened, data)
    assert answer.status == 200 or answer.code in ("InvalidImageFormatException", "ImageTooLargeException")


def test_a_png_of_very_many_chunks(hardened):
    good = pictures.png(SMALL)
    answer = send(hardened, good[:33] + hostile_pictures.chunk(b"teXt", b"") * 300_000 + good[33:])
    assert answer.status == 200 or answer.code == "InvalidImageFormatException"


def test_random_damage_never_breaks_the_server(hardened):
    """Single bytes of good files changed, by a fixed seed: an answer or a typed error."""
    import random
    dice = random.Random(5)
    image = pictures.OBAMA.image.resize((182, 227))
    files = [pictures.jpeg(image), pictures.jpeg(image, progressive=True), pictures.png(image.quantize(64))]
    for number in range(150):
        data = bytearray(files[number % 3])
        for _ in range(1 + number % 4):
            data[dice.randrange(2, len(data) if number % 2 else 700)] = dice.randrange(256)
        answer = send(hardened, bytes(data))
        assert answer.status == 200 or answer.code in (
            "InvalidImageFormatException", "InvalidParameterException", "ImageTooLargeException"), answer.body


@pytest.mark.parametrize("image", [{}, {"S3Object": {}}, {"Bytes": None}, None], ids=str)
def test_no_picture_at_all(hardened, image):
    answer = raw_http.call(hardened, "DetectFaces", {"Image": image})
    assert (answer.status, answer.code) == (400, "InvalidParameterException") or (
        image == {"S3Object": {}} and answer.code == "InvalidS3ObjectException"), answer.body


def test_pictures_in_s3_are_refused_as_modelled(hardened):
    s3 = {"S3Object": {"Bucket": "some-bucket", "Name": "a/b.jpg"}}
    answer = raw_http.call(hardened, "DetectFaces", {"Image": s3})
    assert (answer.status, answer.code) == (400, "InvalidS3ObjectException")
    assert answer.message
    good = {"Bytes": pictures.base64_of(pictures.file_bytes("obama.jpg"))}
    for source, target in ((s3, good), (good, s3)):
        answer = raw_http.call(hardened, "CompareFaces", {"SourceImage": source, "TargetImage": target})
        assert (answer.status, answer.code) == (400, "InvalidS3ObjectException")


def test_bytes_and_s3_together(hardened):
    both = {"Bytes": pictures.base64_of(pictures.file_bytes("obama.jpg")), "S3Object": {"Bucket": "abc", "Name": "x"}}
    assert raw_http.call(hardened, "DetectFaces", {"Image": both}).code == "InvalidParameterException"
