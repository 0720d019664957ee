"""Small PNGs: a screen has few colours, so a palette of them is a third of what a browser writes."""

import base64
import struct
import zlib
from typing import Any

from playwright.sync_api import Page

# Of colours that differ by less than 8 in each part the most frequent stands for all. Half of the 64 are those that
# cover most, the others whatever would be drawn most wrongly without them: a dot of ten pixels is green all the same.
_REDUCE = """async (picture) => {
  const bytes = Uint8Array.from(atob(picture), (one) => one.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const { width, height } = image;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, width, height);
  const colours = new Uint32Array(width * height), counts = new Map();
  for (let at = 0; at < colours.length; at++) {
    const colour = (data[4 * at] << 16) | (data[4 * at + 1] << 8) | data[4 * at + 2];
    colours[at] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const alike = new Map();
  for (const [colour, count] of [...counts].sort((a, b) => b[1] - a[1])) {
    const known = alike.get(colour & 0xf8f8f8);
    if (known) known.count += count;
    else alike.set(colour & 0xf8f8f8, { colour, count });
  }
  const far = (a, b) => [16, 8, 0].reduce((sum, part) => sum + (((a >> part) & 255) - ((b >> part) & 255)) ** 2, 0);
  const left = [...alike.values()].sort((a, b) => b.count - a.count).map((one) => ({ ...one, off: Infinity }));
  const palette = [];
  while (palette.length < 64 && left.length) {
    const wrong = (one) => one.count * one.off;
    const worst = () => left.reduce((best, one, at) => (wrong(one) > wrong(left[best]) ? at : best), 0);
    const next = palette.length < 32 ? 0 : worst();
    const [{ colour }] = left.splice(next, 1);
    palette.push(colour);
    for (const one of left) one.off = Math.min(one.off, far(one.colour, colour));
  }
  const nearest = new Map(palette.map((colour, place) => [colour, place]));
  const places = new Uint8Array(colours.length);
  for (let at = 0; at < colours.length; at++) {
    const colour = colours[at];
    if (!nearest.has(colour)) {
      const best = palette.reduce((a, b) => (far(a, colour) <= far(b, colour) ? a : b));
      nearest.set(colour, nearest.get(best));
    }
    places[at] = nearest.get(colour);
  }
  let text = "";
  for (let at = 0; at < places.length; at += 8192) text += String.fromCharCode(...places.subarray(at, at + 8192));
  return { width, height, palette, places: btoa(text) };
}"""


def reduce(picture: bytes, blank: Page) -> bytes:
    """Return the same picture as a PNG with a palette.

    Args:
        blank: an empty page, which does the counting.
    """
    found: dict[str, Any] = blank.evaluate(_REDUCE, base64.b64encode(picture).decode())
    width, height, places = found["width"], found["height"], base64.b64decode(found["places"])
    # No filter on a line: neighbours in a palette aren't alike.
    lines = b"".join(b"\0" + places[line * width : (line + 1) * width] for line in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    palette = b"".join(colour.to_bytes(3, "big") for colour in found["palette"])
    chunks = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
