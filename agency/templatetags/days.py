"""Short dates as each language writes them: Django's own `M` begins with a capital in every language, Dutch months
don't.
"""

from datetime import date, datetime
from functools import lru_cache

from django import template
from django.utils import formats, timezone
from django.utils.translation import get_language, pgettext

register = template.Library()


@register.filter
def day(at: date | datetime | None) -> str:
    """`ma 2 nov` in Dutch, `Mon 2 Nov` in English: the day in the zone of the page."""
    # Translators: Django's date format; b is the short month in small letters, M with a capital.
    return _written(at, pgettext("date format", "D j M"))


@register.filter
def day_and_time(at: datetime) -> str:
    """`ma 2 nov 14:07`, in the zone of the page."""
    return f"{day(at)} {formats.date_format(timezone.localtime(at), 'H:i')}"


@register.filter
def dated(at: date | datetime | None) -> str:
    """`2 nov 2026`: the day with its year."""
    # Translators: Django's date format; b is the short month in small letters, M with a capital.
    return _written(at, pgettext("date format", "j M Y"))


def _written(at: date | datetime | None, pattern: str) -> str:
    if at is None:
        return ""
    local = timezone.localtime(at) if isinstance(at, datetime) and timezone.is_aware(at) else at
    on = local.date() if isinstance(local, datetime) else local
    return _drawn(on, pattern, get_language())


@lru_cache(maxsize=4096)
def _drawn(on: date, pattern: str, _language: str | None) -> str:
    """A page of the plan writes the same few days a thousand times, each 0.3 ms in Django's hands."""
    return formats.date_format(on, pattern)
