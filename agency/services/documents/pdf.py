"""Typeset one document."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

import typst
from django.conf import settings

from agency.services.documents.fonts import folders, legible

# Accessible: tagged, with language and title, and no character without a drawing.
STANDARD: Final = "ua-1"


class BadDocument(Exception):
    """Raised where a template and its facts don't make a document without a warning: a fault of ours."""


def render_pdf(template: str, facts: Mapping[str, Any], *, at: datetime) -> bytes:
    """Typeset a document: the same bytes for the same template, facts and time.

    Args:
        template: name of a file in `templates/documents`, without `.typ`.
        facts: `title`, `language`, and what the template reads. Texts are shown as they are, never as markup; a
            character that no typeface has is replaced.
        at: when the document says that it was made, with a zone.

    Raises:
        BadDocument: Typst refused it, or had a warning.
    """
    data = json.dumps(_legible(facts), ensure_ascii=False, sort_keys=True)
    root = settings.BASE_DIR / "templates" / "documents"
    try:
        made, warnings = typst.compile_with_warnings(
            str(root / f"{template}.typ"),
            root=str(root),
            font_paths=_fonts(),
            format="pdf",
            sys_inputs={"facts": data},
            pdf_standards=STANDARD,
            timestamp=at.replace(microsecond=0),  # a PDF's dates have none, and Typst refuses them
        )
    except typst.TypstError as error:
        raise BadDocument(f"{template}: {error}") from error
    if warnings:
        raise BadDocument(f"{template}: {'; '.join(one.message for one in warnings)}")
    return made


@cache
def _fonts() -> typst.Fonts:
    """Read the typefaces once for each process. What the machine has besides is never looked at."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders()],
    )


def _legible(value: Any) -> Any:
    if isinstance(value, str):
        return legible(value)
    if isinstance(value, Mapping):
        return {name: _legible(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_legible(one) for one in value]
    return value
