"""The fields that each kind of text may hold. The words themselves are never judged here."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import count
from types import MappingProxyType

from chat.domain.text import TEXT_LIMIT

# The languages the widget speaks: a text in another could reach nobody.
LANGUAGES = ("nl", "en", "de", "fr")
# Two screens of an operator's side pane, and more than anybody reads before a chat.
INSTRUCTION_LIMIT = 20_000
# Four lines in the panel; longer greetings push the first answer out of sight.
GREETING_LIMIT = 400
LIMITS = MappingProxyType(
    {
        "greeting": GREETING_LIMIT,
        "invitation": GREETING_LIMIT,
        "notice": GREETING_LIMIT,
        "canned": TEXT_LIMIT,
        "instruction": INSTRUCTION_LIMIT,
    }
)
# The console shows one of these per language, so there is one.
SINGLE = frozenset({"script", "instruction"})
TITLE_LIMIT = 100
WHY_LIMIT = 300
MOST_STARTS, START_LIMIT = 4, 80
MOST_STEPS, STEP_LIMIT = 30, 200
# The part behind the slash: letters and digits of any script, as the console looks for it.
SHORTCUT = re.compile(r"^\w[\w-]{0,39}$")
VARIABLES = ("naam", "operator", "bedrijf", "name", "medewerker", "company")
_VARIABLE = re.compile(r"\{(\w+)\}")


def lines_of(typed: str) -> list[str]:
    """Return what stands on each line, without the empty ones."""
    return [line.strip() for line in typed.replace("\r", "\n").split("\n") if line.strip()]


def unknown_variables(body: str) -> list[str]:
    """Return the variables of a canned reply that the console has no value for, in order, each once."""
    named = _VARIABLE.findall(body)
    return [name for name in dict.fromkeys(named) if name not in VARIABLES]


def keep_keys(old: Sequence[tuple[str, str]], lines: Iterable[str]) -> list[tuple[str, str]]:
    """Return (key, text) for each line of a script, with the keys of steps that stayed.

    A step that moved or was reworded in its place keeps its key, so that a tick of a running chat stays with it.

    Args:
        old: (key, text) of the version before.
        lines: the steps of the new one.
    """
    new = list(lines)
    keys: list[str | None] = [None] * len(new)
    by_text = {text: key for key, text in old}
    free = dict.fromkeys(key for key, _text in old)
    for at, text in enumerate(new):
        key = by_text.get(text)
        if key in free:
            keys[at] = key
            del free[key]
    matcher = SequenceMatcher(None, [text for _key, text in old], new, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "replace":
            for place, at in zip(range(a, b), range(c, d), strict=False):
                if keys[at] is None and old[place][0] in free:
                    keys[at] = old[place][0]
                    del free[old[place][0]]
    taken = {key for key, _text in old}
    unused = (f"s{n}" for n in count(1) if f"s{n}" not in taken)
    return [(key or next(unused), text) for key, text in zip(keys, new, strict=True)]
