"""All that a company is asked to accept: the processing agreement, and each price that holds now or later."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from agency.domain.hours.periods import local_day
from agency.templatetags.amounts import money
from billing.domain.agreement_text import Facts, Passage
from billing.domain.pricing import ZONE
from billing.models import Acceptance, InvoiceDetails, Price
from billing.services.agreements.editions import Kind, agreement, document_facts, newest
from billing.services.invoice_details import find_details
from billing.services.prices import list_prices
from tenants.models import Company

# Billed chats a month whose cost is shown beside a price.
EXAMPLES = (100, 500, 2_000)
NO_PRICE = "no_price"


@dataclass(frozen=True, slots=True)
class AgreementProposal:
    """An agreement as it would be accepted now.

    `accepted` is the acceptance of just this one, None as long as it waits. `missing` says what must be there first:
    `details` (whom the agreement is with), or nothing.
    """

    kind: str
    edition: int
    blocks: list[Passage]
    facts: dict[str, Any]
    price: Price | None = None
    missing: str = ""
    accepted: Acceptance | None = None

    @property
    def sum(self) -> str:
        """Return what tells this text from any other: who accepts says which one they read."""
        return hashlib.sha256(json.dumps(self.facts, sort_keys=True).encode()).hexdigest()

    @property
    def title(self) -> str:
        """Return the heading of the text."""
        return self.blocks[0].lines[0][0]

    @property
    def price_id(self) -> str:
        """Return the id of the price that it is about, "" for none."""
        return str(self.price.pk) if self.price else ""

    def is_of(self, acceptance: Acceptance) -> bool:
        """Whether this is what was accepted then: this edition, or of a price this amount from this day on."""
        if acceptance.kind != self.kind:
            return False
        if self.price is None:
            return acceptance.edition == self.edition
        return _is_of(acceptance, self.price)


def list_proposals(company: Company, now: datetime) -> list[AgreementProposal]:
    """List what there is to accept, the processing agreement first, then prices by their first day."""
    known = list_acceptances(company)
    details = find_details(company)
    party = _company_party(company, details)
    missing = "" if details else "details"
    proposals = [_processing(company, party), *(_of_price(company, party, price) for price in _prices(company, now))]
    return [
        replace(proposal, missing=missing, accepted=next((one for one in known if proposal.is_of(one)), None))
        for proposal in proposals
    ]


def list_acceptances(company: Company) -> list[Acceptance]:
    """List what was accepted, newest first, without the documents themselves."""
    return list(Acceptance.objects.filter(company=company).defer("document", "facts"))


def list_waiting(company: Company, now: datetime) -> list[str]:
    """List the kinds of what nobody accepted yet, a price with each amount, and `no_price` where none was set.

    Two queries, and no text is read.
    """
    known, prices = list_acceptances(company), _prices(company, now)
    edition = newest(Kind.PROCESSING)
    is_processed = any(one.kind == Kind.PROCESSING and one.edition == edition for one in known)
    waits = [str(Kind.PRICE) for price in prices if not any(_is_of(one, price) for one in known)]
    return [*([] if is_processed else [str(Kind.PROCESSING)]), *waits, *([] if prices else [NO_PRICE])]


def if_waiting(company: Company, now: datetime) -> QuerySet[Company]:
    """The company itself if an owner has something to accept, else nothing: for a page that says no more than that."""
    own = Acceptance.objects.filter(company=company)
    processed = own.filter(kind=Kind.PROCESSING, edition=newest(Kind.PROCESSING))
    same = own.filter(price_id=OuterRef("pk"), amount=OuterRef("amount"), valid_from=OuterRef("valid_from"))
    prices = Price.objects.filter(company=company)
    current = prices.filter(valid_from__lte=local_day(now, ZONE)).order_by("-valid_from").values("valid_from")[:1]
    from_now = Q(valid_from__gte=Coalesce(Subquery(current), Value(date.min)))
    waits = prices.filter(from_now).exclude(Exists(same))
    found: QuerySet[Company] = Company.objects.filter(~Exists(processed) | Exists(waits), pk=company.pk)
    return found


def _is_of(acceptance: Acceptance, price: Price) -> bool:
    terms = (acceptance.price_id, acceptance.amount, acceptance.valid_from)
    return terms == (price.pk, price.amount, price.valid_from)


def _prices(company: Company, now: datetime) -> list[Price]:
    """The price of today and those that come after it, by day."""
    today = local_day(now, ZONE)
    found: list[Price] = []
    for price in list_prices(company):
        found.append(price)
        if price.valid_from <= today:
            break
    return found[::-1]


def _processing(company: Company, party: str) -> AgreementProposal:
    edition = newest(Kind.PROCESSING)
    facts: Facts = {
        "company_party": party,
        "agency_party": settings.AGENCY_PARTY,
        "chat_months": str(company.chat_months),
        "lead_months": str(company.lead_months),
        "subprocessors": [(one,) for one in settings.SUBPROCESSORS] or [(_("None at present."),)],
    }
    return _proposal(company, Kind.PROCESSING, edition, agreement(Kind.PROCESSING, edition, facts))


def _of_price(company: Company, party: str, price: Price) -> AgreementProposal:
    edition = newest(Kind.PRICE)
    facts: Facts = {
        "company_party": party,
        "agency_party": settings.AGENCY_PARTY,
        "valid_from": date_format(price.valid_from, "j F Y"),
        "amount": money(price.amount),
        "examples": [(number_format(count, force_grouping=True), money(count * price.amount)) for count in EXAMPLES],
    }
    proposal = _proposal(company, Kind.PRICE, edition, agreement(Kind.PRICE, edition, facts))
    return replace(proposal, price=price)


def _proposal(company: Company, kind: Kind, edition: int, blocks: list[Passage]) -> AgreementProposal:
    title = f"{kind.label}, {company.name}"
    foot = _("{title}, edition {n}").format(title=title, n=edition)
    return AgreementProposal(kind=kind, edition=edition, blocks=blocks, facts=document_facts(title, foot, blocks))


def _company_party(company: Company, details: InvoiceDetails | None) -> str:
    if details is None:
        return company.name
    number = _("trade register {number}").format(number=details.registration) if details.registration else ""
    place, abroad = f"{details.postcode} {details.city}", "" if details.country == "NL" else details.country
    return ", ".join(part for part in (details.legal_name, details.street, place, abroad, number) if part)
