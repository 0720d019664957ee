"""The verdict on the promise of a finished chat, in SQL: one text for the reports and for the lists of chats.

It is the rule of `agency.domain.promise.sla.verdict`, said once more so that chats are judged where they lie; random
tests hold the two against each other.
"""

import re
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
_FACTS = {
    "promise_seconds": "{promise_seconds}",
    "answered": "({first_human_at} IS NOT NULL)",
    "visitor_left": "({visitor_left_at} IS NOT NULL)",
    "waited": "date_part('epoch', coalesce({first_human_at}, {closed_at}) - {arrived_at})",
}
_NAMES = re.compile(rf"\b(?:{'|'.join(_FACTS)})\b")
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
    """Return the facts of the row of records that goes by this name, as columns."""
    columns = {name: f"{row}.{name}" for name in _COLUMNS}
    return ", ".join(f"{sql.format(**columns)} AS {name}" for name, sql in _FACTS.items())


class RecordFact(Func):
    """A piece of the SQL above for each row of a query of records."""

    def __init__(self, sql: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(*_COLUMNS, output_field=output_field)
        self._sql = sql

    def as_sql(self, compiler: Any, connection: Any, **_more: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Return the piece, over the facts of the row."""
        columns = [compiler.compile(column)[0] for column in self.get_source_expressions()]
        facts = {name: sql.format(**dict(zip(_COLUMNS, columns, strict=True))) for name, sql in _FACTS.items()}
        # In place of their names: a sub-select for each row took a list of 100,000 chats three times as long.
        return f"({_NAMES.sub(lambda found: facts[found[0]], self._sql)})", []


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
