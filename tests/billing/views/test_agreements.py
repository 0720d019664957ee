"""The pages of agreements: owners accept by name, everybody else reads, managers see the same."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from agency.models import LogEntry, PortalMember, User
from billing.models import Acceptance, Price
from billing.services.agreements.accept import Consent, accept
from billing.views.agreements import AgreementPlace, act_on, show_parts
from tenants.models import Company
from tests.billing.services.test_agreements import DETAILS, known  # noqa: F401 -- fixtures
from tests.pages import browser_of, words_of

pytestmark = pytest.mark.django_db

PAGE = "/agreements/"


@pytest.fixture
def owner(carol: User) -> Client:
    return browser_of(carol)


def sent(browser: Client, kind: str = "processing", **typed: str) -> dict[str, str]:
    """Return the fields that the form of an agreement sends, as the page shows it now."""
    proposals = browser.get(PAGE).context["parts"].proposals
    proposal = next(one.proposal for one in proposals if one.proposal.kind == kind)
    fields = {"act": "accept", "kind": kind, "price_id": proposal.price_id, "seen": proposal.sum, "name": "Carol Smit"}
    return {**fields, **typed}


@pytest.mark.usefixtures("known")
def test_an_owner_accepts_by_name_and_everybody_has_the_document(owner: Client, maud: User, acme: Company) -> None:
    assert "nog niet akkoord op naam" in words_of(owner.get(PAGE))
    assert not Acceptance.objects.exists()
    assert owner.get(f"{PAGE}processing.pdf").content.startswith(b"%PDF")
    assert owner.post(PAGE, sent(owner)).status_code == 302
    kept = Acceptance.objects.get()
    assert "Aanvaard door Carol Smit op" in words_of(owner.get(PAGE))
    document = owner.get(f"{PAGE}{kept.pk}.pdf")
    assert (document.content, document["Content-Type"]) == (bytes(kept.document), "application/pdf")
    browser = browser_of(maud, "localhost")
    manage = f"/manage/companies/{acme.pk}{PAGE}"
    assert "Aanvaard door Carol Smit op" in words_of(browser.get(manage))
    assert browser.get(f"{manage}{kept.pk}.pdf").content == bytes(kept.document)
    Company.objects.update(ready=False)
    assert browser.get(f"{manage}{kept.pk}.pdf").content == bytes(kept.document)
    assert browser.get(f"{manage}{uuid4()}.pdf").status_code == 404


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("role", ["editor", "reader"])
def test_others_of_the_portal_read_and_are_refused_in_words(role: str, carol: User, owner: Client) -> None:
    fields = sent(owner)
    PortalMember.objects.filter(user=carol).update(role=role)
    page = words_of(owner.get(PAGE))
    assert "Een eigenaar van dit portaal aanvaardt haar." in page
    assert "<form" not in page.split("<main")[1]
    assert owner.post(PAGE, fields).status_code == 403
    assert not Acceptance.objects.exists()


@pytest.mark.usefixtures("known")
def test_a_manager_accepts_nothing_in_a_companys_name(owner: Client, maud: User, acme: Company) -> None:
    answer = browser_of(maud, "localhost").post(f"/manage/companies/{acme.pk}{PAGE}", sent(owner))
    assert answer.status_code == 404
    assert not Acceptance.objects.exists()


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("name", ["", " ", "x", "x" * 101, "Ca\x00rol", "Ca\u202erol", "Carol\nSmit"])
def test_a_bad_name_is_named_and_nothing_is_written(owner: Client, name: str) -> None:
    answer = owner.post(PAGE, sent(owner, name=name))
    assert answer.status_code == 422
    assert 'id="id_processing__name_error"' in answer.content.decode()
    assert not Acceptance.objects.exists()


@pytest.mark.usefixtures("known")
def test_terms_that_changed_since_are_said_beside_who_accepted(owner: Client) -> None:
    owner.post(PAGE, sent(owner))
    Company.objects.update(chat_months=84)
    page = words_of(owner.get(PAGE))
    assert "Aanvaard door" not in page
    assert "de voorwaarden zijn sindsdien veranderd" in page
    assert f"{PAGE}{Acceptance.objects.get().pk}.pdf" in page
    assert "Een overeenkomst wacht" in words_of(owner.get("/"))


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("is_at_once", [True, False])
def test_the_second_owner_reads_who_accepted_it_when(
    owner: Client, acme: Company, dave: User, monkeypatch: pytest.MonkeyPatch, is_at_once: bool
) -> None:
    fields = sent(owner)
    # A day later where the company is, and another hour than the agency's.
    Company.objects.update(zone="Asia/Tokyo")
    at = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)

    def be_first() -> Acceptance:
        consent = Consent(kind="processing", price_id="", seen=fields["seen"], name="Dave Bos")
        return accept(company=acme, consent=consent, by=dave, now=at)

    def come_second(**facts: Any) -> Acceptance:
        be_first()
        return accept(**facts)

    if is_at_once:
        monkeypatch.setattr("billing.views.agreements.acceptances.accept", come_second)
    else:
        with translation.override("nl"):
            be_first()
    page = words_of(owner.post(PAGE, fields, follow=True))
    assert "Dave Bos heeft dit al aanvaard, op 2 dec 2026 om 08:30." in page
    assert "Aanvaard door Dave Bos op 2 dec 2026" in page
    document = owner.get(f"{PAGE}{Acceptance.objects.get().pk}.pdf")
    assert "acme-processing-2026-12-02.pdf" in document["Content-Disposition"]


@pytest.mark.usefixtures("known")
def test_markup_in_a_name_is_text(owner: Client) -> None:
    owner.post(PAGE, sent(owner, name="<b>Carol</b>"))
    assert "&lt;b&gt;Carol&lt;/b&gt;" in owner.get(PAGE).content.decode()


@pytest.mark.usefixtures("known")
def test_a_text_that_changed_is_shown_anew_and_a_second_press_accepts_it(owner: Client, acme: Company) -> None:
    fields = sent(owner)
    Company.objects.update(chat_months=3)
    answer = owner.post(PAGE, fields)
    assert answer.status_code == 422
    assert "Lees opnieuw" in words_of(answer)
    form = next(one.form for one in answer.context["parts"].proposals)
    assert form["name"].value() == "Carol Smit"
    assert owner.post(PAGE, {**fields, "seen": form["seen"].value()}).status_code == 302
    assert "3 maanden" in str(Acceptance.objects.get().facts)


@pytest.mark.usefixtures("known")
def test_a_price_is_accepted_by_itself_and_never_another_companys(owner: Client, acme: Company, zen: Company) -> None:
    mine, theirs = (
        Price.objects.create(company=company, amount="4.50", valid_from="2026-01-01") for company in (acme, zen)
    )
    for wrong in (str(theirs.pk), str(uuid4()), "x", "\x00"):
        assert owner.post(PAGE, sent(owner, "price", price_id=wrong)).status_code == 302
    assert not Acceptance.objects.exists()
    assert owner.post(PAGE, sent(owner, "price")).status_code == 302
    assert Acceptance.objects.get().price_id == mine.pk


def test_without_price_or_party_the_page_says_what_comes_first(owner: Client, maud: User, acme: Company) -> None:
    page = words_of(owner.get(PAGE))
    assert "/invoice-details/" in page
    assert "De prijs is nog niet vastgesteld" in page
    manage = browser_of(maud, "localhost").get(f"/manage/companies/{acme.pk}{PAGE}")
    assert f"/manage/companies/{acme.pk}/prices/" in words_of(manage)


TERMS = {"act": "retention", "chat_months": 24, "lead_months": 24}


@pytest.mark.parametrize("host", ["acme.localhost", "localhost"])
def test_owners_and_managers_choose_how_long_words_are_kept(host: str, carol: User, maud: User, acme: Company) -> None:
    who, page = (carol, PAGE) if host.startswith("acme") else (maud, f"/manage/companies/{acme.pk}{PAGE}")
    browser = browser_of(who, host)
    assert browser.post(page, {**TERMS, "chat_months": 84, "lead_months": 1}).status_code == 302
    acme.refresh_from_db()
    assert (acme.chat_months, acme.lead_months) == (84, 1)
    entry = LogEntry.objects.get(action="company.changed")
    assert (entry.actor, entry.changes) == (who, {"chat_months": [24, 84], "lead_months": [24, 1]})


@pytest.mark.parametrize("role", ["editor", "reader"])
def test_others_do_not_choose_it(role: str, carol: User, owner: Client) -> None:
    PortalMember.objects.filter(user=carol).update(role=role)
    assert owner.post(PAGE, {**TERMS, "chat_months": 1}).status_code == 403


@pytest.mark.parametrize("field", ["chat_months", "lead_months"])
@pytest.mark.parametrize("value", ["", "0", "85", "-1", "1.5", "x", "9" * 40, "<b>", "\x00", "\u202e3"])
def test_months_that_are_none_are_named(owner: Client, field: str, value: Any) -> None:
    answer = owner.post(PAGE, {**TERMS, field: value})
    assert answer.status_code == 422
    assert "Een heel aantal maanden van 1 tot 84." in words_of(answer)
    assert not LogEntry.objects.exists()


def test_who_saves_second_is_told_what_changed_and_loses_nothing(owner: Client, acme: Company) -> None:
    edition = owner.get(PAGE).context["parts"].edition
    Company.objects.update(chat_months=6)
    answer = owner.post(PAGE, {**TERMS, "chat_months": 12, "edition": edition})
    assert answer.status_code == 422
    assert "Iemand anders heeft hier zojuist bewaard: “6”" in words_of(answer)
    assert answer.context["parts"].retention["chat_months"].value() == "12"
    edition = answer.context["parts"].edition
    assert owner.post(PAGE, {**TERMS, "chat_months": 12, "edition": edition}).status_code == 302
    acme.refresh_from_db()
    assert acme.chat_months == 12


def test_terms_are_compared_with_what_stands_when_it_is_their_turn(
    carol: User, acme: Company, rf: RequestFactory
) -> None:
    place = AgreementPlace(company=acme, by=carol, url=PAGE, may_accept=True, may_change=True)
    shown = show_parts(place).edition
    # Between the reading of the company and the lock somebody else saves.
    Company.objects.update(chat_months=6)
    parts = act_on(rf.post(PAGE, {**TERMS, "chat_months": 12, "edition": shown}), place)
    assert not parts.done
    assert "“6”" in str(parts.retention.errors)
    assert Company.objects.get(pk=acme.pk).chat_months == 6


@pytest.mark.usefixtures("known")
def test_what_waits_stands_on_an_owners_first_page_alone(owner: Client, carol: User) -> None:
    assert "Een overeenkomst wacht" in words_of(owner.get("/"))
    owner.post(PAGE, sent(owner))
    assert 'href="/agreements/">Naar' not in words_of(owner.get("/"))
    PortalMember.objects.filter(user=carol).update(role="editor")
    Price.objects.create(company=Company.objects.get(slug="acme"), amount="4.50", valid_from="2026-01-01")
    assert "wacht" not in words_of(owner.get("/")).split("<main")[1].split("</div>")[0]
