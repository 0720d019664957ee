"""The demo's texts to come: a draft that awaits approval, a version with its moment, and a notice."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from agency.models import User
from chat.models import Text
from chat.services.texts import drafts, publish
from chat.services.texts.drafts import NewText, NewVersion, TextAuthor
from chat.services.texts.texts import list_texts
from tenants.context import in_company
from tenants.models import Company

_STEPS_MORE = "Vraag naar de breedte van de voet"
_REPLY = "Voor 23:00 besteld is morgen in huis, ook op zaterdag. Je krijgt een bericht met het tijdvak."


def write_coming(company: Company, *, manager: User, owner: User, now: datetime) -> None:
    """Write them for a company that approves its texts."""
    with in_company(company):
        (script,) = list_texts(Text.Kind.SCRIPT, now=now)
        (reply,) = (text for text in list_texts(Text.Kind.CANNED, now=now) if text.key == "levertijd")
    steps = [*script.data["steps"][:4], {"key": "width", "text": _STEPS_MORE}, *script.data["steps"][4:]]
    words: dict[str, Any] = {"title": script.title, "body": script.body, "data": {**script.data, "steps": steps}}
    _draft(company, script, words, manager, now)

    words = {"title": reply.title, "body": _REPLY, "data": reply.data}
    draft = _draft(company, reply, words, manager, now)
    by = TextAuthor(owner, inside=False)
    at = _at(company, now + timedelta(days=5), 9)
    publish.publish(company=company, text=draft, expected=draft.edition, by=by, now=now, at=at)

    words = {
        "title": "Inventarisatie",
        "body": "Tot dan gaat er na 15:00 niets meer de deur uit. Noem dat bij elke vraag over levering.",
        "data": {"greets": False},
        "until": _at(company, now + timedelta(days=6), 18),
    }
    publish.add_text(company=company, new=NewText(Text.Kind.NOTICE, company.language, words), by=by, now=now)


def _draft(company: Company, text: Text, words: dict[str, Any], by: User, now: datetime) -> Text:
    new = NewVersion(words, text.edition)
    return drafts.change_draft(company=company, text=text, new=new, by=TextAuthor(by), now=now)


def _at(company: Company, day: datetime, hour: int) -> datetime:
    return day.astimezone(ZoneInfo(company.zone)).replace(hour=hour, minute=0, second=0, microsecond=0)
