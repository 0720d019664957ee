from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from agency.templatetags.amounts import money, seconds, share

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("amount", "dutch", "english"),
    [
        ("1284.50", "€ 1.284,50", "€1,284.50"),
        ("1234567.8", "€ 1.234.567,80", "€1,234,567.80"),
        ("0", "€ 0,00", "€0.00"),
        ("-3.5", "€ -3,50", "-€3.50"),
        ("2.345", "€ 2,35", "€2.35"),
        ("-0.001", "€ 0,00", "€0.00"),
    ],
)
def test_money_is_written_as_the_language_writes_it(amount: str, dutch: str, english: str) -> None:
    with translation.override("nl"):
        assert money(Decimal(amount)) == dutch.replace(" ", NBSP)
    with translation.override("en"):
        assert money(Decimal(amount)) == english


@pytest.mark.parametrize(
    ("ratio", "decimals", "dutch", "english"),
    [
        (0.932, 1, "93,2 %", "93.2%"),
        (1, 0, "100 %", "100%"),
        (Decimal("0.99951"), 1, "100,0 %", "100.0%"),
        (0, 1, "0,0 %", "0.0%"),
    ],
)
def test_a_share_is_a_percentage(ratio: float, decimals: int, dutch: str, english: str) -> None:
    with translation.override("nl"):
        assert share(ratio, decimals) == dutch.replace(" ", NBSP)
    with translation.override("en"):
        assert share(ratio, decimals) == english


@pytest.mark.parametrize(
    ("value", "dutch", "english"),
    [
        (11, "11 s", "11 s"),
        (11.4, "11,4 s", "11.4 s"),
        (20.0, "20 s", "20 s"),
        # Late by 40 ms is late.
        (20.04, "20,1 s", "20.1 s"),
        (59.99, "1 min 0 s", "1 min 0 s"),
        (125, "2 min 5 s", "2 min 5 s"),
        (3599.2, "1 u 0 min", "1 h 0 min"),
        (3900, "1 u 5 min", "1 h 5 min"),
    ],
)
def test_seconds_are_rounded_up_so_late_never_reads_as_in_time(value: float, dutch: str, english: str) -> None:
    with translation.override("nl"):
        assert seconds(value) == dutch.replace(" ", NBSP)
    with translation.override("en"):
        assert seconds(value) == english.replace(" ", NBSP)


def test_nothing_is_a_dash() -> None:
    assert money(None) == share(None) == seconds(None) == "–"


def test_templates_write_them() -> None:
    page = Template("{% load amounts %}{{ a|money }} {{ b|share:0 }} {{ c|seconds }}")
    with translation.override("en"):
        assert page.render(Context({"a": Decimal("2.5"), "b": 0.5, "c": 7})) == f"€2.50 50% 7{NBSP}s"
