"""The company colours as a stylesheet: the only way a page learns them, since no style stands in markup."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agency.domain.sites import colour
from tenants.models import Company

NAMES = ("solid", "on", "line", "tint", "tint2", "text")
COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")


def stylesheet(companies: Iterable[Company]) -> str:
    """Make `[data-co="<id>"]` rules, light and dark, from the stored palettes. Anything that isn't a colour is left
    out.
    """
    rules: list[str] = []
    for company in companies:
        light = _values(company.palette.get("light", {}))
        dark = _values(company.palette.get("dark", {}))
        if light:
            rules.append(f'[data-co="{company.id}"] {{ {light} }}')
        if dark:
            rules.append(f'[data-theme="dark"] [data-co="{company.id}"] {{ {dark} }}')
    return "\n".join(rules) + "\n"


def _values(palette: Mapping[str, str]) -> str:
    return " ".join(f"--co-{name}: {palette[name]};" for name in NAMES if COLOUR.match(str(palette.get(name, ""))))


@dataclass(frozen=True, slots=True)
class Look:
    """A brand colour on a visitor's screen: the ground, the text on it, and their contrast."""

    solid: str
    on: str
    ratio: float
    is_dark_text: bool
    is_moved: bool


def make_palette(brand: str) -> dict[str, dict[str, str]]:
    """The six colours of both themes, as a company keeps them."""
    return {"light": colour.palette(brand, dark=False), "dark": colour.palette(brand, dark=True)}


def describe(brand: str) -> Look:
    """How readable a brand colour is, and what is done about it.

    Raises:
        ValueError: it is no colour.
    """
    light = colour.palette(brand, dark=False)
    return Look(
        solid=light["solid"],
        on=light["on"],
        ratio=colour.contrast(light["solid"], light["on"]),
        is_dark_text=light["on"] == colour.NEAR_BLACK,
        is_moved=light["solid"] != brand.lower(),
    )
