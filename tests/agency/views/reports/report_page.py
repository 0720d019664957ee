"""The report's page as a manager reads it."""

import html
from typing import Any

from django.test import Client

PAGE, FILE = "/manage/sla/", "/manage/sla.csv"


def show(browser: Client, path: str = PAGE, **query: Any) -> str:
    """Return the page of that query (`from_` for from), entities resolved and spaces single."""
    answer = browser.get(path, {name.rstrip("_"): value for name, value in query.items()})
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).replace("\u00a0", " ").split())
