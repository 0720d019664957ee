"""Documents: the same bytes twice, whatever was typed in them, and no markup of anybody's."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agency.services.documents.fonts import REPLACEMENT, legible
from agency.services.documents.pdf import BadDocument, render_pdf

AT = datetime(2026, 11, 3, 14, 7, tzinfo=UTC)


def facts(**more):
    line = {"kind": "visitor", "time": "14:07:00", "who": "Marieke", "remark": "", "text": "Hallo"}
    return {
        "title": "Loopwijzer, chat 12",
        "author": "Balie",
        "language": "nl",
        "foot": "Loopwijzer",
        "about": [["Bedrijf", "Loopwijzer"]],
        "heading": "Berichten",
        "lines": [{**line, **more}],
        "notes": ["Beoordeling: goed"],
    }


def test_the_same_facts_make_the_same_bytes():
    first, again = (render_pdf("transcript", facts(), at=AT) for _ in range(2))
    assert first.startswith(b"%PDF-")
    assert first == again
    assert render_pdf("transcript", facts(text="Hoi"), at=AT) != first
    assert render_pdf("transcript", facts(), at=AT + timedelta(seconds=1)) != first
    assert render_pdf("transcript", facts(), at=AT + timedelta(microseconds=1)) == first


def test_it_says_that_it_is_accessible():
    """Tagged, with its language and title, as PDF/UA-1 asks. Typst refuses what doesn't hold that."""
    made = render_pdf("transcript", facts(), at=AT)
    assert b"/StructTreeRoot" in made
    assert b"pdfuaid" in made
    assert b"/Lang" in made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "emoji 😀👍🏽 family 👨‍👩‍👧 flag 🇳🇱 heart ❤️ key 1️⃣",
        "مرحبا بكم",
        "Привет, Ελλάδα, Łódź, Nguyễn, ij Ĳ",
        "漢字かな 한국어 עברית ไทย \U0001f9ff \U0010fffd \ue000",
        "zero\u200bwidth \u202ertl\u202c \u2066iso\u2069 \ufeff",
        "NUL \x00 bell \x07 tab \t escape \x1b[31m \x85 \u2028",
        "Zalgo e" + "\u0301" * 200,
        "#panic() $x$ *bold* _it_ `raw` <label> @ref \\ // comment /* */ [a](b) = head",
        '#import "/etc/passwd": * #read("page.typ") #sys.inputs',
        "a" * 4_000,
        "woord " * 600,
        "regel\n" * 500,
    ],
    ids=range(13),
)
def test_whatever_was_typed_becomes_a_document(text):
    assert render_pdf("transcript", facts(text=text, who=text[:200] or "x"), at=AT).startswith(b"%PDF-")


def test_typed_markup_is_shown_and_not_followed():
    """Page breaks that are carried out would make more pages than one."""
    typed = render_pdf("transcript", facts(text="#pagebreak()#pagebreak()#pagebreak()"), at=AT)
    assert b"/Type/Pages/Count 1/" in typed
    assert b"/Type/Pages/Count 1/" in render_pdf("transcript", facts(), at=AT)
    assert b"/Type/Pages/Count 1/" not in render_pdf("transcript", facts(text="regel\n" * 200), at=AT)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Hallo, één ijsje van € 3,50", "Hallo, één ijsje van € 3,50"),
        ("😀", "😀"),
        ("漢", REPLACEMENT),
        ("a\u200db", "a\u200db"),
        ("a\x00b", "a b"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_only_what_no_typeface_has_is_replaced(typed, shown):
    assert legible(typed) == shown


def test_a_template_with_a_warning_is_a_fault(settings, tmp_path):
    folder = tmp_path / "templates" / "documents"
    folder.mkdir(parents=True)
    (tmp_path / "node_modules").symlink_to(Path(settings.BASE_DIR) / "node_modules")
    (folder / "bad.typ").write_text(
        '#set document(title: "x")\n#set text(font: "Nobody Has This", lang: "nl")\n= x\nText'
    )
    settings.BASE_DIR = tmp_path
    with pytest.raises(BadDocument, match="unknown font family"):
        render_pdf("bad", facts(), at=AT)
