"""The month that a page of months is asked for."""

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def asked_month(request: HttpRequest, months: Sequence[date]) -> date:
    """Return the first day of the month in `?month=2026-11`; of one that isn't listed say so, and take the newest."""
    typed = request.GET.get("month", "")
    try:
        asked = parse_date(f"{typed}-01")
    except ValueError:
        asked = None
    if asked is not None and asked in months:
        return asked
    if typed:
        words = _(
            "There is no month “%(asked)s” here. Below stands %(shown)s; write a month as %(example)s."
        )
        facts = {"shown": date_format(months[0], "F Y"), "example": f"{months[0]:%Y-%m}"}
        messages.warning(request, words % {"asked": typed[:20], **facts})
    return months[0]
