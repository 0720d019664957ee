"""Step 8: the code on the site, a test chat with a robot, and going live: asked by an owner, done by a manager."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.domain.hours.hours import DEFAULT_ZONE
from agency.domain.hours.periods import local_day
from agency.domain.shifts.cover import Shortage
from agency.domain.shifts.shift_times import format_week, monday_of
from agency.domain.text import clean
from agency.services.companies import onboarding
from agency.services.companies.install import has_code
from agency.services.companies.overview import SiteLine, list_sites
from agency.services.shifts.gaps import Gap
from agency.views.companies.install import look_for_code
from agency.views.shifts.gaps import ShortageWords, shortage_words
from balie.pages.onboarding.step import Step, StepPlace, StepState
from balie.steps import go_live
from balie.steps.go_live import CannotGoLive
from chat.services.trial import trial_url
from tenants.models import Company, Site
from tenants.origins import shown_url

Words = str | Promise

# Each thing that stands against going live, in words: to the company, which does the first six, and to the agency.
_MISSING: dict[str, Words] = {
    "site": gettext_lazy("an address of your site"),
    "hours": gettext_lazy("opening hours with at least one hour in the coming weeks"),
    "processing": gettext_lazy("an owner's name under the processing agreement"),
    "price": gettext_lazy("an owner's name under the price"),
    "code": gettext_lazy("the code on a page of your site"),
    "tested": gettext_lazy("a test chat"),
    "no_price": gettext_lazy("a price of the agency"),
    "texts": gettext_lazy("a greeting and a script in force"),
    "instruction": gettext_lazy("a published instruction for operators"),
    "people": gettext_lazy("certified people planned for every half hour it is open"),
}
_REFUSED: dict[str, Words] = {
    "already": gettext_lazy("It is live already."),
    "not_live": gettext_lazy("It isn't live, so there is nothing to pause."),
    "reason": gettext_lazy("Say why, in at most 200 characters."),
}
# Where each is put right, for a manager and for the company: the name of a step, or of a page of the agency's.
_STEP_OF = {"site": "site", "hours": "hours", "processing": "agreement", "price": "agreement", "texts": "texts"}
_PAGE_OF = {
    "no_price": "manage_prices",
    "texts": "manage_texts",
    "instruction": "manage_texts",
    "people": "manage_company_operators",
}
_HOWS: tuple[tuple[str, Words, Words, str], ...] = (
    ("", gettext_lazy("In the page itself"), gettext_lazy("Paste it into every page, just before </body>."), "{code}"),
    (
        "gtm",
        "Google Tag Manager",
        gettext_lazy("New tag, “Custom HTML”: paste it, choose the trigger “All pages”, and publish."),
        "{code}",
    ),
    (
        "wordpress",
        "WordPress",
        gettext_lazy("At the end of your theme's functions.php; with a plugin for code, paste the plain line."),
        "add_action('wp_footer', function () {{ echo '{code}'; }});",
    ),
    (
        "shopify",
        "Shopify",
        gettext_lazy("Online Store, Themes, Edit code: in theme.liquid, just before </body>."),
        "{code}",
    ),
)


@dataclass(frozen=True, slots=True)
class SnippetForm:
    """The code of a site as one kind of site takes it, with one line of how."""

    key: str
    title: Words
    how: Words
    snippet: str


@dataclass(frozen=True, slots=True)
class TrialLink:
    """A page on which the chat can be tried. `origin`: as people read it, "" for the page of ours."""

    url: str
    origin: str


@dataclass(frozen=True, slots=True)
class SiteSheet:
    """A site of the step: its code in each form, what was seen of it, and where it can be tried."""

    line: SiteLine
    plain: SnippetForm
    others: list[SnippetForm]
    trials: list[TrialLink]


@dataclass(frozen=True, slots=True)
class LackingDay:
    """The half hours of one day that lack people, and the week in which they are planned."""

    week: str
    stretches: list[ShortageWords]


@dataclass(frozen=True, slots=True)
class MissingLine:
    """One thing that stands against going live, and where it is put right."""

    words: Words
    url: str = ""


def _state(company: Company) -> StepState:
    missing: list[Words] = []
    if not Company.objects.filter(has_code(company.pk), pk=company.pk).exists():
        missing.append(_MISSING["code"])
    if company.tested_at is None:
        missing.append(_MISSING["tested"])
    if company.live_at is not None:
        return StepState(_("live"), missing)
    return StepState(_("asked to go live") if company.live_asked_at else "", missing)


def _facts(place: StepPlace) -> Mapping[str, Any]:
    company = place.company
    gate = None if company.live_at is not None else go_live.read_gate(company, place.now)
    shown = gate.missing if gate is not None else ()
    mine = [one for one in shown if place.is_manager or one in go_live.OF_COMPANY]
    own_sites = {site.pk: site for site in company.sites.all()}
    return {
        "sites": [_sheet(place, line, own_sites[line.id]) for line in list_sites(company) if line.origins and line.id],
        "gate": gate,
        "missing": [MissingLine(_MISSING[one], _where(place, one)) for one in mine],
        # The agency's own work is no concern of theirs, but that it isn't done yet is.
        "agency_at_work": bool(set(shown) - set(mine)),
        "lacking": _lacking_days(gate.gap) if gate is not None and place.is_manager else [],
        "reason_limit": go_live.REASON_LIMIT,
    }


def _sheet(place: StepPlace, line: SiteLine, site: Site) -> SiteSheet:
    forms = [
        SnippetForm(f"{line.key}-{name}" if name else line.key, title, how, frame.format(code=line.snippet))
        for name, title, how, frame in _HOWS
    ]
    links = [TrialLink(trial_url(site, origin), shown_url(origin).partition("://")[2]) for origin in line.origins]
    links.append(TrialLink(_own_trial(place, site), ""))
    return SiteSheet(line, forms[0], forms[1:], links)


def _own_trial(place: StepPlace, site: Site) -> str:
    """Return the address of our own page, on the host on which this one is read."""
    request = place.request
    path = (
        reverse("manage_company_trial", args=[place.company.pk, site.pk])
        if place.is_manager
        else reverse("portal_trial", args=[site.pk])
    )
    return trial_url(site, f"{request.scheme}://{request.get_host()}", path)


def _where(place: StepPlace, code: str) -> str:
    if place.is_manager and code in _PAGE_OF:
        return reverse(_PAGE_OF[code], args=[place.company.pk])
    step = _STEP_OF.get(code)
    if step is None:
        return ""
    if place.is_manager:
        return reverse("manage_company_start_step", args=[place.company.pk, step])
    return reverse("portal_start_step", args=[step])


def _lacking_days(gap: Gap) -> list[LackingDay]:
    days: dict[Any, list[Shortage]] = {}
    for one in gap.shortages:
        days.setdefault(local_day(one.starts_at, DEFAULT_ZONE), []).append(one)
    with timezone.override(DEFAULT_ZONE):
        return [
            LackingDay(format_week(monday_of(day)), [shortage_words(one) for one in stretches])
            for day, stretches in days.items()
        ]


def _act(place: StepPlace) -> HttpResponse | None:
    """Look for the code, ask to go live, go live or pause, then show the page again."""
    request = place.request
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None or (act in (_go_live, _pause) and not place.is_manager):
        raise Http404
    try:
        act(place, request)
    except CannotGoLive as problem:
        lacks = _MISSING.get(problem.code)
        said = _("First: %(what)s.") % {"what": lacks} if lacks is not None else str(_REFUSED[problem.code])
        messages.error(request, said)
    return redirect(request.path)


def _look(place: StepPlace, request: HttpRequest) -> None:
    look_for_code(request, place.company, request.POST.get("site", ""))


def _ask(place: StepPlace, request: HttpRequest) -> None:
    go_live.ask_live(company=place.company, by=place.by, now=place.now)
    _done(place)
    messages.success(request, _("We have heard you. You get a mail as soon as the chat is live."))


def _go_live(place: StepPlace, request: HttpRequest) -> None:
    go_live.go_live(company=place.company, by=place.by, now=place.now)
    _done(place)
    messages.success(request, _("%(company)s is live. Its owners are told by mail.") % {"company": place.company.name})


def _pause(place: StepPlace, request: HttpRequest) -> None:
    reason = clean(request.POST.get("reason", "").replace("\0", ""))
    go_live.pause(company=place.company, reason=reason, by=place.by, now=place.now)
    messages.success(
        request, _("%(company)s is paused. Chats under way are finished.") % {"company": place.company.name}
    )


def _done(place: StepPlace) -> None:
    onboarding.mark_done(company=place.company, step="start", by=place.by, now=place.now)


def _save(place: StepPlace, sheets: Sequence[Any]) -> bool:
    """Save nothing: each button of the page says which act it is."""
    return False


_ACTS = {"look": _look, "ask": _ask, "live": _go_live, "pause": _pause}

STEP = Step(
    slug="start",
    title=gettext_lazy("Code and test chat"),
    question=gettext_lazy("Put the chat on your site"),
    lead=gettext_lazy("Paste one line, try the chat with a robot, and ask us to go live."),
    minutes=3,
    state=_state,
    facts=_facts,
    save=_save,
    act=_act,
)
