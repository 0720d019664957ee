"""Drafts, approval and moments: what holds when, and who is told once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from agency.models import InstructionVersion, LogEntry, TextMoment, User
from chat.domain.texts.in_force import Dated, in_force
from chat.models import Text
from chat.services.texts import drafts, force, publish, texts
from chat.services.texts.drafts import NewText, NewVersion, Outdated, TextAuthor
from chat.services.texts.publish import NotApproved
from tenants.context import in_company
from tenants.models import Company

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(name="now")
def fixture_now() -> datetime:
    """A moment after the cast was made."""
    return timezone.now()


@pytest.fixture(name="careful")
def fixture_careful(acme: Company) -> Company:
    """Acme approves its texts."""
    acme.managers_publish = False
    acme.save()
    return acme


def the(company: Company, kind: str) -> Text:
    with in_company(company):
        return Text.objects.filter(kind=kind).order_by("-version")[0]


def drafted(company: Company, kind: str, by: User, now: datetime, body: str = "Nieuw", **more: Any) -> Text:
    """Return a draft of the next version."""
    text = the(company, kind)
    words = {"title": text.title, "body": body, "data": text.data}
    new = NewVersion(words, text.edition, **more)
    return drafts.change_draft(company=company, text=text, new=new, by=TextAuthor(by), now=now)


def put(company: Company, draft: Text, by: TextAuthor, now: datetime, at: datetime | None = None) -> Text:
    return publish.publish(company=company, text=draft, expected=draft.edition, by=by, now=now, at=at)


def bodies(company: Company, kind: str, now: datetime) -> list[str]:
    with in_company(company):
        return [text.body for text in texts.list_texts(kind, now=now)]


def notice(company: Company, by: User, now: datetime, until: datetime, *, greets: bool = False) -> Text:
    words = {"title": "Dicht", "body": "Vandaag dicht", "data": {"greets": greets}, "until": until}
    return publish.add_text(company=company, new=NewText("notice", "nl", words), by=TextAuthor(by), now=now)


def test_a_draft_is_nowhere_but_on_its_pages(acme: Company, maud: User, now: datetime) -> None:
    draft = drafted(acme, "greeting", maud, now)
    assert bodies(acme, "greeting", now) == ["Hoi van Acme Schoenen!"]
    with in_company(acme):
        # Not even for whoever knows its id, as a page names the greeting that it showed.
        assert texts.pick_greeting("nl", "je", "/", draft.pk) is None
        assert [text.body for text in texts.list_greetings("nl")] == ["Hoi van Acme Schoenen!"]
    canned = drafted(acme, "canned", maud, now)
    assert canned.pk not in {text.id for text in texts.company_texts(acme)}


def test_managers_publish_what_the_company_approved(careful: Company, maud: User, carol: User, now: datetime) -> None:
    draft = drafted(careful, "canned", maud, now)
    with pytest.raises(NotApproved):
        put(careful, draft, TextAuthor(maud), now)
    approved = drafts.approve(company=careful, text=draft, expected=draft.edition, by=carol, now=now)
    # Words that were changed must be approved anew.
    new = NewVersion({"title": "t", "body": "Anders", "data": {}}, approved.edition)
    changed = drafts.change_draft(company=careful, text=draft, new=new, by=TextAuthor(maud), now=now)
    assert (changed.pk, changed.version, changed.approved_at) == (draft.pk, 2, None)
    with pytest.raises(NotApproved):
        put(careful, changed, TextAuthor(maud), now)
    with pytest.raises(Outdated):
        drafts.approve(company=careful, text=draft, expected=approved.edition, by=carol, now=now)
    approved = drafts.approve(company=careful, text=draft, expected=changed.edition, by=carol, now=now)
    made = put(careful, approved, TextAuthor(maud), now)
    assert (made.approved_name, made.published_name, made.published_inside) == ("Carol", "Maud Bakker", True)
    assert bodies(careful, "canned", now) == ["Anders"]


def test_the_company_s_own_publishing_is_its_approval(careful: Company, maud: User, carol: User, now: datetime) -> None:
    made = put(careful, drafted(careful, "canned", maud, now), TextAuthor(carol, inside=False), now)
    assert (made.approved_name, made.approved_at, made.published_name) == ("Carol", now, "Carol")
    assert LogEntry.objects.get(action="text.published").actor == carol


def test_a_version_takes_force_at_its_moment_with_nobody_doing_anything(
    acme: Company, maud: User, now: datetime
) -> None:
    made = put(acme, drafted(acme, "canned", maud, now), TextAuthor(maud), now, at=now + HOUR)
    before = bodies(acme, "canned", now + HOUR - timedelta(microseconds=1))
    assert before != ["Nieuw"] == bodies(acme, "canned", now + HOUR)
    with in_company(acme):
        assert Text.objects.get(pk=made.pk).told_at is None


def test_the_sweep_tells_once_and_raises_the_instruction_once(acme: Company, maud: User, now: datetime) -> None:
    draft = drafted(acme, "instruction", maud, now, major=True)
    put(acme, draft, TextAuthor(maud), now, at=now + HOUR)
    assert force.follow_moments(now=now + HOUR - timedelta(seconds=1)) == 0
    assert InstructionVersion.objects.get(company=acme).major == 1
    assert [force.follow_moments(now=now + HOUR) for _again in range(2)] == [1, 0]
    assert InstructionVersion.objects.get(company=acme).major == 2
    entry = LogEntry.objects.get(action="text.in_force")
    assert (entry.actor, entry.company, entry.changes["major"]) == (None, acme, [1, 2])
    with in_company(acme):
        assert Text.objects.get(pk=draft.pk).major == 2
        read = texts.list_instructions_read(major=1, at=now + 2 * HOUR)
    assert [text.version for text in read] == [1]
    assert not TextMoment.objects.exists()


def test_whoever_writes_on_before_the_sweep_finds_it_in_force(acme: Company, maud: User, now: datetime) -> None:
    draft = drafted(acme, "instruction", maud, now, major=True)
    put(acme, draft, TextAuthor(maud), now, at=now + HOUR)
    with pytest.raises(Outdated):
        drafted(acme, "instruction", maud, now)
    third = drafted(acme, "instruction", maud, now + HOUR, "Derde")
    assert third.version == 3
    assert InstructionVersion.objects.get(company=acme).major == 2
    assert force.follow_moments(now=now + HOUR) == 0
    assert InstructionVersion.objects.get(company=acme).major == 2


def test_what_waits_for_its_moment_can_be_taken_back_until_then(acme: Company, maud: User, now: datetime) -> None:
    by = TextAuthor(maud)
    made = put(acme, drafted(acme, "canned", maud, now), by, now, at=now + HOUR)
    with pytest.raises(Outdated):
        publish.unschedule(company=acme, text=made, expected=made.edition, by=by, now=now + HOUR)
    assert LogEntry.objects.filter(action="text.in_force").count() == 0
    back = publish.unschedule(company=acme, text=made, expected=made.edition, by=by, now=now)
    assert drafts.is_draft(back)
    assert bodies(acme, "canned", now + 2 * HOUR) != ["Nieuw"]
    assert force.follow_moments(now=now + HOUR) == 0


def test_withdrawing_makes_a_draft_of_what_waits(acme: Company, maud: User, now: datetime) -> None:
    made = put(acme, drafted(acme, "canned", maud, now), TextAuthor(maud), now, at=now + HOUR)
    assert publish.withdraw(company=acme, text=made, by=TextAuthor(maud), now=now)
    assert bodies(acme, "canned", now + 2 * HOUR) == []
    assert not TextMoment.objects.exists()
    with in_company(acme):
        assert drafts.is_draft(Text.objects.get(pk=made.pk))
    assert not publish.withdraw(company=acme, text=made, by=TextAuthor(maud), now=now)


def test_a_draft_that_is_put_away_stays_among_the_versions(acme: Company, maud: User, now: datetime) -> None:
    draft = drafted(acme, "canned", maud, now)
    away = drafts.put_away(company=acme, text=draft, expected=draft.edition, by=TextAuthor(maud), now=now)
    again = drafted(acme, "canned", maud, now, "Weer")
    assert (again.version, again.edition) == (3, away.edition + 1)
    # An old draft that is still on somebody's screen is written over nobody's words.
    new = NewVersion({"title": "t", "body": "Laat", "data": {}}, draft.edition)
    with pytest.raises(Outdated):
        drafts.change_draft(company=acme, text=draft, new=new, by=TextAuthor(maud), now=now)


def test_a_notice_ends_by_itself_and_says_so_once(acme: Company, maud: User, now: datetime) -> None:
    made = notice(acme, maud, now, now + HOUR)
    assert [one.data for one in texts.company_texts(acme) if one.id == made.pk] == [
        {"greets": False, "until": made.until.isoformat()}
    ]
    assert bodies(acme, "notice", now + HOUR - timedelta(microseconds=1)) == ["Vandaag dicht"]
    assert bodies(acme, "notice", now + HOUR) == []
    assert [force.follow_moments(now=now + HOUR) for _again in range(2)] == [1, 0]
    assert LogEntry.objects.filter(action="text.ended", company=acme).count() == 1
    # Its title is free again, under a key of its own.
    assert notice(acme, maud, now + 2 * HOUR, now + 3 * HOUR).key != made.key


def test_a_notice_that_greets_stands_in_the_place_of_every_greeting(acme: Company, maud: User, now: datetime) -> None:
    made = notice(acme, maud, now, now + HOUR, greets=True)
    with in_company(acme):
        found = texts.find_greetings("nl", now)
        assert ([text.pk for text in found.texts], found.changes_at) == ([made.pk], now + HOUR)
        assert texts.greeting_row(found.texts[0])["patterns"] == ["*"]
        after = texts.find_greetings("nl", now + HOUR)
        assert ([text.body for text in after.texts], after.changes_at) == (["Hoi van Acme Schoenen!"], None)
        assert [text.pk for text in texts.list_greetings("en", now)] == []


@pytest.mark.parametrize("change", [{"body": "Anders"}, {"version": 9}, {"author_name": "x"}, {"published_at": None}])
def test_the_database_keeps_what_is_published(acme: Company, change: dict[str, Any]) -> None:
    with in_company(acme):
        rows = Text.objects.filter(kind="canned")
        with pytest.raises(IntegrityError, match="is published"), transaction.atomic():
            rows.update(**change)
        with pytest.raises(IntegrityError, match="is published"), transaction.atomic():
            rows.delete()


def test_sql_and_the_rule_agree_on_every_moment(acme: Company, now: datetime) -> None:
    """Six texts with five versions each, begun, ended and withdrawn in every mixture of twelve hours."""
    made = []
    for number in range(30):
        key, version = f"k{number % 6}", number // 6 + 1
        begin = now + (number * 7 % 12) * HOUR
        dated = Dated(
            ("notice", key, "nl"),
            version,
            begin if number % 5 else None,
            begin + 3 * HOUR if number % 4 == 1 else None,
            begin + (number % 3 + 1) * HOUR if number % 3 else None,
        )
        made.append(dated)
    with in_company(acme):
        Text.objects.bulk_create(
            Text(
                kind="notice", key=one.text[1], version=one.version, published_at=one.published_at,
                withdrawn_at=one.withdrawn_at, until=one.until, told_at=now,
            )
            for one in made
        )  # fmt: skip
        for hours in range(17):
            at = now + hours * HOUR
            found = {(text.key, text.version) for text in texts.list_texts("notice", now=at)}
            assert found == {(one.text[1], one.version) for one in in_force(made, at).values()}
