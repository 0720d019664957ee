"""A mailed chat holds every text whole: as long as a text may be, and longer where links in it are broken."""

import html as markup

import pytest

from agency.domain.text import clean
from chat.domain.text import TEXT_LIMIT
from chat.models import Message
from tenants.context import in_company
from tenants.models import Company
from tests.agency.services.mail.sink import Sink
from tests.chat.services.mail.transcripts import (  # noqa: F401 -- fixtures
    ask,
    drain,
    fixture_running,
    fixture_server,
    parts,
    talk,
)

pytestmark = pytest.mark.django_db

# One character of two code points that nothing composes; one that UTF-16 writes as two; one of the family of four.
LONGEST = {
    "plain": "x" * (TEXT_LIMIT - 1) + "!",
    "combining": "x\u0301" * (TEXT_LIMIT // 2 - 1) + "q\u0301",
    "beyond UTF-16": "\U0001f600" * (TEXT_LIMIT - 1) + "\U0001f601",
    "a family at the end": "x" * (TEXT_LIMIT - 7) + "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "lines": "a\n" * (TEXT_LIMIT // 2 - 1) + "bc",
}


@pytest.mark.parametrize("body", LONGEST.values(), ids=LONGEST)
def test_a_text_at_the_limit_is_in_both_forms_whole(acme: Company, server: Sink, body: str) -> None:
    assert len(body) == TEXT_LIMIT
    assert clean(body) == body
    chat = talk(acme)
    with in_company(acme):
        Message.objects.filter(chat=chat[0], seq__in=[10, 12]).update(body=body)
    ask(acme, chat)
    drain()
    _message, text, html = parts(server)
    assert text.replace("\r\n", "\n").count(body) == 2
    assert markup.unescape(html).count(body.replace("\n", "<br>")) == 2


def test_a_text_that_grows_as_its_links_are_broken_stays_whole(acme: Company, server: Sink) -> None:
    body = "a.b" * (TEXT_LIMIT // 3) + "."
    chat = talk(acme)
    with in_company(acme):
        Message.objects.filter(chat=chat[0], seq=12).update(body=body)
    ask(acme, chat)
    drain()
    _message, text, html = parts(server)
    broken = body[:-1].replace(".", "[.]") + "."
    assert broken in text
    assert broken in html
