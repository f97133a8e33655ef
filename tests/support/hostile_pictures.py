"""Pictures that lie, break off or blow up, and PNGs that Pillow cannot write; made byte by byte."""

import struct
import zlib

import numpy

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width: int, height: int, bits: int, colour: int, interlace: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlace))


def png_file(*chunks: bytes) -> bytes:
    return PNG_SIGNATURE + b"".join(chunks) + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """A zlib stream of that many zero bytes: a block that ends with a full flush may be repeated."""
    block = 1 << 20
    packer = zlib.compressobj(9, wbits=-15)
    packer.compress(b"")
    repeated = packer.compress(bytes(block)) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(bytes(count % block)) + packer.flush()
    checksum = (count % 65521) << 16 | 1  # Adler-32 of zeros
    return b"\x78\xda" + repeated * (count // block) + end + struct.pack(">I", checksum)


def png_bomb(width: int, height: int) -> bytes:
    """A whole, valid, black picture of one bit a pixel: a few hundred kilobytes for 30,000 x 30,000."""
    return png_file(header(width, height, 1, 0), chunk(b"IDAT", zeros(height * (1 + (width + 7) // 8))))


def png_with_text_bomb(png: bytes, unpacked: int) -> bytes:
    """The picture with a compressed comment of that size behind its header."""
    after_header = 8 + 25
    return png[:after_header] + chunk(b"zTXt", b"Comment\0\0" + zeros(unpacked)) + png[after_header:]


def png_with_profile_bomb(png: bytes, unpacked: int) -> bytes:
    after_header = 8 + 25
    return png[:after_header] + chunk(b"iCCP", b"profile\0\0" + zeros(unpacked)) + png[after_header:]


def png_16_bit(pixels: numpy.ndarray) -> bytes:
    """8-bit RGB pixels as 16 bits a channel, with the low byte filled."""
    height, width, _ = pixels.shape
    wide = (pixels.astype(numpy.uint16) * 257).astype(">u2")
    rows = b"".join(b"\0" + wide[y].tobytes() for y in range(height))
    return png_file(header(width, height, 16, 2), chunk(b"IDAT", zlib.compress(rows)))


def png_interlaced(pixels: numpy.ndarray) -> bytes:
    """8-bit RGB pixels in the seven passes of Adam7."""
    height, width, _ = pixels.shape
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    rows = b"".join(b"\0" + numpy.ascontiguousarray(row).tobytes()
                    for x, y, dx, dy in passes for row in pixels[y::dy, x::dx])
    return png_file(header(width, height, 8, 2, interlace=1), chunk(b"IDAT", zlib.compress(rows)))


def jpeg_segments(jpeg: bytes):
    """(marker, offset of the marker, length of the segment without the marker) up to the first scan."""
    at = 2
    while True:
        assert jpeg[at] == 0xFF, hex(at)
        marker, length = jpeg[at + 1], struct.unpack(">H", jpeg[at + 2:at + 4])[0]
        yield marker, at, length
        if marker == 0xDA:
            return
        at += 2 + length


def jpeg_claiming(jpeg: bytes, width: int, height: int) -> bytes:
    """The same bytes with other dimensions in the frame header."""
    out = bytearray(jpeg)
    for marker, at, _ in jpeg_segments(jpeg):
        if marker in (0xC0, 0xC1, 0xC2):
            out[at + 5:at + 9] = struct.pack(">HH", height, width)
            return bytes(out)
    raise ValueError("no frame header")


def jpeg_with_many_scans(progressive: bytes, count: int) -> bytes:
    """A progressive JPEG with its last scan said over and over."""
    last = progressive.rindex(b"\xff\xda")
    end = progressive.rindex(b"\xff\xd9")
    return progressive[:last] + progressive[last:end] * count + b"\xff\xd9"


def jpeg_with_segment(jpeg: bytes, marker: int, data: bytes) -> bytes:
    """The picture with one more segment right behind its start."""
    return jpeg[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data + jpeg[2:]


def padded(jpeg: bytes, size: int) -> bytes:
    """The same picture in exactly that many bytes, by comments behind its start."""
    missing = size - len(jpeg)
    comments = []
    while missing:
        length = min(missing, 65535 + 2)
        if 0 < missing - length < 4:
            length -= 4  # leave room for the last one's own head
        comments.append(b"\xff\xfe" + struct.pack(">H", length - 2) + bytes(length - 4))
        missing -= length
    return jpeg[:2] + b"".join(comments) + jpeg[2:]
