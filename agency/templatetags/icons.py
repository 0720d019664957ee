"""SVGs of lucide-static, put into the page when its template is compiled: `{% icon %}` one, `{% icon_sheet %}` many."""

import re
from functools import cache

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
FOLDER = settings.BASE_DIR / "node_modules" / "lucide-static" / "icons"
NAME = re.compile(r"^[a-z0-9-]+$")
SIZES = {"": "i", "s": "i s", "l": "i l", "xl": "i xl"}


@cache
def _drawing(name: str) -> str:
    if not NAME.match(name):
        raise template.TemplateSyntaxError(f"{name!r} is no icon name")
    try:
        svg = (FOLDER / f"{name}.svg").read_text()
    except OSError as problem:
        raise template.TemplateSyntaxError(f"lucide-static has no icon {name!r}") from problem
    inside = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    return " ".join(inside.split())


class IconNode(template.Node):
    """Read one drawing, so that nothing is left to do at render time."""

    def __init__(self, markup: SafeString) -> None:
        self.markup = markup

    def render(self, context: template.Context) -> SafeString:
        return self.markup


@register.tag
def icon(parser: template.base.Parser, token: template.base.Token) -> IconNode:
    """`{% icon "check" %}` or `{% icon "check" "s" %}`: hidden from screen readers, so words stand beside it."""
    _tag, name, *size = token.split_contents()
    look = SIZES[size[0].strip("\"'") if size else ""]
    drawing = _drawing(name.strip("\"'"))
    opening = f'<svg class="{look}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
    return IconNode(mark_safe(f"{opening}{drawing}</svg>"))  # noqa: S308 - files of a locked package


@register.tag
def icon_sheet(parser: template.base.Parser, token: template.base.Token) -> IconNode:
    """`{% icon_sheet "check pause" %}`: one `<symbol id="i-check">` each, for pages that draw by script."""
    _tag, names = token.split_contents()
    symbols = [
        f'<symbol id="i-{name}" viewBox="0 0 24 24">{_drawing(name)}</symbol>' for name in names.strip("\"'").split()
    ]
    return IconNode(mark_safe("\n".join(symbols)))  # noqa: S308 - files of a locked package
