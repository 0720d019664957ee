"""All companies' certifications that end, have ended, or wait for a manager as their holder read a newer version."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agency.services.people.lists import Certificate
from agency.services.people.renewals import LISTS, PAGE, list_renewals, renew
from agency.views.doors import FORM, SignedInRequest, manager_page
from agency.views.query import asked_choice
from agency.views.table import MOST, Column, Table
from tenants import clock


@manager_page(FORM)
def renewals(request: SignedInRequest) -> HttpResponse:
    """Show the lists, and certify anew those that are ticked."""
    now, show = clock.now(), asked_choice(request, "show", LISTS, LISTS[0])
    if request.method == "POST":
        done = renew(chosen=_chosen(request), by=request.user, now=now)
        if done:
            text = ngettext("%(n)s certification given.", "%(n)s certifications given.", done)
            messages.success(request, text % {"n": done})
        else:
            messages.warning(request, _("Nothing was ticked, so nothing changed."))
        return redirect(request.get_full_path())
    table: Table[Certificate] = Table(
        request,
        Column(_("Choose"), is_hidden=True),
        Column(_("Operator"), "operator"),
        Column(_("Company"), "company"),
        Column(_("Certification"), "ends"),
        Column(_("Newest version read")),
        sort="ends",
        size=PAGE,
        kept={"show": show},
    )
    found = list_renewals(show=show, query=table.query, order=table.order, window=table.window, now=now)
    names = {
        "soon": _("Ending soon"),
        "ended": _("Expired"),
        "read": _("Newer version read"),
    }
    context = {
        "found": found,
        "lists": [(name, names[name], found.counts[name]) for name in LISTS],
        "show": show,
        "table": table,
        "query": table.query,
        "pages": table.pages,
    }
    return render(request, "manage/certification/renewals.html", context)


def _chosen(request: HttpRequest) -> list[tuple[UUID, UUID]]:
    """Return operator and company of each line that was ticked, leaving out what isn't a pair of ids."""
    found = []
    for typed in request.POST.getlist("one")[:MOST]:
        operator_id, _dot, company_id = typed.partition(".")
        try:
            found.append((UUID(operator_id), UUID(company_id)))
        except ValueError:
            continue
    return found
