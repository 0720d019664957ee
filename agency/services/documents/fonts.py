"""The typefaces of documents, and which texts they can show.

A document that says it is accessible (PDF/UA) may hold no character without a drawing, and visitors type whatever
their telephone can. So whatever none of the faces has is replaced before typesetting, and the document says so.
"""

from functools import cache
from pathlib import Path

import regex
from django.conf import settings
from fontTools.ttLib import TTFont

# In the order in which they are tried; templates/documents/page.typ names the same families.
FACES = (
    ("hanken-grotesk", ("400Regular", "600SemiBold")),
    ("noto-sans", ("400Regular", "600SemiBold")),
    ("noto-sans-arabic", ("400Regular", "600SemiBold")),
    ("noto-emoji", ("400Regular",)),
)
REPLACEMENT = "\ufffd"
# Never drawn by themselves: joiners, marks of direction, selectors of a variant. Typst leaves them out.
_UNSEEN = regex.compile(r"[\p{Default_Ignorable_Code_Point}\n]")
# Drawn by nothing at all, and no part of a text.
_CONTROLS = regex.compile(r"[\p{Cc}--\n]", regex.V1)


@cache
def folders() -> tuple[Path, ...]:
    """Return the folders that hold the faces' files, as npm delivers them."""
    root = settings.BASE_DIR / "node_modules" / "@expo-google-fonts"
    return tuple(root / face / weight for face, weights in FACES for weight in weights)


def legible(text: str) -> str:
    """Return a text with every character that no face can draw replaced by one that says so."""
    known = _drawn()
    text = _CONTROLS.sub(" ", text)
    return "".join(one if ord(one) in known or _UNSEEN.match(one) else REPLACEMENT for one in text)


@cache
def _drawn() -> frozenset[int]:
    """The characters that at least one face has, in every weight of it."""
    drawn: set[int] = set()
    for face, weights in FACES:
        maps = [set(_characters(face, weight)) for weight in weights]
        drawn |= set.intersection(*maps)
    return frozenset(drawn)


def _characters(face: str, weight: str) -> dict[int, str]:
    folder = settings.BASE_DIR / "node_modules" / "@expo-google-fonts" / face / weight
    (path,) = folder.glob("*.ttf")
    with TTFont(path, lazy=True) as font:
        return dict(font.getBestCmap())
