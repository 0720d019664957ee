"""How the texts of the demo's past came about: most typed, some from a canned reply that was changed."""

from collections.abc import Iterable
from typing import Any

from chat.models import Text
from chat.services.texts.texts import list_texts

# Lines that were made from a canned reply, by its shortcut.
FROM_REPLY = {
    "Dan ruilen we ze gratis. Het retourlabel zit in de doos; zet de nieuwe maat op het formulier.": "maatruil",
    "Ja, nog zes paar. Voor 22:00 besteld is morgen in huis.": "levertijd",
    "Fijn! Kan ik verder nog iets voor je doen?": "afsluiten",
    "Dat zeggen wij voor u op. U hebt 14 dagen bedenktijd en zit geen minuut zonder stroom.": "overstap",
    "Vervelend. Wilt u in de groepenkast kijken of er een schakelaar omlaag staat?": "storing",
    "Dat kan vanaf 30 dagen voor tot 5 dagen na de dag van de sleutel. Gaat uw contract mee?": "verhuizen",
}


class Replies:
    """The texts in force of a company, and what a line made with them says of itself."""

    def __init__(self) -> None:
        texts = list_texts(Text.Kind.SCRIPT, Text.Kind.CANNED, Text.Kind.INSTRUCTION)
        self._canned = {text.key: text for text in texts if text.kind == Text.Kind.CANNED}
        self._beside = {str(text.kind): str(text.pk) for text in texts if text.kind != Text.Kind.CANNED}
        self._known: dict[str, dict[str, Any]] = {}

    def of(self, body: str) -> dict[str, Any]:
        """What an operator's console would have sent with this line."""
        if body not in self._known:
            reply = self._canned.get(FROM_REPLY.get(body, ""))
            made = {"source": "typed"} if reply is None else _made_from(reply, body)
            self._known[body] = made | self._beside
        return self._known[body]


def _made_from(reply: Text, body: str) -> dict[str, Any]:
    edits = _distance(reply.body, body)
    return {"source": "canned", "text": str(reply.pk), "version": reply.version, "distance": edits}


def _distance(one: str, other: Iterable[str]) -> int:
    row = list(range(len(one) + 1))
    for number, letter in enumerate(other, 1):
        before, row[0] = row[0], number
        for at, own in enumerate(one, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (own != letter))
    return row[-1]
