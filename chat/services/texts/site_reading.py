"""Reading a company's own site for its texts, in a worker: nobody waits for it, and nothing depends on it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agency.domain.sites.page import ReadPage
from agency.domain.sites.site_data import facts_of_data, types_of
from agency.domain.sites.site_facts import PageFact, facts_of, keep_some
from agency.models import OutboxRow, User
from agency.services.companies.crawl import WORDS, CrawledPage, CrawlStopped, crawl
from agency.services.mail import outbox
from chat.domain.texts.trades import guess_trade
from chat.models import SiteFact, SiteReading
from tenants import clock
from tenants.context import in_company
from tenants.models import Company, Site

KIND = "site.read"
State = SiteReading.State
# A worker looks each 5 s and a reading takes 20 s at most: after this nobody is at it, until another takes it up.
_SILENT = timedelta(seconds=40)
# A site at which worker after worker dies isn't read.
_MOST_TRIES = 3
# Of all companies: a reading takes a thread of the worker for up to 20 s, and mails go by the same threads.
_MOST_AT_ONCE = 2
# Facts of all pages; more is more than anybody ticks.
_MOST_FACTS = 40
_WORD = re.compile(r"[^\W\d_]{3,40}")


@dataclass(frozen=True, slots=True)
class ReadingState:
    """How a reading stands. `runs`: somebody is at it, so a page may wait for it. `is_silent`: nobody is, for now."""

    reading: SiteReading
    facts: list[SiteFact]
    runs: bool
    is_silent: bool

    @property
    def words(self) -> str:
        """Return why it stopped, in words."""
        return explain(self.reading.reason) if self.reading.state == State.STOPPED else ""

    @property
    def skipped(self) -> list[tuple[str, str]]:
        """Return the pages that couldn't be read, and why."""
        return [(url, explain(reason)) for url, reason in self.reading.skipped]


def explain(reason: str) -> str:
    """Return a stored reason as a sentence."""
    if reason.isdecimal():
        return _("The page answers with status %(code)s.") % {"code": reason}
    return str(WORDS.get(reason, _("Something went wrong on our side.")))


@transaction.atomic
def ask_reading(*, company: Company, site: Site, by: User, now: datetime) -> SiteReading:
    """Let a worker read a site. One that is being read already isn't begun anew, and an older reading is forgotten."""
    # Two that press at once get one reading.
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    with in_company(company):
        last = SiteReading.objects.filter(site_id=site.pk, state__in=(State.ASKED, State.READING)).first()
        if last is not None and last.touched_at > now - _SILENT:
            return last
        SiteReading.objects.all().delete()
        made = SiteReading.objects.create(
            site_id=site.pk, origin=site.origins[0], asked_name=by.name, asked_at=now, touched_at=now
        )
    effect = outbox.Effect(kind=KIND, object_id=made.pk, external_key=f"{KIND}:{made.pk}", dedup=f"reading:{made.pk}")
    outbox.enqueue(effect, company=company)
    return made


def find_reading(company: Company, now: datetime) -> ReadingState | None:
    """Return the company's newest reading with its facts, or None."""
    with in_company(company):
        reading = SiteReading.objects.order_by("-asked_at").first()
        if reading is None:
            return None
        facts = list(reading.facts.all()) if reading.state == State.DONE else []
    waits = reading.state in (State.ASKED, State.READING)
    is_silent = waits and reading.touched_at <= now - _SILENT
    return ReadingState(reading, facts, runs=waits and not is_silent, is_silent=is_silent)


def take_facts(*, company: Company, reading_id: UUID, taken: Iterable[UUID]) -> None:
    """Keep which facts our texts may use."""
    with in_company(company):
        own = SiteFact.objects.filter(reading_id=reading_id)
        own.exclude(pk__in=(ids := set(taken))).update(taken=False)
        own.filter(pk__in=ids).update(taken=True)


@outbox.handles(KIND, most_at_once=_MOST_AT_ONCE)
def read(row: OutboxRow, _shared: outbox.Round) -> None:
    """Read the site of a row. Whatever comes of it is said by its reading, so that it isn't tried again."""
    assert row.company is not None
    reading = SiteReading.objects.filter(pk=row.object_id, state__in=(State.ASKED, State.READING)).first()
    if reading is None:
        return
    if row.attempts > _MOST_TRIES:
        _note(reading.pk, state=State.STOPPED, reason="failed")
        return
    site = Site.objects.filter(pk=reading.site_id).first()
    origins = [reading.origin, *(site.origins if site else [])]
    facts: list[tuple[str, PageFact]] = []
    said: set[str] = set()
    skipped: list[list[str]] = []
    try:
        for crawled in crawl(origins):
            _note(reading.pk, state=State.READING, page=crawled.number, pages=crawled.of)
            if crawled.page is not None:
                facts += [(crawled.url, fact) for fact in (*facts_of_data(crawled.page), *facts_of(crawled.page))]
                said |= _words(crawled.page)
            elif crawled.reason:
                skipped.append([_shown(crawled), crawled.reason])
    except CrawlStopped as problem:
        _note(reading.pk, state=State.STOPPED, reason=problem.code)
        return
    _finish(reading, facts, skipped, guess_trade(said))


@transaction.atomic
def _finish(reading: SiteReading, found: list[tuple[str, PageFact]], skipped: list[list[str]], trade: str) -> None:
    """Put the facts down, each once: the page that said it first."""
    if not SiteReading.objects.select_for_update().filter(pk=reading.pk).exists():
        # Somebody asked anew meanwhile.
        return
    SiteFact.objects.filter(reading=reading).delete()
    where = {id(fact): url for url, fact in reversed(found)}
    kept = keep_some(fact for _url, fact in found)[:_MOST_FACTS]
    SiteFact.objects.bulk_create(
        SiteFact(reading=reading, number=n, kind=fact.kind, value=fact.value, words=fact.words, url=where[id(fact)])
        for n, fact in enumerate(kept)
    )
    _note(reading.pk, state=State.DONE, skipped=skipped, trade=trade)


def _note(pk: UUID, **state: object) -> None:
    SiteReading.objects.filter(pk=pk).update(touched_at=clock.now(), **state)


def _shown(crawled: CrawledPage) -> str:
    return crawled.url[:300]


def _words(page: ReadPage) -> set[str]:
    """Return the words of a page by which its trade is guessed."""
    lines = [page.title, *(line.text for line in page.lines), *(link.words for link in page.links)]
    return {word.lower() for line in lines for word in _WORD.findall(line)} | {one.lower() for one in types_of(page)}
