"""A page as lines and links: what its reader sees, in whatever letters, and that reading ends whatever it holds."""

import time

import pytest

from agency.domain.sites.page import HEADING, MOST_LINKS, SUMMARY, PageLine, PageLink, decode, read_html

MEGABYTE = 1024 * 1024


def lines_of(html: str) -> list[str]:
    return [line.text for line in read_html(html.encode()).lines]


def test_lines_are_what_a_reader_sees() -> None:
    page = read_html(
        b"""<html lang="nl-NL"><title>Contact | Acme</title><nav><a href="/a">Dames</a></nav>
        <h2>Bel <b>ons</b></h2><p>085 000 12 34<br>ma t/m vr</p><style>p {}</style><script>var x = "<p>nee</p>"</script>
        <table><tr><th>Winkel</th><td>Dam 1</td><td>Utrecht</td></tr></table><details><summary>Ruilen?</summary>Ja.
        </details><svg><text>nee</text></svg>"""
    )
    assert (page.language, page.title) == ("nl-nl", "Contact | Acme")
    assert page.links == [PageLink("/a", "Dames")]
    assert page.lines == [
        PageLine("Dames", in_nav=True),
        PageLine("Bel ons", HEADING),
        PageLine("085 000 12 34"),
        PageLine("ma t/m vr"),
        PageLine("Winkel: Dam 1 · Utrecht"),
        PageLine("Ruilen?", SUMMARY),
        PageLine("Ja."),
    ]


@pytest.mark.parametrize(
    ("body", "header"),
    [
        ("Café".encode(), ""),
        ("Café".encode(), "text/html; charset=nonsense"),
        ("Café".encode(), "text/html; charset=unicode_escape"),
        ("Café".encode("cp1252"), ""),
        ("Café".encode("cp1252"), "text/html; charset=ISO-8859-1"),
        (b'<meta charset="windows-1252">' + "Café".encode("cp1252"), "text/html"),
        (b"\xef\xbb\xbf" + "Café".encode(), "text/html; charset=iso-8859-1"),
        ("Café".encode("utf-16"), "text/html"),
    ],
)
def test_letters_come_as_they_were_meant(body: bytes, header: str) -> None:
    assert decode(body, header).endswith("Café")


def test_a_page_that_is_cut_inside_a_letter_stays_in_its_charset() -> None:
    assert decode(("Één café" * 1_000).encode()[:-1], "").startswith("Één caf")


@pytest.mark.parametrize("body", [b"", b"  ", b"<", b"\xff\xfe", b"\x00", b"<!-- x"])
def test_a_page_of_nothing_says_nothing(body: bytes) -> None:
    assert read_html(body).links == []


def test_what_can_t_be_seen_or_stored_doesn_t_come_along() -> None:
    (line,) = lines_of("<p>a\x00b \u202egelezen\u202c \u200b&lt;b&gt;</p>")
    assert "\x00" not in line
    assert "\u202e" not in line
    assert line.endswith("<b>")
    assert lines_of("<p>\u200b\u2060</p>") == []


HOSTILE = {
    "nested": "<div>",
    "closed without being opened": "<div></p></b>",
    "formatting": "<b><i><p>",
    "open tags": "<a ",
    "open attribute": '<a x="',
    "attributes": "<a " + " ".join(f"a{n}=1" for n in range(50_000)),
    "comments": "<!--",
    "lines": "<p>x",
    "links": '<a href="/contact">contact</a>',
    "cells": "<table><tr><td>x",
    "one line": "word ",
    "invisible": "\u200b",
    "data": '<script type="application/ld+json">[[',
}


@pytest.mark.parametrize("repeated", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_of_anything_is_read_within_two_seconds(repeated: str) -> None:
    body = (repeated * (MEGABYTE // len(repeated) + 1)).encode()[:MEGABYTE]
    began = time.process_time()
    page = read_html(body)
    assert time.process_time() - began < 2
    assert len(page.links) <= MOST_LINKS
    assert all(len(line.text) <= 400 for line in page.lines)
