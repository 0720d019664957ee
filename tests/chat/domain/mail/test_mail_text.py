"""The text allowed in a mail to somebody who has not said that they want it."""

import pytest

from chat.domain.mail.headers import break_links


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("https://shop.example/a.zip", "https[:]//shop[.]example/a[.]zip"),
        ("http:evil.example", "http[:]evil[.]example"),
        ("ftp:evil", "ftp[:]evil"),
        ("file:x", "file[:]x"),
        ("sip:alice@x", "sip[:]alice@x"),
        ("xmpp:foo@b", "xmpp[:]foo@b"),
        ("bitcoin:1x", "bitcoin[:]1x"),
        ("tel:+31201234567", "tel[:]+31201234567"),
        # A full stop of another script is one to a browser.
        ("evil\u2024example", "evil[.]example"),
        ("evil\u3002example", "evil[.]example"),
        ("10.0.0.1", "10[.]0[.]0[.]1"),
        # Texts that people write stay as they are.
        ("Dag. Mijn vraag: kan het morgen?", "Dag. Mijn vraag: kan het morgen?"),
        ("Tel: 06 12345678, om 12:30 uur.", "Tel: 06 12345678, om 12:30 uur."),
    ],
)
def test_nothing_a_mail_program_links_is_left(text: str, broken: str) -> None:
    assert break_links(text) == broken
