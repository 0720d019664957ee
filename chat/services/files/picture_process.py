"""The program that decodes one picture which somebody sent, and writes it anew: a process of its own, with limits.

It reads the bytes on stdin and writes one line of JSON to stdout, behind it the new picture. Whatever a decoder can be
talked into happens here: without environment, files, network or children, and only for so much memory and time. Started
by `chat/services/files/picture.py`, it imports nothing of Balie.
"""

import colorsys
import io
import json
import math
import resource
import sys

from PIL import Image, ImageCms, ImageOps

# 4,000 by 4,000 pixels of four bytes are 64 MB, of which decoding and making smaller hold four at once.
_MEMORY = 640 * 1024 * 1024
_SECONDS = 6
_OUT = 2 * 1024 * 1024
MOST_PIXELS = 4_000
# After decoding no side is longer than twice this: turning and colours cost less, and a logo is 192 wide.
_ENOUGH = 1_024
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

# A colour is worth proposing as a company's own from so much saturation and lightness on.
_SATURATED, _BRIGHT = 0.3, 0.2
_MOST_COLOURS = 5
# Less of the whole than this is the edge between two others.
_LEAST = 0.02
# Two proposals differ by at least this, of 441 from black to white.
_APART = 60
# Lighter than this on the whole (of 255), a transparent logo needs a dark ground.
_LIGHT = 205
# A pixel more transparent than this (of 255) isn't seen.
_SEEN = 128


class NotTaken(Exception):
    """Raised with a word of `chat.services.files.picture.PictureProblem`."""


def load_decoders() -> None:
    """Decode one small picture of each kind: Pillow loads parts of itself at the first, and later may open no file."""
    turned = Image.Exif()
    turned[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in _FORMATS:
        out = io.BytesIO()
        Image.new("RGB", (2, 2)).save(out, kind, exif=turned.tobytes(), icc_profile=profile)
        answer(out.getvalue(), 2)


def limit() -> None:
    """Give up what decoding doesn't need, for good. Files that are open stay so."""
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_FSIZE, _OUT),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(what, (most, most))


def read_picture(data: bytes) -> Image.Image:
    """Return the first frame, upright, in sRGB, as RGBA.

    Raises:
        NotTaken: it is none, or too large, or broken.
    """
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS * MOST_PIXELS
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=_FORMATS)
        if max(picture.size) > MOST_PIXELS:
            raise NotTaken("large")
        picture.load()
        if picture.mode not in ("RGB", "RGBA", "L", "CMYK"):
            picture = picture.convert("RGBA")
        factor = max(picture.size) // _ENOUGH
        small = picture.reduce(factor) if factor > 1 else picture
        return _to_srgb(ImageOps.exif_transpose(small))
    except NotTaken:
        raise
    except (Image.DecompressionBombError, MemoryError):
        raise NotTaken("large") from None
    except Image.UnidentifiedImageError:
        raise NotTaken("kind") from None
    # Whatever a decoder of somebody else's bytes says.
    except Exception:  # noqa: BLE001
        raise NotTaken("broken") from None


def _to_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if profile:
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            moved = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            picture = moved if moved is not None else picture
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # A profile that is none, or of another kind of colour: taken for sRGB, as browsers do.
    return picture.convert("RGBA")


def square(picture: Image.Image, side: int) -> Image.Image:
    """Return what is seen of a picture, in the middle of a transparent square of at most so many pixels.

    Raises:
        NotTaken: nothing of it is seen.
    """
    seen = picture.getchannel("A").point(lambda value: 255 if value >= 8 else 0).getbbox()
    if seen is None:
        raise NotTaken("blank")
    picture = picture.crop(seen)
    # Premultiplied, so that colours of what isn't seen don't bleed into the edges.
    if max(picture.size) > side:
        small = picture.convert("RGBa")
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        picture = small.convert("RGBA")
    edge = max(picture.size)
    out = Image.new("RGBA", (edge, edge), (0, 0, 0, 0))
    out.paste(picture, ((edge - picture.width) // 2, (edge - picture.height) // 2))
    return out


def pixels_of(picture: Image.Image) -> list[tuple[int, int, int]]:
    """List the colours of all that is seen."""
    raw = picture.tobytes()
    return [(raw[at], raw[at + 1], raw[at + 2]) for at in range(0, len(raw), 4) if raw[at + 3] >= _SEEN]


def propose_colours(pixels: list[tuple[int, int, int]]) -> list[str]:
    """Return the colours that a company may take for its own, the best first: much of it, and not grey."""
    if not pixels:
        return []
    line = Image.new("RGB", (len(pixels), 1))
    line.putdata(pixels)
    few = line.quantize(24, method=Image.Quantize.MEDIANCUT).convert("RGB")
    counted = few.getcolors(maxcolors=256) or []
    worth: list[tuple[float, tuple[int, int, int]]] = []
    for count, found in counted:
        red, green, blue = (int(value) for value in found)  # type: ignore[union-attr]
        _hue, saturation, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
        if saturation >= _SATURATED and value >= _BRIGHT and count >= _LEAST * len(pixels):
            worth.append((count * saturation, (red, green, blue)))
    chosen: list[tuple[int, int, int]] = []
    for _, colour in sorted(worth, reverse=True):
        if all(math.dist(colour, other) >= _APART for other in chosen):
            chosen.append(colour)
    return ["#{:02x}{:02x}{:02x}".format(*colour) for colour in chosen[:_MOST_COLOURS]]


def is_light(picture: Image.Image, pixels: list[tuple[int, int, int]]) -> bool:
    """Tell whether a picture would vanish on white: it is light, and shows the ground it lies on."""
    if not pixels or picture.getchannel("A").getextrema()[0] == 255:
        return False
    light = sum(0.299 * red + 0.587 * green + 0.114 * blue for red, green, blue in pixels)
    return light / len(pixels) > _LIGHT


def write_webp(picture: Image.Image) -> bytes:
    """Return the smaller of a picture without loss and one with little. What came with it is left out."""
    forms = []
    for how in ({"lossless": True}, {"quality": 90}):
        out = io.BytesIO()
        picture.save(out, "WEBP", **how)
        forms.append(out.getvalue())
    return min(forms, key=len)


def answer(data: bytes, side: int) -> tuple[dict[str, object], bytes]:
    """Return what is said of a picture, and the picture."""
    try:
        picture = square(read_picture(data), side)
    except NotTaken as problem:
        return {"problem": str(problem)}, b""
    pixels = pixels_of(picture)
    facts = {"width": picture.width, "height": picture.height}
    look = {"is_light": is_light(picture, pixels), "colours": propose_colours(pixels)}
    return {**facts, **look}, write_webp(picture)


if __name__ == "__main__":
    load_decoders()
    limit()
    said, made = answer(sys.stdin.buffer.read(), int(sys.argv[1]))
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + made)
    sys.stdout.buffer.flush()
