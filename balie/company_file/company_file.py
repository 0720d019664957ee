"""A company in one file: every part of it, each checked by the form with which a page takes the same facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from agency.services.hours.dated_hours import MOST_DATED
from agency.services.people.portal_members import MOST as MOST_PEOPLE
from agency.views.companies.forms import SiteForm
from agency.views.companies.hours_forms import DatedForm, PromiseForm, WeekForm
from agency.views.companies.retention_form import RetentionForm
from balie.company_file.sheets import Problems, fill_form, form_names, list_at, mapping_at
from balie.company_file.strict_yaml import BadFile, read_yaml
from balie.pages.new_company import FirstPriceForm, NewFactsForm, OwnerForm
from billing.views.invoice_details_form import InvoiceDetailsForm
from chat.domain.texts.wording import SINGLE
from chat.models import Text
from chat.services.texts.drafts import key_for
from chat.views.leads.portal import LeadRuleForm
from chat.views.texts.forms import TextForm

FACTS = (
    *("name", "slug", "monogram", "brand", "language", "tone", "zone", "country"),
    *("address", "reply_email", "transcript_email"),
)
PARTS = ("invoice", "sites", "hours", "promise", "texts", "leads", "retention", "price", "owners")
TEXT_KINDS = ("greeting", "invitation", "script", "canned", "instruction")
_MOST_SITES, _MOST_TEXTS = 20, 200
_TEXT_FIELDS = ("kind", "language", "shortcut", "title", "body", "patterns", "starts", "steps", "why")


@dataclass(slots=True, kw_only=True)
class CompanyFile:
    """All that a file says, as the services take it."""

    facts: dict[str, Any] = field(default_factory=dict)
    invoice: dict[str, Any] | None = None
    sites: list[dict[str, Any]] = field(default_factory=list)
    week: WeekForm | None = None
    exceptions: list[dict[str, Any]] = field(default_factory=list)
    promise: PromiseForm | None = None
    texts: list[dict[str, Any]] = field(default_factory=list)
    price: dict[str, Any] = field(default_factory=dict)
    owners: list[dict[str, Any]] = field(default_factory=list)


def read_company(content: bytes, today: date) -> tuple[CompanyFile, list[str]]:
    """Return what a file says, and everything that is wrong with it. With anything wrong it makes no company."""
    problems = Problems()
    try:
        tree = read_yaml(content)
    except BadFile as problem:
        return CompanyFile(), [str(problem)]
    root = mapping_at({} if tree is None else tree, "", (*FACTS, *PARTS), problems)
    found = CompanyFile()
    _read_facts(root, found, problems)
    _read_sites(root.get("sites"), found, problems)
    _read_hours(root.get("hours"), found, today, problems)
    _read_texts(root.get("texts"), found, problems)
    if root.get("invoice") is not None:
        invoice = InvoiceDetailsForm()
        del invoice.fields["version"]
        found.invoice = _one(invoice, root["invoice"], "invoice", problems)
    found.price = _one(FirstPriceForm(), root.get("price"), "price", problems)
    _read_owners(root.get("owners"), found, problems)
    return found, problems.found


def _read_facts(root: Mapping[str, Any], found: CompanyFile, problems: Problems) -> None:
    facts = NewFactsForm(names=FACTS)
    fill_form(facts, root, "", problems)
    promise = PromiseForm()
    _one(promise, root.get("promise"), "promise", problems)
    found.promise = promise
    found.facts = {
        **facts.cleaned_data,
        **_one(LeadRuleForm(), root.get("leads"), "leads", problems),
        **_one(RetentionForm(), root.get("retention"), "retention", problems),
    }


def _read_sites(value: Any, found: CompanyFile, problems: Problems) -> None:
    places: dict[str, str] = {}
    for n, one in enumerate(_some(value, "sites", problems, most=_MOST_SITES)):
        path = f"sites[{n}]"
        form = SiteForm(initial={"language": found.facts.get("language", "nl")})
        site = _one(form, one, path, problems)
        for at, origin in enumerate(site.get("origins", [])):
            if origin in places:
                words = _("{origin} stands at {place} already.").format(origin=origin, place=places[origin])
                problems.add(f"{path}.origins[{at}]", words)
            places.setdefault(origin, path)
        found.sites.append(site)


def _read_hours(value: Any, found: CompanyFile, today: date, problems: Problems) -> None:
    hours = mapping_at(value, "hours", ("week", "exceptions"), problems)
    # A day that isn't named is closed; without a week there is no usual one to guess.
    week = WeekForm(initial=dict.fromkeys(WeekForm().fields, ""))
    _one(week, hours.get("week"), "hours.week", problems)
    found.week = week
    exceptions = list_at(hours.get("exceptions"), "hours.exceptions", problems, most=MOST_DATED)
    for n, one in enumerate(exceptions):
        found.exceptions.append(_one(DatedForm(today=today), one, f"hours.exceptions[{n}]", problems))


def _read_texts(value: Any, found: CompanyFile, problems: Problems) -> None:
    keys: set[tuple[str, str, str]] = set()
    for n, one in enumerate(list_at(value, "texts", problems, most=_MOST_TEXTS)):
        path = f"texts[{n}]"
        given = dict(mapping_at(one, path, _TEXT_FIELDS, problems))
        kind = given.pop("kind", None)
        if kind not in TEXT_KINDS:
            problems.add(f"{path}.kind", _("one of {names}.").format(names=", ".join(TEXT_KINDS)))
            continue
        form = TextForm(kind, found.facts.get("zone", ""), initial={"language": found.facts.get("language", "nl")})
        mapping_at(given, path, ("kind", *form_names(form)), problems)
        if not fill_form(form, given, path, problems):
            continue
        language, words = form.cleaned_data["language"], form.words()
        taken = {key for kind_, language_, key in keys if (kind_, language_) == (kind, language)}
        key = form.cleaned_data.get("shortcut") or key_for(kind, words["title"], taken)
        if key in taken or (kind in SINGLE and taken):
            problems.add(path, _("another {kind} of this file is the same in {language}.").format(**locals()))
        keys.add((kind, language, key))
        found.texts.append({"kind": Text.Kind(kind), "key": key, "language": language, **words})


def _read_owners(value: Any, found: CompanyFile, problems: Problems) -> None:
    places: dict[str, str] = {}
    for n, one in enumerate(_some(value, "owners", problems, most=MOST_PEOPLE)):
        path = f"owners[{n}]"
        owner = _one(OwnerForm(), one, path, problems)
        email = str(owner.get("email", "")).lower()
        if email in places:
            problems.add(f"{path}.email", _("stands at {place} already.").format(place=places[email]))
        if email:
            places.setdefault(email, path)
        found.owners.append(owner)


def _some(value: Any, path: str, problems: Problems, *, most: int) -> list[Any]:
    """Return a list of at least one."""
    before = len(problems.found)
    found = list_at(value, path, problems, most=most)
    if not found and len(problems.found) == before:
        problems.add(path, _("at least one."))
    return found


def _one(form: forms.Form, value: Any, path: str, problems: Problems) -> dict[str, Any]:
    """Return what a form makes of a part of the file."""
    given = mapping_at(value, path, form_names(form), problems)
    if value is not None and not isinstance(value, Mapping):
        return {}
    fill_form(form, given, path, problems)
    return dict(form.cleaned_data)
