"""Step 5: greetings, script, instruction and replies, as a trade begins with and the company's own site fills in."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agency.services.system import rate_limits
from balie.pages.onboarding.step import Step, StepPlace, StepState
from chat.domain.texts.trades import OTHER, TRADES
from chat.models import SiteFact, Text
from chat.services.texts import site_reading, trade_texts
from chat.services.texts.drafts import Outdated, Taken, TextAuthor
from chat.services.texts.site_reading import ReadingState
from chat.services.texts.texts import list_texts
from chat.services.texts.trade_texts import OWN, TradeText
from chat.views.texts.trade_form import FACT_NAMES, TRADE_NAMES, TradeTextsForm, carry_over, leave_gaps_out
from chat.views.texts.words import BY_KIND
from tenants.context import in_company
from tenants.models import Company

_NEEDED = (Text.Kind.GREETING, Text.Kind.SCRIPT, Text.Kind.INSTRUCTION)


def _state(company: Company) -> StepState:
    with in_company(company):
        held = list_texts(*_NEEDED, Text.Kind.CANNED)
    holding = [text for text in held if text.language == company.language]
    kinds = {text.kind for text in holding}
    missing = [BY_KIND[kind].one for kind in _NEEDED if kind not in kinds]
    n = len(holding)
    return StepState(ngettext("%(n)d text", "%(n)d texts", n) % {"n": n} if n else "", missing)


def _reading(place: StepPlace) -> ReadingState | None:
    return site_reading.find_reading(place.company, place.now)


def _facts_shown(reading: ReadingState | None, sent: str) -> list[SiteFact]:
    """The facts of the page that was sent: those of its own reading, if that is still the newest."""
    if reading is None or str(reading.reading.pk) != sent:
        return []
    return [fact for fact in reading.facts if fact.taken]


def _texts(place: StepPlace, trade: str, facts: Sequence[SiteFact]) -> list[TradeText]:
    return trade_texts.list_trade_texts(place.company, trade, facts, place.now)


def _trade(asked: str | None) -> str:
    return asked if asked in (*TRADES, OTHER) else ""


def _trade_at_first(place: StepPlace, reading: ReadingState | None) -> str:
    """The trade that was asked for, or that the site suggests as long as no text is the company's own."""
    asked = place.request.GET.get("trade")
    if asked is not None or reading is None:
        return _trade(asked)
    is_written = any(text.how == OWN for text in _texts(place, "", ()))
    return "" if is_written else _trade(reading.reading.trade)


def _shown_before(place: StepPlace, sent: QueryDict) -> list[TradeText]:
    """The texts that the page showed from which something is sent."""
    return _texts(place, _trade(sent.get("shown")), _facts_shown(_reading(place), sent.get("reading", "")))


def _make_forms(place: StepPlace) -> Sequence[TradeTextsForm]:
    request = place.request
    if place.data is not None:
        texts = _shown_before(place, place.data)
        data = leave_gaps_out(texts, place.data) if place.data.get("gaps") == "out" else place.data
        return [TradeTextsForm(texts, data)]
    reading = _reading(place)
    if request.method != "POST":
        return [TradeTextsForm(_texts(place, _trade_at_first(place, reading), _taken(reading)), None)]
    # Shown again by one of its own buttons: nothing that was typed is lost.
    before = _shown_before(place, request.POST)
    _keep_ticks(place)
    if request.POST.get("act") == "read":
        # Only now: an older reading is forgotten with it, and with that what its facts had filled in.
        _ask_reading(place)
    reading = _reading(place)
    after = _texts(place, _trade(request.POST.get("trade")), _taken(reading))
    return [TradeTextsForm(after, carry_over(before, after, request.POST), is_lenient=True)]


def _taken(reading: ReadingState | None) -> list[SiteFact]:
    return [fact for fact in reading.facts if fact.taken] if reading is not None else []


def _keep_ticks(place: StepPlace) -> None:
    """Keep which facts were ticked, where the page showed any."""
    sent = place.request.POST
    try:
        shown = UUID(sent.get("reading", ""))
        taken = [UUID(one) for one in sent.getlist("fact")[:200]]
    except ValueError:
        return
    site_reading.take_facts(company=place.company, reading_id=shown, taken=taken)


def _save(place: StepPlace, sheets: Sequence[TradeTextsForm]) -> bool:
    (form,) = sheets
    by = TextAuthor(place.by, inside=place.is_manager)
    _keep_ticks(place)
    try:
        written = trade_texts.save_trade_texts(company=place.company, texts=form.typed(), by=by, now=place.now)
    except (Outdated, Taken):
        form.add_error(None, _("Somebody else has just written one of these texts. Look once more."))
        return False
    if written and place.is_manager and not place.company.managers_publish:
        messages.warning(place.request, _("Kept as drafts: the company approves its texts, then they are published."))
    return True


def _act(place: StepPlace) -> HttpResponse | None:
    """Begin to read the site, or show the texts of another trade or with other facts."""
    sent = place.request.POST
    if sent.get("act") != "read":
        return None
    if TradeTextsForm(_shown_before(place, sent), sent, is_lenient=True).changed_data:
        # Shown again with what was typed, rather than a page that waits: `_make_forms` begins the reading.
        return None
    _keep_ticks(place)
    _ask_reading(place)
    trade = _trade(sent.get("trade"))
    return redirect(place.request.path + (f"?{urlencode({'trade': trade})}" if trade else ""))


def _ask_reading(place: StepPlace) -> None:
    """Let a worker read the site, or say on the page why not."""
    company = place.company
    site = next((site for site in company.sites.all() if site.origins), None)
    if site is None:
        messages.warning(place.request, _("There is no address of a site yet: fill one in at the step before."))
        return
    limit = rate_limits.READINGS_OF_COMPANY
    if not rate_limits.take(limit, str(company.pk), about=company.name, company_id=company.pk):
        facts = {"most": limit.most, "minutes": limit.within // 60}
        words = _("We read a site at most %(most)d times in %(minutes)d minutes. Wait, then let us read it again.")
        messages.error(place.request, words % facts)
        return
    site_reading.ask_reading(company=company, site=site, by=place.by, now=place.now)


def _facts(place: StepPlace) -> Mapping[str, Any]:
    reading = _reading(place)
    request = place.request
    sent = request.POST
    if place.data is not None:
        trade, shown = _trade(sent.get("shown")), sent.get("reading", "")
    else:
        trade = _trade(sent.get("trade")) if request.method == "POST" else _trade_at_first(place, reading)
        shown = str(reading.reading.pk) if reading is not None and not reading.runs else ""
    return {
        "trades": TRADE_NAMES,
        "trade": trade,
        "reading": reading,
        "reading_shown": shown,
        # Nobody who came to wait loses what they type meanwhile: while we read there is nothing to type in.
        "waits": reading is not None and reading.runs and request.method != "POST" and "skip" not in request.GET,
        "origin": next((site.origins[0] for site in place.company.sites.all() if site.origins), ""),
        "facts": [(fact, FACT_NAMES.get(fact.kind, "")) for fact in reading.facts] if reading is not None else [],
    }


STEP = Step(
    slug="texts",
    title=gettext_lazy("Script and greeting"),
    question=gettext_lazy("What do we say for you?"),
    lead=gettext_lazy(
        "Choose a trade, let us read your site, and change whatever isn't yours. You can always come back."
    ),
    minutes=3,
    state=_state,
    make_forms=_make_forms,
    save=_save,
    facts=_facts,
    act=_act,
)
