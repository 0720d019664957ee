"""Names, which hold what can be seen, on one line. Categories judge them, so what Unicode adds is covered."""

import sys
import unicodedata

import pytest

from tenants.names import clean_name, has_unseen, trim


def hiding() -> list[str]:
    """Return each mark that a name can't hold, and everything that the categories of format and separators have."""
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"}
    joins = ("TAG ", "CANCEL TAG", "ZERO WIDTH J", "ZERO WIDTH NON-J")
    return [
        mark
        for mark in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(mark) in {"Cc", "Zl", "Zp"}
        or (
            unicodedata.category(mark) == "Cf"
            and unicodedata.bidirectional(mark) in turning
            and not unicodedata.name(mark, "").startswith(joins)
        )
    ]


def test_what_hides_something_is_refused_and_cleaned() -> None:
    marks = hiding()
    assert {"\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\u200b", "\xad", "\x00"} <= {*marks}
    for mark in marks:
        assert has_unseen(f"Jan{mark}sen"), ascii(mark)
        assert trim(f"{mark} Jansen {mark}") == "Jansen", ascii(mark)
        assert clean_name(f"Jan{mark}sen", 100) in ("Jansen", "Jan sen"), ascii(mark)


@pytest.mark.parametrize(
    "name",
    [
        "Jansen & Zn",
        'O\'Brien <"B.V.">',
        "👨‍👩‍👧 schoenen",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿 pub",
        "می‌خواهم",
        "❤️",
        "🇳🇱 Jan",
        "שלום",
        "Zoë",
        "क्ष",
    ],
)
def test_what_belongs_to_a_letter_stays(name: str) -> None:
    assert not has_unseen(name)
    assert clean_name(name, 100) == trim(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("typed", ["", "  ", "\u200b", "\u3164", "\u202e\u2066", "\ufeff\xa0"])
def test_nothing_is_no_name(typed: str) -> None:
    assert trim(typed) == clean_name(typed, 100) == ""


def test_a_name_is_one_line_of_a_length_and_whole() -> None:
    assert clean_name("Jan\r\n\tde \u2028 Wit", 100) == "Jan de Wit"
    assert clean_name("e\u0301" * 4, 3) == "ééé"
    assert clean_name("ab 👨‍👩‍👧!", 5) == "ab"
    assert clean_name("Schoen \ud83d", 100) == "Schoen \ufffd"
