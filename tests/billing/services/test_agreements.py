"""Agreements: what is proposaled, what was accepted, and that it stays."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import translation

from agency.models import LogEntry, User
from billing.models import Acceptance, InvoiceDetails, Price
from billing.services.agreements.accept import CannotAccept, Consent, accept, typeset
from billing.services.agreements.editions import EDITIONS
from billing.services.agreements.proposals import (
    AgreementProposal,
    list_acceptances,
    list_proposals,
    list_waiting,
)
from tenants.models import Company

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
DETAILS = {
    "legal_name": "Acme {Schoenen} B.V. #1",
    "country": "NL",
    "street": "Kade 1",
    "postcode": "8011 AB",
    "city": "Zwolle",
    "registration": "12345678",
    "email": "facturen@acme.test",
}


@pytest.fixture(autouse=True)
def in_dutch() -> Any:
    with translation.override("nl"):
        yield


@pytest.fixture
def known(acme: Company) -> Company:
    InvoiceDetails.objects.create(company=acme, **DETAILS)
    return acme


def words(proposal: AgreementProposal) -> str:
    return "\n".join(" ".join(cells) for block in proposal.blocks for cells in block.lines)


def yes(proposal: AgreementProposal, name: str = "Carol Smit", seen: str = "") -> Consent:
    return Consent(kind=proposal.kind, price_id=proposal.price_id, seen=seen or proposal.sum, name=name)


def waiting(company: Company) -> list[str]:
    """Return what nobody accepted yet, after seeing that the texts themselves agree."""
    kinds = list_waiting(company, NOW)
    assert [one for one in kinds if one != "no_price"] == [
        one.kind for one in list_proposals(company, NOW) if one.accepted is None
    ]
    return kinds


def price(company: Company, amount: str, day: date) -> Price:
    return Price.objects.create(company=company, amount=Decimal(amount), valid_from=day)


def test_the_processing_agreement_names_party_terms_and_all_that_article_28_asks(known: Company) -> None:
    Company.objects.filter(pk=known.pk).update(chat_months=7, lead_months=13)
    known.refresh_from_db()
    for language, asked in {
        "nl": (
            "instructie",
            "geheimhouding",
            "versleuteld",
            "Subverwerkers",
            "24 uur",
            "inzage",
            "wist",
            "controleren",
        ),
        "en": ("instruction", "secrecy", "encrypted", "Sub-processors", "24 hours", "access", "erases", "audited"),
    }.items():
        with translation.override(language):
            said = words(list_proposals(known, NOW)[0])
        assert "Acme {Schoenen} B.V. #1, Kade 1, 8011 AB Zwolle" in said
        assert "12345678" in said
        assert "7 " in said
        assert "13 " in said
        for one in asked:
            assert one in said, (language, one)


def test_every_edition_is_there_in_both_languages_and_typesets(known: Company) -> None:
    price(known, "4.50", date(2026, 12, 1))
    for language in ("nl", "en"):
        with translation.override(language):
            proposals = list_proposals(known, NOW)
            assert {proposal.kind for proposal in proposals} == set(EDITIONS)
            for proposal in proposals:
                assert typeset(proposal.facts, NOW).startswith(b"%PDF")


def test_a_price_is_shown_with_three_months_of_chats(known: Company) -> None:
    price(known, "4.50", date(2026, 12, 1))
    said = words(list_proposals(known, NOW)[1]).replace("\N{NO-BREAK SPACE}", " ")
    for row in ("100 € 450,00", "500 € 2.250,00", "2.000 € 9.000,00"):
        assert row in said


def test_who_accepts_gets_the_document_which_comes_out_the_same_again(known: Company, carol: User) -> None:
    proposal = list_proposals(known, NOW)[0]
    kept = accept(company=known, consent=yes(proposal), by=carol, now=NOW)
    kept = Acceptance.objects.get(pk=kept.pk)
    assert (kept.kind, kept.edition, kept.name, kept.user, kept.accepted_at) == (
        "processing",
        1,
        "Carol Smit",
        carol,
        NOW,
    )
    assert kept.facts["accepted"][0][1] == "Carol Smit"
    assert typeset(kept.facts, kept.accepted_at) == bytes(kept.document)
    assert list_proposals(known, NOW)[0].accepted == kept
    entry = LogEntry.objects.get(action="agreement.accepted")
    assert (entry.actor, entry.object_name) == (carol, "Verwerkersovereenkomst, Carol Smit")
    assert accept(company=known, consent=yes(proposal, "Another"), by=carol, now=NOW) == kept
    assert Acceptance.objects.count() == 1


@pytest.mark.parametrize("change", ["terms", "party"])
def test_a_text_that_changed_since_it_was_read_is_not_accepted(known: Company, carol: User, change: str) -> None:
    consent = yes(list_proposals(known, NOW)[0])
    if change == "terms":
        Company.objects.update(chat_months=1)
    else:
        InvoiceDetails.objects.update(legal_name="Acme Holding B.V.")
    with pytest.raises(CannotAccept, match="changed"):
        accept(company=known, consent=consent, by=carol, now=NOW)
    assert not Acceptance.objects.exists()


def test_without_a_party_nothing_is_accepted(acme: Company, carol: User) -> None:
    with pytest.raises(CannotAccept, match="details"):
        accept(company=acme, consent=yes(list_proposals(acme, NOW)[0]), by=carol, now=NOW)


def test_another_price_waits_for_a_yes_of_its_own(known: Company, carol: User) -> None:
    first = price(known, "4.50", date(2026, 11, 1))
    price(known, "3.00", date(2026, 10, 1))
    accept(company=known, consent=yes(list_proposals(known, NOW)[1]), by=carol, now=NOW)
    assert waiting(known) == ["processing"]
    later = price(known, "5.00", date(2027, 1, 1))
    proposals = list_proposals(known, NOW)
    assert [(one.price, bool(one.accepted)) for one in proposals] == [(None, False), (first, True), (later, False)]
    assert waiting(known) == ["processing", "price"]
    accept(company=known, consent=yes(list_proposals(known, NOW)[0]), by=carol, now=NOW)
    assert waiting(known) == ["price"]
    accept(company=known, consent=yes(list_proposals(known, NOW)[2]), by=carol, now=NOW)
    assert waiting(known) == []
    # The same row with another amount isn't what was accepted.
    Price.objects.filter(pk=first.pk).update(amount=Decimal("4.75"))
    assert [bool(one.accepted) for one in list_proposals(known, NOW)] == [True, False, True]
    assert waiting(known) == ["price"]
    kept = Acceptance.objects.get(price_id=first.pk)
    assert (kept.price_id, kept.amount, kept.valid_from) == (first.pk, Decimal("4.50"), date(2026, 11, 1))


@pytest.mark.parametrize("change", ["months", "party", "agency", "subprocessors"])
def test_other_terms_wait_for_a_name_again_and_what_was_accepted_stays(
    known: Company, carol: User, settings: Any, change: str
) -> None:
    price(known, "4.50", date(2026, 11, 1))
    kept = [accept(company=known, consent=yes(one), by=carol, now=NOW) for one in list_proposals(known, NOW)]
    with translation.override("en"):
        assert waiting(known) == []
    if change == "months":
        known.chat_months = 84
        known.save()
    elif change == "party":
        InvoiceDetails.objects.update(legal_name="Acme Holding B.V.")
    elif change == "agency":
        settings.AGENCY_PARTY = "Ander Bureau B.V."
    else:
        settings.SUBPROCESSORS = ["Hosting B.V."]
    asked = ["processing", "price"] if change in ("party", "agency") else ["processing"]
    assert waiting(known) == asked
    proposals = list_proposals(known, NOW)
    assert [one.before for one in proposals] == [kept[0], kept[1] if len(asked) == 2 else None]
    accept(company=known, consent=yes(proposals[0]), by=carol, now=NOW)
    assert waiting(known) == asked[1:]
    assert set(kept) < set(list_acceptances(known))


def test_a_newer_edition_asks_again_and_the_old_one_stays(
    known: Company, carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(company=known, consent=yes(list_proposals(known, NOW)[0]), by=carol, now=NOW)
    assert waiting(known) == ["no_price"]
    monkeypatch.setitem(EDITIONS, "processing", (*EDITIONS["processing"], date(2027, 1, 1)))
    assert list_waiting(known, NOW) == ["processing", "no_price"]
    assert [one.edition for one in list_acceptances(known)] == [1]


def test_what_was_accepted_cannot_be_changed_deleted_or_forged(known: Company, carol: User) -> None:
    kept = accept(company=known, consent=yes(list_proposals(known, NOW)[0]), by=carol, now=NOW)
    rows = Acceptance.objects.filter(pk=kept.pk)
    for change in (
        lambda: rows.update(name="Somebody"),
        lambda: rows.update(document=b"%PDF other"),
        rows.delete,
        lambda: connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE billing_acceptance"),
    ):
        with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
            change()
    kept.pk, kept.sha256 = known.pk, "0" * 64
    with pytest.raises(IntegrityError, match="acceptance_is_the_document"), transaction.atomic():
        kept.save(force_insert=True)


def test_an_account_that_goes_leaves_the_name(known: Company, carol: User) -> None:
    accept(company=known, consent=yes(list_proposals(known, NOW)[0]), by=carol, now=NOW)
    carol.delete()
    kept = Acceptance.objects.get()
    assert (kept.user, kept.name) == (None, "Carol Smit")
