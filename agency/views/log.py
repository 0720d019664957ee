"""Who changed what, newest first."""

from datetime import UTC, date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from agency.models import LogEntry
from agency.services import access, audit
from agency.views.forms.chooser import Chooser, distinct
from agency.views.log_words import KINDS, line_of
from agency.views.table import Pages
from tenants.models import Company


class LogForm(forms.Form):
    """Of which company, by whom and of which kind. What can't be read is said, and narrows nothing."""

    company = forms.ChoiceField(required=False, label=gettext_lazy("Company"), widget=Chooser)
    person = forms.ChoiceField(required=False, label=gettext_lazy("Person"), widget=Chooser)
    kind = forms.ChoiceField(required=False, label=gettext_lazy("Kind"))

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.GET)
        ready = Company.objects.filter(ready=True).order_by("name")
        lists: dict[str, list[tuple[str, str]]] = {
            "company": distinct(ready.values_list("pk", "name", "slug")),
            "person": distinct((one.pk, one.name, one.email) for one in audit.list_actors()),
            "kind": [(one, str(words)) for one, (words, _begin) in KINDS.items()],
        }
        for name, choices in lists.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("All")), *choices]
            field.widget.attrs["class"] = "input"
        self.is_valid()
        for name in self.errors:
            # An id may be one of somebody who isn't in the list any more.
            if self.id_of(name) is not None:
                continue
            words = _("%(field)s: choose one from the list. Below stand all.")
            messages.warning(request, words % {"field": self.fields[name].label})

    def id_of(self, name: str) -> UUID | None:
        """Return what is chosen; None for all."""
        return _id(self.cleaned_data.get(name) or self.data.get(name, ""))


@require_safe
@login_required
def log(request: HttpRequest) -> HttpResponse:
    """A page of changes, of all or of one company, person, day or kind."""
    access.require_manager(request.user)
    form, day = LogForm(request), _day(request)
    company_id, actor_id = form.id_of("company"), form.id_of("person")
    kind = form.cleaned_data.get("kind", "")
    entries, has_more = audit.list_changes(
        company_id=company_id,
        actor_id=actor_id,
        before=_mark(request.GET.get("before", "")),
        day=day,
        kinds=KINDS[kind][1] if kind else (),
    )
    kept: dict[str, object] = {
        "company": company_id,
        "person": actor_id,
        "day": day.isoformat() if day else "",
        "kind": kind,
    }
    context = {
        "lines": [line_of(entry) for entry in entries],
        "form": form,
        "day": day,
        "pages": Pages(
            first=(_address(kept) or "?") if request.GET.get("before") else "",
            after=_address({**kept, "before": _mark_of(entries[-1])}) if has_more else "",
        ),
    }
    return render(request, "manage/log.html", context)


def _day(request: HttpRequest) -> date | None:
    """The day that is asked for; of one that can't be read the page says so, and shows all days."""
    typed = request.GET.get("day", "")
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        day = None
    # The last day of all has no end.
    day = None if day == date.max else day
    if typed and day is None:
        messages.warning(request, _("A day such as 2026-12-25. Below stand all days."))
    return day


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _mark_of(entry: LogEntry) -> str:
    return f"{entry.at.isoformat()}~{entry.pk}"


def _mark(typed: str) -> tuple[datetime, UUID] | None:
    """Where the page before ended; anything else is the first page."""
    at, _tilde, entry_id = typed.partition("~")
    found = _id(entry_id)
    try:
        # As UTC: PostgreSQL refuses offsets that Python takes.
        moment = datetime.fromisoformat(at)
        known = moment.tzinfo is not None
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (moment, found) if found is not None and known else None


def _address(facts: dict[str, object]) -> str:
    return "?" + urlencode({name: value for name, value in facts.items() if value})
