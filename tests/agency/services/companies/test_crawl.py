"""Reading a company's own site over real sockets: what is read, and that nothing leads it elsewhere or holds it up."""

import socket
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from agency.services.companies import crawl as crawling
from agency.services.companies.crawl import CrawledPage, CrawlStopped, crawl
from agency.services.outgoing import fetch as outgoing
from tenants import clock
from tests.agency.services.outgoing.test_fetch import server

Answers = dict[str, bytes | Callable[[socket.socket], None]]
LINK = b'<a href="%s">%s</a>'


def page(body: bytes, status: str = "200 OK", headers: str = "Content-Type: text/html; charset=utf-8\r\n") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def to(where: str) -> bytes:
    return page(b"", "302 Found", f"Location: {where}\r\n")


@contextmanager
def site(answers: Answers, settings: Any) -> Iterator[tuple[str, list[str]]]:
    """A site of this machine with these pages, any other 404. Yields its origin and the paths that were asked for."""
    asked: list[str] = []

    def talk(connection: socket.socket) -> None:
        question = connection.recv(65536).split(b" ")
        if len(question) < 2:
            return
        asked.append(question[1].decode())
        answer = answers.get(asked[-1]) or answers.get("*") or page(b"", "404 Not Found")
        if callable(answer):
            answer(connection)
        else:
            connection.sendall(answer)

    with server(talk, peek=True) as (port, _heard):
        settings.PRIVATE_CALLS = frozenset({f"127.0.0.1:{port}"})
        yield f"http://127.0.0.1:{port}", asked


def read(answers: Answers, settings: Any) -> tuple[list[CrawledPage], list[str]]:
    with site(answers, settings) as (origin, asked):
        return list(crawl([origin])), asked


def reasons(pages: list[CrawledPage]) -> list[str]:
    return [one.reason for one in pages]


def test_the_front_page_and_pages_about_contact_are_read_the_most_promising_first(settings: Any) -> None:
    links = b"".join(
        LINK % pair
        for pair in (
            (b"/shoes", b"Schoenen"),
            (b"/about", b"Over ons"),
            (b"/contact#map", b"Contact"),
            (b"/contact", b"Contact"),
            (b"/klantenservice/verzending", b"Bezorgen"),
            (b"/login?next=contact", b"Contact"),
            (b"/contact.pdf", b"Contact"),
            (b"https://elsewhere.test/contact", b"Contact"),
            (b"mailto:a@b.nl", b"Contact"),
        )
    )
    pages, asked = read({"/": page(links), "/contact": page(b"<p>Bel 085 123 45 67"), "/about": page(b"x")}, settings)
    assert asked == ["/robots.txt", "/", "/contact", "/klantenservice/verzending", "/about"]
    assert reasons(pages) == ["", "", "404", ""]
    assert [(one.number, one.of) for one in pages] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert pages[1].page is not None
    assert pages[1].page.lines[0].text == "Bel 085 123 45 67"


def test_a_site_that_links_without_end_is_left_after_nine_pages(settings: Any) -> None:
    n = iter(range(10_000))

    def more(connection: socket.socket) -> None:
        links = b"".join(LINK % (b"/contact/%d" % next(n), b"Contact") for _ in range(10))
        connection.sendall(page(links + LINK % (b"/", b"Contact")))

    pages, asked = read({"*": more}, settings)
    assert len(pages) == 9
    assert len(asked) == len(set(asked)) == 10


def test_ten_thousand_links_are_ten_calls(settings: Any) -> None:
    links = b"".join(LINK % (b"/faq/%d" % n, b"FAQ") for n in range(10_000))
    pages, asked = read({"/": page(links), "*": page(b"x")}, settings)
    assert (len(pages), len(asked)) == (9, 10)


def test_a_page_that_sends_back_to_itself_is_left(settings: Any) -> None:
    with pytest.raises(CrawlStopped) as stopped:
        read({"/": to("/")}, settings)
    assert stopped.value.code == "redirects"
    pages, _ = read({"/": page(LINK % (b"/contact", b"x")), "/contact": to("/")}, settings)
    assert [(one.page is None, one.reason) for one in pages] == [(False, ""), (True, "")]


@pytest.mark.parametrize(
    "where", ["http://10.0.0.1/", "http://169.254.169.254/latest", "https://elsewhere.test/", "//x", "http://["]
)
def test_a_redirect_to_another_address_isn_t_followed(where: str, settings: Any) -> None:
    with pytest.raises(CrawlStopped) as stopped:
        read({"/": to(where)}, settings)
    assert stopped.value.code == "elsewhere"


def test_a_redirect_to_another_address_of_the_site_is(settings: Any) -> None:
    with site({"/": page(b"here")}, settings) as (second, _), site({"/": to(f"{second}/")}, settings) as (first, asked):
        settings.PRIVATE_CALLS = frozenset({first[7:], second[7:]})
        (only,) = crawl([first, second])
    assert only.url == f"{second}/"
    assert asked == ["/robots.txt", "/"]


def test_a_private_address_is_never_called(settings: Any) -> None:
    with site({"/": page(b"x")}, settings) as (origin, asked):
        settings.PRIVATE_CALLS = frozenset()
        with pytest.raises(CrawlStopped) as stopped:
            list(crawl([origin]))
    assert (stopped.value.code, asked) == ("private", [])


def test_robots_txt_is_heard(settings: Any) -> None:
    front = page(LINK % (b"/contact", b"x") + LINK % (b"/faq", b"x"))
    rules = page(b"User-agent: Balie\nDisallow: /faq", headers="Content-Type: text/plain\r\n")
    pages, asked = read({"/robots.txt": rules, "/": front, "*": page(b"x")}, settings)
    assert reasons(pages) == ["", "", "robots"]
    assert "/faq" not in asked
    for answer, code in ((page(b"User-agent: *\nDisallow: /"), "robots"), (page(b"", "503 X"), "robots_unread")):
        with pytest.raises(CrawlStopped) as stopped:
            read({"/robots.txt": answer, "/": front}, settings)
        assert stopped.value.code == code


@pytest.mark.parametrize("where", ["http://[", "https://elsewhere.test/", ""])
def test_a_robots_txt_that_leads_nowhere_forbids_nothing(where: str, settings: Any) -> None:
    pages, asked = read({"/robots.txt": to(where), "/": page(b"x")}, settings)
    assert (reasons(pages), asked[-1]) == ([""], "/")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (page(b"", "500 X"), "500"),
        (page(b"%PDF", headers="Content-Type: application/pdf\r\n"), "kind"),
        (b"not http\r\n\r\n", "broken"),
    ],
)
def test_a_page_that_can_t_be_read_says_why_and_the_others_are_read(answer: bytes, reason: str, settings: Any) -> None:
    front = page(LINK % (b"/contact", b"x") + LINK % (b"/faq", b"x"))
    pages, _ = read({"/": front, "/contact": answer, "/faq": page(b"x")}, settings)
    assert reasons(pages) == ["", reason, ""]


def test_a_page_of_a_gigabyte_is_read_as_far_as_a_page_goes(settings: Any) -> None:
    piece = b"<p>Bel 085 123 45 67 " * 3_000

    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1073741824\r\n\r\n")
        for _ in range(2**30 // len(piece)):
            connection.sendall(piece)

    tracemalloc.start()
    began = time.monotonic()
    pages, _ = read({"/": endless}, settings)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.monotonic() - began < 5
    assert most < 20 * 1024 * 1024
    assert pages[0].page is not None
    assert not pages[0].page.is_whole


def test_a_site_that_drips_is_left_when_its_time_is_over(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = 0.0
    steady = clock.steady
    monkeypatch.setattr(crawling.clock, "steady", lambda: steady() + passed)
    # Made for each call, it takes half of so short a time.
    context = outgoing._context()
    monkeypatch.setattr(outgoing, "_context", lambda: context)
    front = page(b"".join(LINK % (b"/contact/%d" % n, b"x") for n in range(8)))

    def begin(connection: socket.socket) -> None:
        monkeypatch.setattr(crawling, "PAGE_SECONDS", 0.4)
        connection.sendall(front)

    def drip(connection: socket.socket) -> None:
        nonlocal passed
        passed += 8
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 999\r\n\r\n")
        while True:
            connection.sendall(b" ")
            time.sleep(0.02)

    pages, _ = read({"/": begin, "*": drip, "/robots.txt": page(b"")}, settings)
    said = reasons(pages)
    assert (said[:2], said[-1], len(said)) == (["", "slow"], "time", 9)
