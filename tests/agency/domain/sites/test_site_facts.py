"""Facts of a page by rules: what is found, what only looks like it, and that hostile words cost no time."""

import time

import pytest

from agency.domain.sites.page import PageLine, ReadPage, read_html
from agency.domain.sites.site_data import facts_of_data, types_of
from agency.domain.sites.site_facts import PageFact, facts_of


def found(html: str) -> list[tuple[str, str]]:
    return [(str(fact.kind), fact.value) for fact in facts_of(read_html(html.encode()))]


@pytest.mark.parametrize(
    ("html", "facts"),
    [
        ('<a href="tel:0851234567">Bel 085 - 123 45 67</a>', [("phone", "085 - 123 45 67")]),
        ('<a href="tel:+31301234567">Bel ons</a>', [("phone", "+31301234567")]),
        ("<p>Bel 0800-1234 of (030) 123 45 67</p>", [("phone", "0800-1234")]),
        ("<p>Order 1234567890123, 2026-11-30, IBAN NL91ABNA0417164300</p>", []),
        ('<a href="mailto:info@acme.nl?subject=x">mail</a>', [("mail", "info@acme.nl")]),
        ("<p>Mail naar info@acme.nl.</p><p>logo@2x.png</p>", [("mail", "info@acme.nl")]),
        ("<p>Dam 12-a<br>1012 JS Amsterdam</p>", [("address", "Dam 12-a, 1012 JS Amsterdam")]),
        ("<p>Acme, Dam 12, 1012JS Amsterdam.</p>", [("address", "Dam 12, 1012JS Amsterdam")]),
        ("<p>In 2026 VOOR iedereen</p>", []),
        ("<p>KvK-nummer: 90001354</p><p>90001354</p>", [("register", "90001354")]),
        ("<p>btw NL004495445B01</p><p>btw NL123456789B01 klopt niet</p>", [("vat", "NL004495445B01")]),
        (
            "<table><tr><td>Maandag</td><td>9:00 - 17:30</td></tr><tr><td>Zondag</td><td>gesloten</td></tr></table>",
            [("hours", "Maandag: 9:00 - 17:30; Zondag: gesloten")],
        ),
        ("<p>Wij zijn er altijd voor u.</p>", []),
        ("<p>Voor 22:00 besteld, morgen in huis.</p>", [("delivery", "Voor 22:00 besteld, morgen in huis.")]),
        ("<li>Je hebt 30 dagen bedenktijd.</li>", [("returns", "Je hebt 30 dagen bedenktijd.")]),
        ("<h2>Gratis retour binnen 30 dagen</h2>", []),
        ("<nav>Gratis retour binnen 30 dagen</nav>", []),
        ("<h3>Kan ik ruilen?</h3><p>Ja, in de winkel.</p><h3>Anders</h3>", [("question", "Kan ik ruilen?")]),
        ("<details><summary>Ruilen in de winkel</summary>Ja.</details>", [("question", "Ruilen in de winkel")]),
        ("<h3>Nog een vraag?</h3>", []),
    ],
)
def test_a_fact_is_found_and_what_looks_like_one_isn_t(html: str, facts: list[tuple[str, str]]) -> None:
    assert found(html) == facts


def test_a_fact_says_the_words_it_was_taken_from() -> None:
    html = "<p>Bel gerust: 085 123 45 67, ook 's avonds</p>" * 5
    (fact,) = facts_of(read_html(html.encode()))
    assert fact == PageFact(fact.kind, "085 123 45 67", "Bel gerust: 085 123 45 67, ook 's avonds")


def test_an_answer_ends_where_the_page_ends() -> None:
    (fact,) = facts_of(read_html(b"<h3>Kan ik ruilen?</h3><p>Ja, zeker.</p><footer><p>Acme in Zwolle</p></footer>"))
    assert fact.words == "Ja, zeker."


def test_html_direction_and_length_don_t_come_along() -> None:
    html = f"<h3>Wat kost &lt;script&gt;alert(1)&lt;/script&gt; \u202eX\x00?</h3><p>{'Veel. ' * 2_000}</p>"
    (fact,) = facts_of(read_html(html.encode()))
    assert "<script>" in fact.value
    assert not {"\x00", "\u202e"} & set(fact.value)
    assert len(fact.words) <= 800


def data(*texts: str) -> ReadPage:
    return read_html("".join(f'<script type="application/ld+json">{text}</script>' for text in texts).encode())


def test_what_schema_org_says_is_read() -> None:
    page = data(
        """{"@graph": [{"@type": ["Dentist", "LocalBusiness"], "telephone": "+31 30 123 45 67", "email": "a@b.nl",
        "vatID": "NL004495445B01", "openingHours": ["Mo-Fr 09:00-17:00"], "address": {"@type": "PostalAddress",
        "streetAddress": "Dam 1", "postalCode": "1012 JS", "addressLocality": "Amsterdam"}}, {"@type": "FAQPage",
        "mainEntity": [{"@type": "Question", "name": "Hoe lang?",
        "acceptedAnswer": {"text": "<p>Drie &amp; vier</p> dagen"}}]}]}"""
    )
    assert [(str(fact.kind), fact.value) for fact in facts_of_data(page)] == [
        ("phone", "+31 30 123 45 67"),
        ("mail", "a@b.nl"),
        ("vat", "NL004495445B01"),
        ("hours", "ma-vr 09:00-17:00"),
        ("address", "Dam 1, 1012 JS Amsterdam"),
        ("question", "Hoe lang?"),
    ]
    assert facts_of_data(page)[-1].words == "Drie & vier dagen"
    assert types_of(page) >= {"Dentist", "FAQPage"}


def test_hours_by_day_are_put_together() -> None:
    page = data(
        """{"openingHoursSpecification": [
        {"dayOfWeek": ["https://schema.org/Monday", "Tuesday"], "opens": "09:00", "closes": "17:00"},
        {"dayOfWeek": "Saturday", "opens": "10:00", "closes": "16:00"}, "x", {"dayOfWeek": 3}]}"""
    )
    assert [fact.value for fact in facts_of_data(page)] == ["ma, di 09:00-17:00; za 10:00-16:00"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 90_000,
        '{"a":' * 15_000,
        "not json",
        '{"telephone": ' + "1" * 50_000 + "}",
        '{"@type": {"a": []}, "telephone": [1], "openingHours": {"x": 1}, "address": [[]]}',
        '[{"@type": "Question", "name": 1, "acceptedAnswer": 5}, {"@type": "Question", "acceptedAnswer": []}]',
        "[" + "{}," * 30_000 + "{}]",
        '{"telephone": "\\ud800"}',
    ],
)
def test_hostile_data_says_nothing(text: str) -> None:
    began = time.process_time()
    assert facts_of_data(data(text)) == []
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "words",
    ["0" * 400, "+1 " * 130, "a@" * 200, "1234AB " + "A" * 390, "A a " * 100 + "1", "ma 10 tot " * 40, "NL " * 130],
)
def test_words_made_to_be_slow_cost_no_time(words: str) -> None:
    began = time.process_time()
    facts_of(ReadPage(lines=[PageLine(words)] * 1_000))
    assert time.process_time() - began < 2
