"""Several reads that don't depend on one another in one round trip: a page's time is mostly spent on the way."""

import json
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable


@dataclass(frozen=True, slots=True)
class HowMany:
    """Asks for the number of rows, and after it in the same list for the first `few` values of their first column."""

    queryset: QuerySet[Any]
    few: int = 0


def read_together(*asked: QuerySet[Any] | HowMany) -> list[list[Any]]:
    """Read querysets in one statement, each as `list(queryset)` would.

    Args:
        asked: of rows as models, without `select_related`, as `values_list`, flat too, or as `values`. They are read in
            the company that is entered now.
    """
    readings = [_Number(one) if isinstance(one, HowMany) else _Rows(one) for one in asked]
    parts = ", ".join(f"({reading.sql})" for reading in readings)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {parts}", [value for reading in readings for value in reading.values])
        [answers] = cursor.fetchall()
    return [reading.rows(answer) for reading, answer in zip(readings, answers, strict=True)]


class _Number:
    """How many rows a queryset has, and the first of them."""

    def __init__(self, asked: HowMany) -> None:
        self.sql: str = "SELECT NULL"
        self.values: tuple[Any, ...] = ()
        with suppress(EmptyResultSet):
            compiler = asked.queryset.query.chain().get_compiler(connection=connection)
            inner, self.values = compiler.as_sql()
            self.field = compiler.select[0][0].output_field
            columns = ", ".join(f"c{place}" for place in range(len(compiler.select)))
            first = f", to_json((array_agg(c0))[1:{asked.few}])" if asked.few else ""
            self.sql = (
                f"SELECT json_build_array(count(*){first})::text "  # noqa: S608 -- Django's own SQL
                f"FROM ({inner}) part ({columns})"
            )

    def rows(self, answer: str | None) -> list[Any]:
        """The number, and the values."""
        number, *first = json.loads(answer or "[0]")
        return [number, *(self.field.to_python(value) for value in (first and first[0]) or ())]


class _Rows:
    """One queryset as a scalar of SQL, and back."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self.queryset = queryset
        query = queryset.query.chain()
        assert not query.select_related, "a row of another table comes by a name of its own"
        compiler = query.get_compiler(connection=connection)
        self.sql: str = "SELECT NULL"
        self.values: tuple[Any, ...] = ()
        try:
            inner, self.values = compiler.as_sql()
        except EmptyResultSet:  # nothing can match: `none()`, or one of an empty list
            return
        self.fields = [expression.output_field for expression, _sql, _alias in compiler.select]
        if queryset._iterable_class is ModelIterable:
            own = [compiler.select[place][0].target.attname for place in compiler.klass_info["select_fields"]]
            self.names, self.more = own, list(compiler.annotation_col_map)
        else:
            self.names, self.more = list(query.selected or (*query.values_select, *query.annotation_select)), []
        columns = ", ".join(f"c{place}" for place in range(len(self.fields)))
        # As text: JSON's own numbers would come as floats, and an amount is none.
        self.sql = (
            f"SELECT json_agg(json_build_array({columns}))::text "  # noqa: S608 -- Django's own SQL
            f"FROM ({inner}) part ({columns})"
        )

    def rows(self, answer: str | None) -> list[Any]:
        """The rows in the form that the queryset asks for."""
        found = [self._values(row) for row in json.loads(answer or "[]", parse_float=Decimal)]
        kind = self.queryset._iterable_class
        if kind is ModelIterable:
            return [self._row(values) for values in found]
        if kind is ValuesListIterable:
            return [tuple(row) for row in found]
        if getattr(kind, "__name__", "") == "FlatValuesListIterable":
            return [row[0] for row in found]
        return [dict(zip(self.names, row, strict=True)) for row in found]

    def _row(self, values: list[Any]) -> Any:
        count = len(self.names)
        row = self.queryset.model.from_db(connection.alias, self.names, values[:count])
        for name, value in zip(self.more, values[count:], strict=True):
            setattr(row, name, value)
        return row

    def _values(self, row: list[Any]) -> list[Any]:
        return [
            value if value is None else field.to_python(value) for field, value in zip(self.fields, row, strict=True)
        ]
