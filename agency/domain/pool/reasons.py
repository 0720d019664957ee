"""What the router and the trail write down, read again: each reason they make, as a sentence and the facts in it.

They are stored in English with their facts, so that a trail reads the same for ever. **A new reason needs a line
here**: tests/agency/domain/pool/test_reasons.py makes every reason of routing.py, and reads those of
chat/services/assignment and passing_note.py from their source.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agency.domain.promise.metrics import gettext_noop

# What a trail keeps of a reason; its last part may be cut.
KEPT = 200

# Each reason as it is written, and the sentence it becomes; the first that fits. `why` is a reason itself.
_TABLE: tuple[tuple[str, str], ...] = (
    (r"certified", gettext_noop("certified")),
    (r"free (?P<n>\d+)/(?P<of>\d+)", gettext_noop("{n} of {of} slots free")),
    (r"lead, called after \d+ bounces", gettext_noop("lead operator, called")),
    (r"helped this visitor before", gettext_noop("helped this visitor before")),
    (r"lowest load (?P<load>[\d.]+)", gettext_noop("lowest load, {load}")),
    (r"load (?P<load>[\d.]+)", gettext_noop("load {load}")),
    (r"longest idle (?P<n>\d+) s", gettext_noop("idle longest, {n} s")),
    (r"lowest id", gettext_noop("equal, first in the list")),
    (r"draining, nobody else free", gettext_noop("gets no new chats, but nobody else is free")),
    (r"bounced it, nobody else possible", gettext_noop("let it pass, but nobody else can")),
    (r"bounced it, so did all others", gettext_noop("let it pass, as all others did")),
    (r"has not read the newest instruction", gettext_noop("hasn't read the newest instruction")),
    (r"at the soft limit [\d.]+", gettext_noop("busy, as everybody is")),
    (r"nobody possible", gettext_noop("nobody can")),
    (r"no lease", gettext_noop("connection lost")),
    (r"paused", gettext_noop("on a break")),
    (r"not certified", gettext_noop("not certified")),
    (r"no language (?P<language>\w+)", gettext_noop("doesn't answer in {language}")),
    (r"draining", gettext_noop("gets no new chats")),
    (r"full (?P<n>\d+)/(?P<of>\d+)", gettext_noop("full, {n} of {of}")),
    (r"at the company's limit (?P<n>\d+)/(?P<of>\d+)", gettext_noop("{n} of this company's chats, the most is {of}")),
    (r"bounced it more often", gettext_noop("let it pass more often")),
    (r"bounced it", gettext_noop("let it pass")),
    (r"not a lead, who are called", gettext_noop("no lead operator, and those are called")),
    (r"at the soft limit, load (?P<load>[\d.]+)", gettext_noop("busy, load {load}")),
    (r"another helped this visitor before", gettext_noop("a colleague helped this visitor before")),
    (r"load (?P<load>[\d.]+) above (?P<best>[\d.]+)", gettext_noop("load {load}, more than {best}")),
    (r"idle (?P<n>\d+) s, best (?P<of>\d+) s", gettext_noop("idle for {n} s, less than {of} s")),
    (r"equal, higher id", gettext_noop("equal, later in the list")),
    (r"(?P<n>\d+) s left", gettext_noop("{n} s left")),
    (r"(?P<n>\d+) s late", gettext_noop("{n} s late")),
    (r"head of the queue", gettext_noop("at the head of the queue")),
    (r"before all later promises", gettext_noop("before all later promises")),
    (r"no answer in 10 s", gettext_noop("no answer in 10 s")),
    (r"lease ended", gettext_noop("the console's connection was lost")),
    (r"handed back", gettext_noop("handed back")),
    (r"shift ended", gettext_noop("the shift ended")),
    (r"break", gettext_noop("a break began")),
    (r"declined", gettext_noop("declined")),
    (r"declined: (?P<words>.+)", gettext_noop("declined: {words}")),
    (r"picked", gettext_noop("picked by somebody")),
    (r"picked, it rang at (?P<name>.+)", gettext_noop("picked, it rang at {name}")),
    (r"picked, (?P<n>\d+) before it", gettext_noop("picked, {n} before it")),
    (r"picked, it was next", gettext_noop("picked, it was next")),
    (r"taken over from (?P<name>.+)", gettext_noop("taken over from {name}")),
    (r"taken over", gettext_noop("taken over")),
    (r"transfer accepted", gettext_noop("transfer accepted")),
    (r"transfer cancelled", gettext_noop("transfer cancelled")),
    (r"transfer by (?P<name>.+)", gettext_noop("transfer by {name}")),
    (r"asked by name", gettext_noop("asked by name")),
    (r"transfer again", gettext_noop("transfer, somebody else")),
    (r"transfer (?P<why>.+)", gettext_noop("transfer: {why}")),
    (r"requeued by (?P<name>[^:]+): (?P<words>.+)", gettext_noop("put back by {name}: {words}")),
    (r"moved by (?P<name>[^:]+): (?P<words>.+)", gettext_noop("moved by {name}: {words}")),
    # so many of the people who were asked about, in a decision for nobody
    (r"(?P<n>\d+) (?P<why>.+)", gettext_noop("{n} {why}")),
)  # fmt: skip
_PATTERNS = [(re.compile(pattern, re.S), words) for pattern, words in _TABLE]
# What somebody typed may hold a semicolon.
_OWN_WORDS = ("declined: ", "transfer declined: ", "requeued by ", "moved by ")


@dataclass(frozen=True, slots=True)
class Said:
    """One reason: its sentence as an English msgid with the facts' names in braces, and the facts as they were written.

    `words` is "" for one that isn't known, or was cut; `facts["text"]` is then all there is. `why` are reasons inside
    it.
    """

    words: str
    facts: Mapping[str, str] = field(default_factory=dict)
    why: "tuple[Said, ...]" = ()


def read_reasons(written: str) -> tuple[Said, ...]:
    """The reasons in what was written, in order. They are divided by semicolons, those about the queue by commas."""
    if written.startswith(_OWN_WORDS):
        return (_read(written) or _unknown(written),)
    parts = list(_parts(written))
    if len(written) >= KEPT and not parts[-1].words and len(parts) > 1:
        parts[-1] = Said("")
    return tuple(parts)


def _parts(written: str) -> Iterator[Said]:
    for part in written.split("; "):
        found = _read(part)
        if found is not None:
            yield found
            continue
        pieces = [_read(piece) for piece in part.split(", ")]
        if all(pieces):
            yield from (piece for piece in pieces if piece is not None)
        else:
            yield _unknown(part)


def _read(part: str) -> Said | None:
    for pattern, words in _PATTERNS:
        found = pattern.fullmatch(part)
        if found is None:
            continue
        facts = found.groupdict()
        why = facts.pop("why", None)
        if why is None:
            return Said(words, facts)
        inner = read_reasons(why)
        if all(one.words for one in inner):
            return Said(words, facts, inner)
    return None


def _unknown(text: str) -> Said:
    return Said("", {"text": text})
