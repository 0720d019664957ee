"""Half hours for which too few certified people are planned."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agency.services import access
from agency.services.shifts import gaps as shifts_gaps
from agency.views.table import Column, Table
from tenants import clock


@require_safe
@login_required
def gaps(request: HttpRequest) -> HttpResponse:
    """Companies and the half hours for which too few certified people are planned."""
    access.require_manager(request.user)
    found = shifts_gaps.list_gaps(clock.now())
    table: Table[shifts_gaps.Gap] = Table(
        request,
        Column(_("Company"), "company"),
        Column(_("When")),
        Column(_("Half hours"), "half_hours", is_figure=True, falls=True),
        Column(_("Needed"), "needed", is_figure=True, falls=True),
        Column(_("Certified"), "certified", is_figure=True),
        sort="-half_hours",
    )
    by: dict[str, Callable[[shifts_gaps.Gap], Any]] = {
        "company": lambda line: line.company.name.casefold(),
        "needed": lambda line: line.needed,
        "certified": lambda line: line.certified,
    }
    table.fill(found.lines, words=lambda line: line.company.name, by=by)
    context = {"gaps": found, "table": table, "pages": table.pages}
    return render(request, "manage/shifts/gaps.html", context)
