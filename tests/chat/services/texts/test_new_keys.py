"""A new text's key comes from its title, and is its own."""

from datetime import datetime

import pytest

from agency.models import User
from chat.services.texts.drafts import NewText, TextAuthor
from chat.services.texts.publish import add_text
from tenants.models import Company
from tests.chat.services.stage import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("Nieuwe schoenen", ["nieuwe-schoenen", "nieuwe-schoenen-2", "nieuwe-schoenen-3"]),
        ("!!!", ["greeting", "greeting-2", "greeting-3"]),
        ("x" * 60, ["x" * 36, "x" * 36 + "-2", "x" * 36 + "-3"]),
    ],
)
def test_texts_of_one_title_have_keys_of_their_own(acme: Company, maud: User, title: str, keys: list[str]) -> None:
    def add(language: str, now: datetime = NOW) -> str:
        words = {"title": title, "body": "Hoi", "data": {"patterns": ["*"]}}
        new = NewText("greeting", language, words)
        return add_text(company=acme, new=new, by=TextAuthor(maud), now=now).key

    assert [add("nl") for _ in keys] == keys
    assert add("de") == keys[0]
