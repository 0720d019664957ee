"""Changes of an instruction, which are read by those who are certified for it."""

from datetime import UTC, datetime, timedelta

import pytest

from agency.models import (
    Certification,
    LogEntry,
    Operator,
    User,
)
from agency.services.certification import certify
from agency.services.certification.receipts import mark_read
from agency.services.certification.valid_certificates import (
    list_unread,
)
from chat.domain import events
from chat.models import Text
from chat.services.texts import receipts
from chat.services.texts.drafts import NewText, NewVersion, TextAuthor
from chat.services.texts.publish import add_text, change_text
from chat.services.texts.texts import list_texts
from tenants.context import in_company
from tenants.models import Company

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ACME_WORDS = "Retour kan binnen 14 dagen.\nDe klant betaalt de verzending."


def held(user: User, company: Company) -> Certification:
    return Certification.objects.get(operator=user.operator, company=company)


def raised(company: Company, body: str, by: User, *, now: datetime, major: bool = True) -> None:
    """Publish a next version of the instruction."""
    with in_company(company):
        (text,) = list_texts(Text.Kind.INSTRUCTION)
    words = {"title": text.title, "body": body, "data": {}}
    new = NewVersion(words, text.version, major=major)
    change_text(company=company, text=text, new=new, by=TextAuthor(by), now=now)


@pytest.fixture
def instructed(acme: Company, bob: User, maud: User) -> Company:
    """Acme with an instruction that bob has read."""
    raised(acme, ACME_WORDS, maud, now=NOW, major=False)
    certify.certify(operator=bob.operator, company=acme, now=NOW + DAY)
    return acme


def test_a_reader_sees_what_changed_since_they_read(instructed: Company, bob: User, maud: User) -> None:
    later = NOW + 2 * DAY
    assert list_unread(bob.pk, later) == set()
    raised(instructed, ACME_WORDS.replace("14", "30"), maud, now=later)
    assert list_unread(bob.pk, later) == {instructed.pk}
    found = receipts.find_changes(operator=bob, company_id=instructed.pk, now=later)
    assert found is not None
    assert (found.from_major, found.major) == (1, 2)
    assert text_of(found, "added") == ACME_WORDS.replace("14", "30") + "\n"
    assert text_of(found, "removed") == ACME_WORDS + "\n"
    assert ("removed", "14") in [(part.kind, part.text) for part in found.parts]

    # Published between showing and saying so: that one stays unread, and is what is shown next.
    # Two versions behind nobody reads any more, so the certification is one for the version before.
    raised(instructed, ACME_WORDS.replace("14", "60"), maud, now=later + DAY)
    assert mark_read(operator=bob, company_id=instructed.pk, major=2, now=later + DAY) is None
    Certification.objects.filter(operator=bob.operator).update(major=2)
    assert mark_read(operator=bob, company_id=instructed.pk, major=2, now=later + DAY) is False
    assert held(bob, instructed).read_major == 2
    assert list_unread(bob.pk, later + DAY) == {instructed.pk}
    found = receipts.find_changes(operator=bob, company_id=instructed.pk, now=later + DAY)
    assert found is not None
    assert (found.from_major, found.major) == (2, 3)
    assert [part.text for part in found.parts if part.kind != "same"] == ["30", "60"]

    assert mark_read(operator=bob, company_id=instructed.pk, major=3, now=later + DAY) is True
    assert mark_read(operator=bob, company_id=instructed.pk, major=3, now=later + DAY) is True
    assert list_unread(bob.pk, later + DAY) == set()
    assert LogEntry.objects.filter(action="instruction.read", actor=bob).count() == 2
    # Reading is no certification.
    assert held(bob, instructed).major == 2


def test_a_small_change_is_no_reading_matter_but_is_shown_with_the_next(
    instructed: Company, bob: User, maud: User
) -> None:
    raised(instructed, ACME_WORDS + "\nBel niet.", maud, now=NOW + 2 * DAY, major=False)
    assert list_unread(bob.pk, NOW + 2 * DAY) == set()
    raised(instructed, ACME_WORDS + "\nBel niet.\nMail wel.", maud, now=NOW + 3 * DAY)
    found = receipts.find_changes(operator=bob, company_id=instructed.pk, now=NOW + 3 * DAY)
    assert found is not None
    assert [part.text for part in found.parts if part.kind == "added"] == ["Bel niet.\nMail wel.\n"]


def test_only_the_certified_read_and_only_what_is_there(
    instructed: Company, zen: Company, bob: User, maud: User
) -> None:
    assert receipts.find_changes(operator=bob, company_id=zen.pk, now=NOW + DAY) is None
    assert mark_read(operator=bob, company_id=zen.pk, major=1, now=NOW + DAY) is None
    assert mark_read(operator=bob, company_id=instructed.pk, major=2, now=NOW + DAY) is None
    Certification.objects.filter(operator=bob.operator).update(expires_at=NOW - 8 * DAY)
    assert receipts.find_changes(operator=bob, company_id=instructed.pk, now=NOW) is None


def test_instructions_in_two_languages_are_read_by_who_speaks_them(instructed: Company, bob: User, maud: User) -> None:
    english = {"title": "Instruction", "body": "Returns within 14 days.", "data": {}}
    new = NewText("instruction", "en", english)
    add_text(company=instructed, new=new, by=TextAuthor(maud), now=NOW + 2 * DAY)
    Operator.objects.filter(pk=bob.pk).update(languages=["nl"])
    bob.refresh_from_db()
    found = receipts.find_changes(operator=bob, company_id=instructed.pk, now=NOW + 3 * DAY)
    assert found is not None
    assert [part.kind for part in found.parts] == ["same"]
    Operator.objects.filter(pk=bob.pk).update(languages=["fr"])
    bob = User.objects.get(pk=bob.pk)
    found = receipts.find_changes(operator=bob, company_id=instructed.pk, now=NOW + 3 * DAY)
    assert found is not None
    assert [(part.kind, part.text) for part in found.parts] == [("added", "Returns within 14 days.\n")]


def text_of(found: events.Reading, kind: str) -> str:
    return "".join(part.text for part in found.parts if part.kind in ("same", kind))
