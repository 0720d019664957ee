"""Finding chats by what people type: the rows of `tests/data/search.json`, and that nothing typed is ever refused."""

import json
from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agency.domain.text import clean_line
from agency.models import User
from chat.domain.search import query_of, vector_of
from chat.models import Chat, KnownWord
from chat.services.finished.archive import Filters, find_chats
from chat.services.finished.one_chat import find_chat
from chat.services.finished.search import LONGEST_SEARCH, read_search, rebuild_words
from tenants.context import in_company
from tenants.models import Company
from tests import DATA
from tests.agency.services.pool.history import add_chat

pytestmark = pytest.mark.django_db

CASES = json.loads((DATA / "search.json").read_text("utf-8"))["cases"]
DAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return DAY + timedelta(minutes=minutes)


def numbers(company: Company, words: str) -> list[int]:
    """Return the numbers of the chats found."""
    return [line.number for line in find_chats(company=company, filters=Filters(words=words)).lines]


@pytest.mark.parametrize("case", CASES, ids=[case["query"][:20] for case in CASES])
def test_numbers_addresses_and_accents_are_found_as_people_type_them(acme, case):
    add_chat(acme, 123, after(1), said=("Een ander gesprek",))
    add_chat(acme, 7, after(2), said=(case["text"],))
    assert numbers(acme, clean_line(case["query"])) == [7] * case["found"]


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("bel 0687654321 maar", "06-8765 4321", True),
        ("bel 06 87 65 43 21 maar", "0687654321 maar", True),
        ("bel 06 87 65 43 21 maar", "06-87654321 bel", True),
        ("+31 6 12345678", "+31612345678", True),
        ("NL91 ABNA 0417 1643 00", "0417164300", True),
        ("7788 06-87654321", "0687654321", True),
        ("2026/00123", "2026-00123", True),
        ("ORD-7788-XY", "7788-ORD", False),
        ("order ORD-7788-XY", "ORD-77", True),
        ("een schoe\u00adnen", "schoenen", True),
        ("می‌خواهم", "میخواهم", True),
        ("Straße", "STRASSE", True),
        ("😀 x_y.z", "y", True),
        ("www.xn--mller-kva.example/x", "müller.example", True),
        ("piet@müller.example", "xn--mller-kva.example", True),
        ("a" * 3_000, "a" * 200, True),
    ],
)
def test_what_stands_in_a_text_is_found_by_typing_it_over(acme, text, query, found):
    add_chat(acme, 7, after(2), said=(text,))
    assert numbers(acme, query) == [7] * found


def test_no_search_is_refused_by_the_database():
    """Every length up to the limit of what the languages of searching are made of. The database only reads."""
    odd = [
        *"-\"'\\:*&|!()<>@%_#.,;/ \u0301\u202e\ufdfa\u3164²1aé",
        "- ",
        "-a",
        '"a" ',
        "or ",
        "1-",
        "xn--",
        "xn--a@",
        "a:*",
    ]
    queries = [query_of((one * LONGEST_SEARCH)[:length]) for one in odd for length in range(1, LONGEST_SEARCH + 1)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(q::tsquery) FROM unnest(%s::text[]) AS q", [queries])
        assert cursor.fetchone()[0] == len(queries) == len(odd) * LONGEST_SEARCH


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_searched_and_searched_for(db, text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector, %s::tsquery", [vector_of(text), query_of(text)])


@pytest.mark.parametrize(
    ("host", "who", "path"),
    [
        ("localhost", "maud@balie.test", "/manage/companies/{company}/chats/"),
        ("localhost", "maud@balie.test", "/manage/companies/{company}/chats.csv"),
        ("acme.localhost", "carol@acme.test", "/chats/"),
        ("acme.localhost", "carol@acme.test", "/chats.csv"),
    ],
)
def test_pages_and_files_answer_whatever_is_typed(acme: Company, host: str, who: str, path: str) -> None:
    add_chat(acme, 7, after(1), said=("iets",))
    browser = Client(HTTP_HOST=host)
    browser.force_login(User.objects.get(email=who))
    for typed in ("-" * 33, "-" * 199, "\x00", "\u3164", '"', "-a" * 99, "a\u0301" * 100, "'" * 33):
        answer = browser.get(path.format(company=acme.pk), {"q": typed})
        assert answer.status_code == 200, typed


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("mijn schoenen zijn te klein", "schoen", True),
        ("past die schoen wel?", "schoenen", True),
        ("the deliveries are late", "delivery", True),
        ("ik betaalde gisteren", "betaalden", True),
        ("een paar ideeën", "idee", True),
        ("graag naar het café", "cafe", True),
        ("Bestelling is er niet", "bes", True),
        ("Bestelling is er niet", "besteling", True),
        ("Bestelling is er niet", "bsetelling", True),
        ("Bestelling is er niet", "verzonden besteling", False),
        ("retourlabel kwijt", "retuorlabbel", True),
        ("mijn fiets", "feits", True),
        # Quotes, what is left out and numbers are meant as it stands.
        ("mijn schoenen", '"schoen"', False),
        ("mijn schoenen", "mijn -schoen", True),
        ("bestelling 12345678", "12345679", False),
        ("de kat", "kar", False),
    ],
)
def test_other_forms_and_mistyped_words_are_found(acme, text, query, found):
    add_chat(acme, 7, after(2), said=(text,))
    add_chat(acme, 8, after(3), said=("iets heel anders",))
    assert numbers(acme, query) == [7] * found


def test_a_word_that_is_there_is_never_taken_for_another(acme):
    add_chat(acme, 1, after(1), said=("mijn broek",))
    add_chat(acme, 2, after(2), said=("mijn broer",))
    assert numbers(acme, "broek") == [1]
    with in_company(acme):
        assert read_search("broek").meant == {}
        assert read_search("broet").meant == {"broet": ("broek", "broer")}
        assert read_search("bro").meant == {}


def test_what_a_search_found_in_a_chat_is_told_with_it(acme):
    record = add_chat(acme, 1, after(1), said=("De schoenen en een schoenveter, graag de bestelling",))
    found = {}
    for typed in ("schoen", "besteling", '"schoenen en"', "veters", "-graag", ""):
        with in_company(acme):
            search = read_search(typed)
        chat = find_chat(company=acme, chat_id=record.pk, inside=False, search=search)
        found[typed] = chat and set(chat.found)
    assert found == {
        "schoen": {"schoenen", "schoenveter"},
        "besteling": {"bestelling"},
        '"schoenen en"': {"schoenen", "en"},
        "veters": set(),
        "-graag": set(),
        "": set(),
    }


def test_words_of_chats_that_are_gone_can_be_forgotten(acme):
    record = add_chat(acme, 1, after(1), said=("Zonderlingheid",))
    with in_company(acme):
        assert KnownWord.objects.filter(word="zonderlingheid").exists()
        Chat.objects.filter(pk=record.pk).delete()
        rebuild_words()
        assert not KnownWord.objects.exists()


def test_chats_closed_by_a_release_without_stems_get_theirs_by_migrating(acme):
    add_chat(acme, 1, after(1), said=("Deliveries",))
    with in_company(acme):
        Chat.objects.update(search="deliveries", has_stems=False)
        KnownWord.objects.all().delete()
    assert numbers(acme, "delivery") == []
    call_command("migrate_all", stdout=StringIO())
    assert numbers(acme, "delivery") == [1]
    with in_company(acme):
        assert Chat.objects.get().has_stems
        assert KnownWord.objects.get().word == "deliveries"


def test_a_chat_makes_two_thousand_words_known_and_no_more(acme):
    said = " ".join(
        "woord" + f"{number:04d}".translate({48 + digit: 97 + digit for digit in range(10)}) for number in range(2_100)
    )
    add_chat(acme, 1, after(1), said=(said,))
    with in_company(acme):
        assert KnownWord.objects.count() == 2_000


def test_the_functions_can_be_made_by_no_superuser_where_the_extension_was_there_before():
    made = import_module("tenants.migrations.0011_word_search").Migration.operations[1:]
    # A connection of its own, in which nothing has loaded the extension's library.
    with psycopg.connect(**connection.get_connection_params() | {"autocommit": False}) as fresh:
        for operation in reversed(made):
            fresh.execute(operation.reverse_sql)
        fresh.execute("CREATE ROLE migrates")
        fresh.execute("GRANT CREATE, USAGE ON SCHEMA public TO migrates")
        fresh.execute("SET LOCAL ROLE migrates")
        for operation in made:
            fresh.execute(operation.sql)
        fresh.rollback()
