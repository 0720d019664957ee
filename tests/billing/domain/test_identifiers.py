"""Numbers under which companies are known: what is taken, and the one form in which it is kept."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.identifiers import format_iban, parse_iban, parse_postcode, parse_registration, parse_vat_id


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("NL123456782B90", "NL", "NL123456782B90"),
        ("nl 1234.567.82.b90", "NL", "NL123456782B90"),
        ("123456782B90", "NL", "NL123456782B90"),
        ("NL123456783B90", "NL", None),
        ("NL123456782", "NL", None),
        ("BE 0428.759.497", "BE", "BE0428759497"),
        ("BE 0428.759.498", "BE", None),
        ("NL123456782B90", "BE", None),
        ("DE136695976", "DE", "DE136695976"),
        ("EL094259216", "GR", "EL094259216"),
        ("094259216", "GR", "EL094259216"),
        ("GB980780684", "GB", "980780684"),
        ("CHE-107.787.577 IVA", "CH", "CHE107787577IVA"),
        ("not one", "GB", None),
        ("", "NL", None),
    ],
)
def test_a_vat_number_is_its_country_s(typed: str, country: str, kept: str | None) -> None:
    assert parse_vat_id(typed, country) == kept


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("12345678", "NL", "12345678"),
        ("1234 56.78", "NL", "12345678"),
        ("1234567", "NL", None),
        ("123456789", "NL", None),
        ("1234567a", "NL", None),
        ("١٢٣٤٥٦٧٨", "NL", None),
        ("hrb 12345", "DE", "HRB 12345"),
        ("x", "DE", None),
        ("x" * 21, "DE", None),
    ],
)
def test_a_kvk_number_has_eight_digits_and_others_what_their_register_gives(
    typed: str, country: str, kept: str | None
) -> None:
    assert parse_registration(typed, country) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("NL19SNSB0929583699", "NL19SNSB0929583699"),
        ("nl94 snsb 0403 1505 45", "NL94SNSB0403150545"),
        ("NL72RABO0687507988", None),
        ("NL44RABO0423349168", None),
        ("BE68 5390 0754 7034", "BE68539007547034"),
        ("", None),
    ],
)
def test_an_account_number_has_the_right_check_digits(typed: str, kept: str | None) -> None:
    assert parse_iban(typed) == kept
    if kept:
        assert parse_iban(format_iban(kept)) == kept


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("8011ab", "NL", "8011 AB"),
        (" 8011  AB ", "NL", "8011 AB"),
        ("0811 AB", "NL", None),
        ("8011 A", "NL", None),
        ("sw1a 1aa", "GB", "SW1A 1AA"),
        ("x" * 13, "GB", None),
    ],
)
def test_a_postcode_is_written_as_on_an_envelope(typed: str, country: str, kept: str | None) -> None:
    assert parse_postcode(typed, country) == kept


@given(st.text(max_size=40), st.sampled_from(["NL", "BE", "DE", "FR", "GR", "GB", "CH", "NO", "US", "??"]))
def test_whatever_is_typed_is_kept_in_one_form_or_refused(typed: str, country: str) -> None:
    """Nothing raises, and what is kept stays itself when it is typed again."""
    for parse in (parse_vat_id, parse_registration, parse_postcode):
        kept = parse(typed, country)
        assert kept is None or parse(kept, country) == kept
    kept = parse_iban(typed)
    assert kept is None or parse_iban(kept) == kept


@given(st.text(string.digits, min_size=8, max_size=8))
def test_every_eight_digits_may_be_a_kvk_number(digits: str) -> None:
    assert parse_registration(digits, "NL") == digits
