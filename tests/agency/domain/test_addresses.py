"""Mail addresses, hosts and telephone numbers. JavaScript reads the same tables
(`tests/js/widget/address.test.mjs`).
"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency.domain.addresses import parse_address, shown_address
from agency.domain.phones import LEAST_SHORT, parse_phone
from tenants.origins import ascii_host, ascii_url, parse_origin, shown_url
from tests import DATA

ADDRESSES = json.loads((DATA / "addresses.json").read_text("utf-8"))
TELEPHONES = json.loads((DATA / "telephones.json").read_text("utf-8"))["cases"]
TELEPHONES += [
    {"in": row["in"], "kept": row["in"] if row["ok"] else None}
    for row in json.loads((DATA / "invisible.json").read_text("utf-8"))["telephone"]
]


@pytest.mark.parametrize("case", ADDRESSES["cases"], ids=lambda case: ascii(case["in"])[:40])
def test_an_address_is_taken_in_as_it_is_sent_to(case: dict[str, str | None]) -> None:
    assert parse_address(str(case["in"])) == case["sent_to"]


@pytest.mark.parametrize("case", ADDRESSES["origins"], ids=lambda case: case["stored"])
def test_an_origin_is_stored_as_browsers_send_it(case: dict[str, str]) -> None:
    assert parse_origin(case["in"]) == case["stored"]


@pytest.mark.parametrize("case", ADDRESSES["shown"], ids=lambda case: case["stored"])
def test_people_see_their_own_script(case: dict[str, str]) -> None:
    show = shown_url if "://" in case["stored"] else shown_address
    assert show(case["stored"]) == case["shown"]


@pytest.mark.parametrize("case", TELEPHONES, ids=lambda case: ascii(case["in"])[:40])
def test_a_telephone_number(case: dict[str, str | None]) -> None:
    assert parse_phone(str(case["in"])) == case["kept"]


def test_a_company_may_have_a_short_number() -> None:
    assert parse_phone("14 020") is None
    assert parse_phone("14 020", least=LEAST_SHORT) == "14 020"
    assert parse_phone("112", least=LEAST_SHORT) is None


def test_mail_under_test_is_for_trying_out_only() -> None:
    assert parse_address("jan@acme.test") is None
    assert parse_address("jan@acme.test", allow_test=True) == "jan@acme.test"
    assert parse_address("jan@acme.local", allow_test=True) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_taken_in_is_ascii_and_stays_as_it_is(local: str, domain: str) -> None:
    for typed in (f"{local}@{domain}", f"jan@{domain}.example"):
        address = parse_address(typed)
        if address is not None:
            assert address.isascii()
            assert parse_address(address) == address
            assert parse_address(shown_address(address)) == address


def test_an_address_of_a_page_keeps_what_is_behind_its_host() -> None:
    assert ascii_url("https://fußball.example:8/ä?ß#ü") == ("https://xn--fuball-cta.example:8/ä?ß#ü")
    with pytest.raises(ValueError, match="no host"):
        ascii_host("a..b")
