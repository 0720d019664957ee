"""The log of changes, with who made them, newest first."""

from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.models import LogEntry
from agency.services import audit
from agency.views.chooser import Chooser, distinct
from agency.views.doors import READ, manager_page
from agency.views.query import asked_day, read_id, say, say_unread
from agency.views.system.log_words import KINDS, line_of
from agency.views.table import Pages
from tenants import clock
from tenants.models import Company


class LogForm(forms.Form):
    """The filter of the log: company, person, kind. What can't be read is reported, and narrows nothing."""

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
            say(request, words % {"field": self.fields[name].label})

    def id_of(self, name: str) -> UUID | None:
        """Return what is chosen. None for all."""
        return read_id(self.cleaned_data.get(name) or self.data.get(name, ""))


@manager_page(READ)
def log(request: HttpRequest) -> HttpResponse:
    """Show a page of changes, of all or of one company, person, day or kind."""
    form = LogForm(request)
    day = asked_day(request, "day", example=timezone.localdate(clock.now()))
    company_id, actor_id = form.id_of("company"), form.id_of("person")
    kind = form.cleaned_data.get("kind", "")
    entries, has_more = audit.list_changes(
        company_id=company_id,
        actor_id=actor_id,
        before=_asked_mark(request),
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
    return render(request, "manage/system/log.html", context)


def _mark_of(entry: LogEntry) -> str:
    return f"{entry.at.isoformat()}~{entry.pk}"


def _asked_mark(request: HttpRequest) -> tuple[datetime, UUID] | None:
    """Read where the page before ended. Anything else is reported, and the first page shown."""
    typed = request.GET.get("before", "")
    mark = _read_mark(typed)
    if typed and mark is None:
        say_unread(request, "before", _("what the links under the list give"))
    return mark


def _read_mark(typed: str) -> tuple[datetime, UUID] | None:
    at, _tilde, entry_id = typed.partition("~")
    try:
        # As UTC: PostgreSQL refuses offsets that Python takes.
        moment, found = datetime.fromisoformat(at), UUID(entry_id)
        return (moment.astimezone(UTC), found) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _address(facts: dict[str, object]) -> str:
    return "?" + urlencode({name: value for name, value in facts.items() if value})
