"""The verdict on the promise of a finished chat, in SQL: one text for the reports and for the lists of chats.

It is the rule of `agency.domain.promise.sla.verdict`, said once more so that chats are judged where they lie; random
tests hold the two against each other.
"""

from typing import Any

from django.db.models import BooleanField, Field, Func, SmallIntegerField

from agency.domain.promise import sla
from agency.domain.promise.sla import Verdict
from agency.models import ChatRecord

# The place of a verdict is its number in the database.
VERDICTS = tuple(Verdict)
NUMBERS = {str(verdict): place for place, verdict in enumerate(VERDICTS)}

_COLUMNS = ("arrived_at", "first_human_at", "closed_at", "visitor_left_at", "promise_seconds")
# The columns of a record that are judged. `waited`: seconds to the first human text, or to the end without one.
FACTS = """{promise_seconds} AS promise_seconds,
    {first_human_at} IS NOT NULL AS answered, {visitor_left_at} IS NOT NULL AS visitor_left,
    date_part('epoch', coalesce({first_human_at}, {closed_at}) - {arrived_at}) AS waited"""
# The rest is over those names.
WITHIN = "answered AND waited <= promise_seconds"
VERDICT = """CASE
    WHEN {within} THEN {answered_within}
    WHEN answered THEN {answered_late}
    WHEN NOT visitor_left THEN {missed}
    WHEN waited <= {short} THEN {short_abandon}
    ELSE {abandoned}
END""".format(within=WITHIN, short=sla.SHORT_ABANDON_SECONDS, **NUMBERS)
# Whom the promise was made to: all but those who left before its time was over.
IN_BASE = "(answered OR NOT visitor_left OR waited > promise_seconds)"


def facts_of(row: str) -> str:
    """Return FACTS of the row of records that goes by this name."""
    return FACTS.format(**{name: f"{row}.{name}" for name in _COLUMNS})


class RecordFact(Func):
    """A piece of the SQL above for each row of a query of records."""

    def __init__(self, sql: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(*_COLUMNS, output_field=output_field)
        self._sql = sql

    def as_sql(self, compiler: Any, connection: Any, **_more: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Return the piece, over the facts of the row."""
        columns = [compiler.compile(column)[0] for column in self.get_source_expressions()]
        facts = FACTS.format(**dict(zip(_COLUMNS, columns, strict=True)))
        return f"(SELECT {self._sql} FROM (SELECT {facts}) facts)", []  # noqa: S608 -- constants


def verdict_number() -> RecordFact:
    """Return the number of a record's verdict, for a query."""
    return RecordFact(VERDICT, SmallIntegerField())


def in_base() -> RecordFact:
    """Return whether a record's promise was made to its visitor, for a query."""
    return RecordFact(IN_BASE, BooleanField())


def verdict_of(record: ChatRecord) -> Verdict:
    """Judge a record by the promise that was in force when its chat arrived."""
    return sla.verdict(
        sla.PromiseTerms(seconds=record.promise_seconds),
        arrived_at=record.arrived_at,
        first_human_at=record.first_human_at,
        closed_at=record.closed_at,
        visitor_left=record.visitor_left_at is not None,
    )
