"""The company colours as a stylesheet: the only way a page learns them, since no style stands in markup."""

import re
from collections.abc import Iterable, Mapping

from tenants.models import Company

NAMES = ("solid", "on", "line", "tint", "tint2", "text")
COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")


def stylesheet(companies: Iterable[Company]) -> str:
    """`[data-co="<id>"]` rules, light and dark, from the stored palettes; anything that isn't a colour is left out."""
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
    return " ".join(
        f"--co-{name}: {palette[name]};"
        for name in NAMES
        if COLOUR.match(str(palette.get(name, "")))
    )
