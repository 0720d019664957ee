"""Prices of one chat for a company, each from a day on.

A price can be set, changed or taken back as long as no chat that closed on one of its days is on the ledger. So the
ledger always agrees with the prices beside it: nothing charged would come out differently today.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from agency.domain.hours.periods import day_bounds, local_day
from agency.models import User
from agency.services.audit import Subject, note_change
from billing.domain.money import rounded
from billing.domain.pricing import ZONE, Rate
from billing.models import Charge, Price
from billing.services.locks import wait_for_ledger
from tenants.models import Company

# Euro; above it a typing mistake is likelier than a price.
MOST = Decimal("999.99")
# A year back for what was agreed earlier, two ahead for what will hold.
DAYS_BACK, DAYS_AHEAD = 366, 731


class CannotSetPrice(Exception):
    """Why a price isn't set: `code` is bad_amount, bad_day, charged or not_found.

    `first_free` is the first day that is still free, for `charged`.
    """

    def __init__(self, code: str, *, first_free: date | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.first_free = first_free


@transaction.atomic
def set_price(*, company: Company, amount: Decimal, valid_from: date, by: User | None, now: datetime) -> Price:
    """Set the price of a chat from a day on, until the next price's day. Logged. Repeating it changes nothing.

    Args:
        amount: euro without VAT, 0 to 999.99, in whole cents.
        valid_from: an Amsterdam day; the close of a chat decides which price it has.
        by: who sets it, None where the agency's usual price is set by itself.

    Raises:
        CannotSetPrice: bad_amount; bad_day (over a year back or two ahead); charged (chats of those days are on the
            ledger).
    """
    if not Decimal(0) <= amount <= MOST or amount != rounded(amount):
        raise CannotSetPrice("bad_amount")
    earliest, latest = allowed_days(now)
    if not earliest <= valid_from <= latest:
        raise CannotSetPrice("bad_day")
    wait_for_ledger(company)
    old = Price.objects.filter(company=company, valid_from=valid_from).first()
    if old is not None and old.amount == amount:
        return old
    _check_free(company, valid_from)
    price, _made = Price.objects.update_or_create(company=company, valid_from=valid_from, defaults={"amount": amount})
    note_change(
        actor=by,
        action="price.set",
        now=now,
        company=company,
        about=Subject(price, f"{valid_from}"),
        changes={"amount": (old.amount if old else None, rounded(amount))},
    )
    return price


@transaction.atomic
def remove_price(*, company: Company, price_id: UUID, by: User, now: datetime) -> None:
    """Take back a price that no chat was charged at. Its days fall to the price before it.

    Raises:
        CannotSetPrice: not_found; charged.
    """
    wait_for_ledger(company)
    price = Price.objects.filter(company=company, pk=price_id).first()
    if price is None:
        raise CannotSetPrice("not_found")
    _check_free(company, price.valid_from)
    note_change(
        actor=by,
        action="price.removed",
        now=now,
        company=company,
        about=Subject(price, f"{price.valid_from}"),
        changes={"amount": (price.amount, None)},
    )
    price.delete()


def allowed_days(now: datetime) -> tuple[date, date]:
    """The first and last day on which a price may begin."""
    today = local_day(now, ZONE)
    return today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)


def list_prices(company: Company) -> list[Price]:
    """The company's prices, newest day first."""
    return list(Price.objects.filter(company=company).order_by("-valid_from"))


@dataclass(frozen=True, slots=True)
class PriceState:
    """A price and its place in time: `now`, `later` or `before`. `until` is its last day, None without a next price."""

    price: Price
    when: str
    until: date | None
    is_used: bool


def list_standings(company: Company, now: datetime) -> list[PriceState]:
    """The company's prices with their place in time, newest day first."""
    used = Charge.objects.filter(price=OuterRef("pk"))
    rows = Price.objects.filter(company=company).annotate(is_used=Exists(used))
    today = local_day(now, ZONE)
    found: list[PriceState] = []
    until: date | None = None
    for price in rows.order_by("-valid_from"):
        when = "later" if price.valid_from > today else "before"
        if price.valid_from <= today and (until is None or until >= today):
            when = "now"
        found.append(PriceState(price, when, until, price.is_used))
        until = price.valid_from - timedelta(days=1)
    return found


def first_free_day(company: Company, now: datetime) -> date:
    """Today, or the day after the last close that is on the ledger: from here on a price can always be set."""
    today, last = local_day(now, ZONE), last_charged_day(company)
    return today if last is None else max(today, last + timedelta(days=1))


def list_rates(company: Company) -> list[Rate]:
    """The company's prices as the rules read them."""
    return [Rate(price.pk, price.valid_from, price.amount) for price in list_prices(company)]


def last_charged_day(company: Company) -> date | None:
    """The Amsterdam day of the last close that is on the ledger, or None."""
    charges = Charge.objects.filter(company=company, component=Charge.Component.CHAT)
    # By the index of (company, month): the last month alone is read.
    month = charges.aggregate(last=Max("month"))["last"]
    last = charges.filter(month=month).aggregate(last=Max("record__closed_at"))["last"]
    return local_day(last, ZONE) if last else None


def has_charges(company: Company, start: date, end: date | None) -> bool:
    """Whether a chat that closed on one of the Amsterdam days from `start` to before `end` is on the ledger."""
    charges = Charge.objects.filter(
        company=company,
        component=Charge.Component.CHAT,
        record__closed_at__gte=day_bounds(start, ZONE)[0],
    )
    if end is not None:
        charges = charges.filter(record__closed_at__lt=day_bounds(end, ZONE)[0])
    return charges.exists()


def _check_free(company: Company, valid_from: date) -> None:
    """Refuse a change of the days from this one to the next price's, if anything of them is charged."""
    later = Price.objects.filter(company=company, valid_from__gt=valid_from)
    end = later.order_by("valid_from").values_list("valid_from", flat=True).first()
    if has_charges(company, valid_from, end):
        last = last_charged_day(company)
        raise CannotSetPrice("charged", first_free=last + timedelta(days=1) if last else None)
