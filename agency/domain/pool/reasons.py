"""Reasons as values: a code and its facts, and the one table of their words. Below the table of the router's own.

A reason is made by calling its entry, `reasons.free(n=2, of=6)`: the function's name is the code, its arguments are the
facts. Rows keep codes for ever, so a code is never renamed; words may be. The trail's are in `trail_reasons`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, Generic, ParamSpec

from agency.domain.words import gettext_noop

P = ParamSpec("P")
# Characters kept of a text in a reason: a person's own words, or a name.
KEPT = 200


@dataclass(frozen=True, slots=True)
class PoolReason:
    """Why something was decided or done. Facts are numbers, texts, and under `why` other reasons."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)


# Of a step whose kind says it all.
NONE = PoolReason("")


class ReasonKind(Generic[P]):
    """One entry of the table. Called with its facts it makes a reason.

    Args:
        words: an English msgid with the facts' names in braces.
        bare: the msgid where the fact `words` is empty.
    """

    def __init__(self, code: str, words: str, bare: str = "") -> None:
        self.code, self.words, self.bare = code, words, bare

    def __call__(self, *args: P.args, **facts: P.kwargs) -> PoolReason:
        """Make the reason. Facts are given by name."""
        return PoolReason(self.code, facts)


# Every reason there is, by its code.
KINDS: dict[str, ReasonKind[...]] = {}


def reason(words: str, *, bare: str = "") -> Callable[[Callable[P, None]], ReasonKind[P]]:
    """Enter a reason into the table: its code is the function's name, its facts are the function's arguments."""

    def enter(facts: Callable[P, None]) -> ReasonKind[P]:
        kind: ReasonKind[P] = ReasonKind(facts.__name__, words, bare)
        assert kind.code not in KINDS, f"two reasons are called {kind.code}"
        named = {name for _text, name, _spec, _conversion in Formatter().parse(words + bare) if name}
        assert named <= facts.__annotations__.keys(), f"{kind.code} has no fact for a name in its words"
        KINDS[kind.code] = kind
        return kind

    return enter


def words_of(given: PoolReason) -> str:
    """Return the msgid of a reason's words, "" for none and for an unknown code."""
    kind = KINDS.get(given.code)
    if kind is None:
        return ""
    return kind.bare if kind.bare and not given.facts.get("words") else kind.words


def write(given: PoolReason) -> dict[str, Any]:
    """Return the facts of a reason as JSON, beside which its code is kept. Texts are cut at 200 characters."""
    return {name: _written(value) for name, value in given.facts.items()}


def _written(value: Any) -> Any:
    if isinstance(value, tuple):
        return [{"code": one.code, **write(one)} for one in value]
    return value[:KEPT] if isinstance(value, str) else value


def read(code: str, written: Mapping[str, Any]) -> PoolReason:
    """The reason that was kept as this code and these facts."""
    return PoolReason(code, {name: _read(value) for name, value in written.items()})


def _read(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return tuple(read(one["code"], {name: fact for name, fact in one.items() if name != "code"}) for one in value)


# Why the one who is chosen.
@reason(gettext_noop("certified"))
def certified() -> None: ...
@reason(gettext_noop("{n} of {of} slots free"))
def free(*, n: int, of: int) -> None: ...
@reason(gettext_noop("lead operator, called"))
def lead_called(*, bounces: int) -> None: ...
@reason(gettext_noop("helped this visitor before"))
def helped_before() -> None: ...
@reason(gettext_noop("lowest load, {load}"))
def lowest_load(*, load: float) -> None: ...
@reason(gettext_noop("load {load}"))
def some_load(*, load: float) -> None: ...
@reason(gettext_noop("idle longest, {n} s"))
def longest_idle(*, n: int) -> None: ...
@reason(gettext_noop("equal, first in the list"))
def lowest_id() -> None: ...
@reason(gettext_noop("gets no new chats, but nobody else is free"))
def draining_alone() -> None: ...
@reason(gettext_noop("let it pass, but nobody else can"))
def bounced_alone() -> None: ...
@reason(gettext_noop("let it pass, as all others did"))
def bounced_by_all() -> None: ...
@reason(gettext_noop("hasn't read the newest instruction"))
def unread() -> None: ...
@reason(gettext_noop("busy, as everybody is"))
def all_at_soft_limit(*, limit: float) -> None: ...
@reason(gettext_noop("nobody can"))
def nobody() -> None: ...
@reason(gettext_noop("asked by name"))
def by_name() -> None: ...


# So many of the people who were asked about, in a decision for nobody.
@reason("{n} {why}")
def tally(*, n: int, why: tuple[PoolReason, ...]) -> None: ...


# Why somebody can't be chosen.
@reason(gettext_noop("connection lost"))
def no_lease() -> None: ...
@reason(gettext_noop("on a break"))
def paused() -> None: ...
@reason(gettext_noop("not certified"))
def not_certified() -> None: ...
@reason(gettext_noop("doesn't answer in {language}"))
def no_language(*, language: str) -> None: ...
@reason(gettext_noop("full, {n} of {of}"))
def full(*, n: int, of: int) -> None: ...
@reason(gettext_noop("{n} of this company's chats, the most is {of}"))
def company_limit(*, n: int, of: int) -> None: ...


# Why somebody who could have it comes after another.
@reason(gettext_noop("gets no new chats"))
def draining() -> None: ...
@reason(gettext_noop("let it pass"))
def bounced() -> None: ...
@reason(gettext_noop("let it pass more often"))
def bounced_more() -> None: ...
@reason(gettext_noop("no lead operator, and those are called"))
def not_lead() -> None: ...
@reason(gettext_noop("busy, load {load}"))
def at_soft_limit(*, load: float) -> None: ...
@reason(gettext_noop("a colleague helped this visitor before"))
def another_helped() -> None: ...
@reason(gettext_noop("load {load}, more than {best}"))
def higher_load(*, load: float, best: float) -> None: ...
@reason(gettext_noop("idle for {n} s, less than {of} s"))
def less_idle(*, n: int, of: int) -> None: ...
@reason(gettext_noop("equal, later in the list"))
def higher_id() -> None: ...


# Reasons for a chat's place in the queue.
@reason(gettext_noop("{n} s left"))
def seconds_left(*, n: int) -> None: ...
@reason(gettext_noop("{n} s late"))
def seconds_late(*, n: int) -> None: ...
@reason(gettext_noop("at the head of the queue"))
def at_head() -> None: ...
@reason(gettext_noop("before all later promises"))
def starved() -> None: ...


# The rest of a list from before reasons were values, of which 200 characters were kept.
@reason("…")
def cut(*, text: str) -> None: ...
