"""The English sentences of the trail, from before reasons were values: every kind is carried over."""

import uuid
from datetime import UTC, datetime
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection
from django.utils import translation

from agency.domain.pool import reasons, site_reasons, trail_reasons
from agency.domain.pool.reasons import PoolReason
from agency.models import Assignment, User
from chat.templatetags.routes import reason_word
from tenants.models import Company

pytestmark = pytest.mark.django_db
MIGRATION = import_module("agency.migrations.0017_reasons_as_values")
NOW = datetime(2026, 11, 23, 13, tzinfo=UTC)
DECLINED = trail_reasons.declined(words="")
CERTIFIED = reasons.certified()


def routed(*why: PoolReason) -> PoolReason:
    return trail_reasons.routed(why=why)


def passed(why: PoolReason) -> PoolReason:
    return trail_reasons.transfer_passed(why=(why,))


def tally(n: int, why: PoolReason) -> PoolReason:
    return reasons.tally(n=n, why=(why,))


# As the versions before wrote them, the words after them as those showed them.
SENTENCES = [
    ("", reasons.NONE, ""),
    ("accepted", reasons.NONE, ""),
    ("operator", trail_reasons.closed(by="operator"), "Gesprek gesloten"),
    ("end_of_hours", trail_reasons.closed(by="end_of_hours"), "Gesloten: einde van de openingstijd"),
    ("no answer in 10 s", trail_reasons.no_answer(seconds=10), "geen antwoord in 10 s"),
    ("declined", DECLINED, "doorgegeven"),
    ("declined: te druk; sorry", trail_reasons.declined(words="te druk; sorry"), "doorgegeven: te druk; sorry"),
    ("lease ended", trail_reasons.lease_ended(), "de verbinding van de console viel weg"),
    ("shift ended", trail_reasons.shift_ended(), "de dienst is voorbij"),
    ("break", trail_reasons.break_began(), "een pauze begon"),
    ("handed back", trail_reasons.handed_back(), "teruggegeven"),
    ("picked", trail_reasons.picked(), "door iemand gepakt"),
    ("picked, it rang at Bram: B", trail_reasons.picked_ringing(name="Bram: B"), "gepakt, het ging over bij Bram: B"),
    ("picked, 3 before it", trail_reasons.picked_early(n=3), "zelf gepakt, 3 gingen voor"),
    ("picked, it was next", trail_reasons.picked_next(), "zelf gepakt, was aan de beurt"),
    ("taken over", trail_reasons.taken_over(), "overgenomen"),
    ("taken over from Alice", trail_reasons.taken_from(name="Alice"), "overgenomen van Alice"),
    (
        "requeued by Maud: te: druk",
        trail_reasons.requeued(name="Maud", words="te: druk"),
        "teruggezet door Maud: te: druk",
    ),
    (
        "moved by Jan: Piet: taal",
        trail_reasons.moved(name="Jan: Piet", words="taal"),
        "verplaatst door Jan: Piet: taal",
    ),
    ("moved by Maud: ", trail_reasons.moved(name="Maud", words=""), "verplaatst door Maud: "),
    ("certification revoked", trail_reasons.certification_revoked(), "bevoegdheid ingetrokken"),
    (
        "transfer by Sanne; asked by name",
        trail_reasons.transfer(name="Sanne", why=(reasons.by_name(),)),
        "doorgezet door Sanne, op naam gevraagd",
    ),
    (
        "transfer again; certified; lowest id",
        trail_reasons.transfer_again(why=(CERTIFIED, reasons.lowest_id())),
        "doorgezet, iemand anders, bevoegd, gelijk, eerste in de lijst",
    ),
    ("transfer accepted", trail_reasons.transfer_accepted(), "doorgezette chat aangenomen"),
    ("transfer cancelled", trail_reasons.transfer_cancelled(), "doorzetten ingetrokken"),
    ("transfer declined", passed(DECLINED), "doorzetten: doorgegeven"),
    ("transfer declined: a; b", passed(trail_reasons.declined(words="a; b")), "doorzetten: doorgegeven: a; b"),
    ("transfer lease ended", passed(trail_reasons.lease_ended()), "doorzetten: de verbinding van de console viel weg"),
    ("transfer no answer in 10 s", passed(trail_reasons.no_answer(seconds=10)), "doorzetten: geen antwoord in 10 s"),
    (
        "65 s late, before all later promises; certified; free 5/6; load 2.3; at the soft limit 2.0",
        routed(
            reasons.seconds_late(n=65),
            reasons.starved(),
            CERTIFIED,
            reasons.free(n=5, of=6),
            reasons.some_load(load=2.3),
            reasons.all_at_soft_limit(limit=2.0),
        ),
        "65 s te laat, voor alle latere beloften, bevoegd, 5 van 6 plekken vrij, belasting 2,3, druk, zoals iedereen",
    ),
    (
        "head of the queue, 19 s left; certified; lead, called after 2 bounces; helped this visitor before",
        routed(
            reasons.at_head(),
            reasons.seconds_left(n=19),
            CERTIFIED,
            reasons.lead_called(bounces=2),
            reasons.helped_before(),
        ),
        "vooraan in de rij, nog 19 s, bevoegd, lead, geroepen, hielp deze bezoeker eerder",
    ),
    (
        "certified; lowest load 0.3; longest idle 40 s; draining, nobody else free; bounced it, so did all others",
        routed(
            CERTIFIED,
            reasons.lowest_load(load=0.3),
            reasons.longest_idle(n=40),
            reasons.draining_alone(),
            reasons.bounced_by_all(),
        ),
        "",
    ),
    (
        "bounced it, nobody else possible; has not read the newest instruction",
        routed(reasons.bounced_alone(), reasons.unread()),
        "",
    ),
    (
        "nobody possible; 2 not certified; 1 full 6/6; 1 no lease; 1 paused; 1 no language nl; 1 draining",
        routed(
            reasons.nobody(),
            tally(2, reasons.not_certified()),
            tally(1, reasons.full(n=6, of=6)),
            tally(1, reasons.no_lease()),
            tally(1, reasons.paused()),
            tally(1, reasons.no_language(language="nl")),
            tally(1, reasons.draining()),
        ),
        "",
    ),
    (
        "at the company's limit 1/1; bounced it; bounced it more often; not a lead, who are called",
        routed(reasons.company_limit(n=1, of=1), reasons.bounced(), reasons.bounced_more(), reasons.not_lead()),
        "",
    ),
    (
        "at the soft limit, load 2.0; another helped this visitor before; load 2.0 above 1.3; idle 1 s, best 4 s",
        routed(
            reasons.at_soft_limit(load=2.0),
            reasons.another_helped(),
            reasons.higher_load(load=2.0, best=1.3),
            reasons.less_idle(n=1, of=4),
        ),
        "",
    ),
    ("equal, higher id; certified", routed(reasons.higher_id(), CERTIFIED), ""),
    # Of 200 characters, the last of them half a reason.
    ("certified; " * 18 + "ce", routed(*[CERTIFIED] * 18, reasons.cut(text="ce")), "bevoegd, " * 18 + "…"),
    # Nothing is lost that nobody can read.
    ("certified; by the moon", routed(CERTIFIED, trail_reasons.other(text="by the moon")), "bevoegd, by the moon"),
    ("what no router says", trail_reasons.other(text="what no router says"), "what no router says"),
]


@pytest.fixture(name="trail")
def fixture_trail(acme: Company, alice: User) -> list[Assignment]:
    """Write a row of each sentence, as the version before kept them, and carry them over."""
    User.objects.filter(pk=alice.pk).update(name="Jan: Piet")
    rows = [
        Assignment(chat_id=uuid.uuid4(), company=acme, operator=alice.operator, kind="offer", fence=1, at=NOW)
        for _ in SENTENCES
    ]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE agency_assignment ADD COLUMN reason varchar(200) NOT NULL DEFAULT ''")
        Assignment.objects.bulk_create(rows)
        for row, (written, _reason, _words) in zip(rows, SENTENCES, strict=True):
            cursor.execute("UPDATE agency_assignment SET reason = %s WHERE chat_id = %s", [written, row.chat_id])
    MIGRATION.carry_over(None, SimpleNamespace(connection=connection))
    by_chat = {row.chat_id: row for row in Assignment.objects.all()}
    return [by_chat[row.chat_id] for row in rows]


def test_each_sentence_is_its_code_and_facts_and_is_shown_as_it_was(trail: list[Assignment]) -> None:
    with translation.override("nl"):
        for row, (written, reason, words) in zip(trail, SENTENCES, strict=True):
            assert row.reason == reason, written
            if words:
                assert reason_word(row.reason) == words


def test_the_sentences_above_are_of_every_kind() -> None:
    codes = {code for _written, reason, _words in SENTENCES for code in every(reason)}
    # Why a site offers no chat was never a sentence.
    assert codes == (reasons.KINDS.keys() | {""}) - vars(site_reasons).keys()


def every(reason: PoolReason) -> set[str]:
    return {reason.code}.union(*(every(one) for one in reason.facts.get("why", ())))


def test_the_database_takes_the_codes_of_the_trail_alone(acme: Company, alice: User) -> None:
    given = {"chat_id": uuid.uuid4(), "company": acme, "operator": alice.operator, "kind": "offer", "at": NOW}
    Assignment.objects.create(**given, code="declined", fence=1)
    with pytest.raises(IntegrityError, match="assignment_code"):
        Assignment.objects.create(**given, code="certified", fence=2)
