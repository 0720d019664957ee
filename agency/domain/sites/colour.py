"""A company's brand colour becomes six safe colours for each theme.

The arithmetic is OKLCH (Björn Ottosson): hue is kept, lightness moves, chroma yields to what sRGB
can show. Ratios are WCAG 2.2 contrast.
"""

import math
import re
from collections.abc import Callable

Rgb = tuple[float, float, float]
Oklch = tuple[float, float, float]

WHITE = "#ffffff"
NEAR_BLACK = "#111413"
# Surface and page ground of the two themes, as in static/ui/tokens.css.
GROUNDS = {False: (WHITE, "#f5f5f1"), True: ("#191d1b", NEAR_BLACK)}

# WCAG asks 4.5:1 for text and 3:1 for edges; a little more, for eight bits a channel round.
TEXT_RATIO = 4.6
EDGE_RATIO = 3.05
# In the dark theme a filled shape must still stand out from its ground.
SHAPE_RATIO = 1.6

LIGHTNESS_STEP = 0.01
CHROMA_STEP = 0.004

HEX = re.compile(r"#[0-9a-fA-F]{6}")


def is_hex(brand: str) -> bool:
    """Tell whether a text is a colour as ``#rrggbb``."""
    return HEX.fullmatch(brand) is not None


def palette(brand: str, *, dark: bool) -> dict[str, str]:
    """Derive the six colours of one theme from a brand colour.

    Args:
        brand: the company's own colour, ``#rrggbb``.
        dark: for the dark theme.

    Returns:
        ``solid`` fills a button or monogram, ``on`` is the text on it (4.5:1); ``line`` draws an
        edge (3:1 on every ground and on tint); ``tint`` and ``tint2`` are quiet grounds; ``text``
        writes the company's name (4.5:1 on every ground and on tint).

    Raises:
        ValueError: the brand is not a colour.
    """
    if not is_hex(brand):
        raise ValueError(f"not a colour of the form #rrggbb: {brand!r}")
    _, chroma, hue = _to_oklch(brand)
    grounds = GROUNDS[dark]

    def is_solid(colour: str) -> bool:
        carries_text = max(contrast(colour, WHITE), contrast(colour, NEAR_BLACK)) >= TEXT_RATIO
        return carries_text and (not dark or _clears(colour, grounds, SHAPE_RATIO))

    # A pale brand (yellow) stays itself with dark text on it; `line` draws its edge.
    solid = brand.lower() if is_solid(brand) else _walk(brand, is_solid, dark=dark)
    tint = _from_oklch(0.25 if dark else 0.967, min(chroma * 0.25, 0.028 if dark else 0.026), hue)
    tint2 = _from_oklch(0.31 if dark else 0.94, min(chroma * 0.35, 0.045), hue)
    below = (*grounds, tint)
    return {
        "solid": solid,
        "on": WHITE if contrast(solid, WHITE) >= 4.5 else NEAR_BLACK,
        "line": _walk(brand, lambda colour: _clears(colour, below, EDGE_RATIO), dark=dark),
        "tint": tint,
        "tint2": tint2,
        "text": _walk(brand, lambda colour: _clears(colour, below, TEXT_RATIO), dark=dark),
    }


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _clears(colour: str, grounds: tuple[str, ...], ratio: float) -> bool:
    return all(contrast(colour, ground) >= ratio for ground in grounds)


def _walk(brand: str, passes: Callable[[str], bool], *, dark: bool) -> str:
    """Move the brand's lightness away from the theme's ground until it passes."""
    lightness, chroma, hue = _to_oklch(brand)
    lightness = min(0.97, max(0.06, lightness))
    step = LIGHTNESS_STEP if dark else -LIGHTNESS_STEP
    while 0.05 < lightness < 0.98:
        colour = _from_oklch(lightness, chroma, hue)
        if passes(colour):
            return colour
        lightness += step
    return _from_oklch(max(0.05, min(0.98, lightness)), 0, hue)


def _to_rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _to_hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(min(1.0, max(0.0, value)) * 255):02x}" for value in rgb)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else math.pow((value + 0.055) / 1.055, 2.4)


def _gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * math.pow(value, 1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(value) for value in _to_rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_oklch(colour: str) -> Oklch:
    r, g, b = (_linear(value) for value in _to_rgb(colour))
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    green_red = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    blue_yellow = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(green_red, blue_yellow), math.atan2(blue_yellow, green_red)


def _from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return the nearest colour that sRGB can show at this lightness and hue."""
    while True:
        rgb = _oklch_to_linear(lightness, chroma, hue)
        if chroma < 0.002 or all(-1e-4 <= value <= 1.0001 for value in rgb):
            red, green, blue = (_gamma(max(0.0, value)) for value in rgb)
            return _to_hex((red, green, blue))
        chroma -= CHROMA_STEP


def _oklch_to_linear(lightness: float, chroma: float, hue: float) -> Rgb:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
