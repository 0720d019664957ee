"""Pictures to send: good ones, and what somebody may try instead."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw


def logo(width: int = 400, height: int = 200) -> Image.Image:
    """Return a red disc and a blue box on nothing."""
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((20, 20, height - 20, height - 20), fill=(220, 30, 60, 255))
    draw.rectangle((height, 60, width - 20, height - 60), fill=(20, 80, 200, 255))
    return picture


def as_bytes(picture: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    """Return a picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """Return a small file that says it is a PNG of so many pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + b"".join(chunks)
        + chunk(b"IDAT", zlib.compress(b"\0" * 999))
        + chunk(b"IEND", b"")
    )


def profile_bomb() -> bytes:
    """Return a PNG whose colour profile is 100 MB of nothing in 100 KB."""
    return png(10, 10, chunk(b"iCCP", b"x\0\0" + zlib.compress(b"\0" * 100_000_000)))
