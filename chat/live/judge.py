"""Judge each message of a batch, once its chats' entries are locked. Pure: rows in, verdicts out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chat.domain.budget import Budget
from chat.domain.frames import Provenance

VISITOR, OPERATOR = "visitor", "operator"


@dataclass(slots=True, eq=False)
class Post:
    """A message on its way to the database. Ids are texts: they come from frames that checked them.

    `fence` and `epoch` are what an operator's console knew; a visitor has none. `outlet` is the socket to answer.
    `provenance` is how an operator's text came about, and decides nothing.
    """

    schema: str
    chat_id: str
    client_id: str
    side: str
    kind: str
    body: str
    at: datetime
    outlet: Any
    author_id: str | None = None
    author_name: str = ""
    fence: int = 0
    epoch: int = 0
    provenance: Provenance | None = None


@dataclass(slots=True)
class PostFacts:
    """A locked entry while a batch is judged. `changed` is true once the batch moved it."""

    state: str
    operator_id: str | None
    fence: int
    epoch: int
    last_seq: int
    turn: str
    turn_at: datetime
    first_human_at: datetime | None
    visitor_seen_at: datetime
    # When each side's budget is whole again.
    visitor_whole_at: datetime | None
    operator_whole_at: datetime | None
    changed: bool = False


@dataclass(slots=True)
class PostVerdict:
    """`seq` and `at` of an accepted message (`new` unless it is a repeat), or the `error` that refuses it."""

    post: Post
    seq: int = 0
    at: datetime | None = None
    error: str = ""
    new: bool = False
    operator_id: str | None = None


Known = dict[tuple[str, str], tuple[int, str, str, datetime]]


@dataclass(slots=True)
class Batch:
    """The verdicts in the order of the posts, and the entries as they are to be."""

    verdicts: list[PostVerdict] = field(default_factory=list)

    def accepted(self) -> list[PostVerdict]:
        """The messages that are to be inserted."""
        return [verdict for verdict in self.verdicts if verdict.new]


def judge(posts: Iterable[Post], entries: Mapping[str, PostFacts], known: Known, budget: Budget) -> Batch:
    """Decide every post, in order, and move the entries on.

    Args:
        budget: of each side of a chat, however many sockets it writes on; a repeat costs nothing.
        entries: locked entries by chat id; a chat without one is over.
        known: messages already stored under a post's (chat, client id): seq, side, body and time.
    """
    batch = Batch()
    for post in posts:
        key = (post.chat_id, post.client_id)
        held = known.get(key)
        entry = entries.get(post.chat_id)
        if held is not None:
            same = held[1] == post.side and held[2] == post.body
            verdict = PostVerdict(post, seq=held[0], at=held[3]) if same else PostVerdict(post, error="conflict")
        else:
            error = refusal(post, entry) or _overspent(entry, post, budget)
            if error or entry is None:
                verdict = PostVerdict(post, error=error)
            else:
                move(entry, post)
                known[key] = (entry.last_seq, post.side, post.body, post.at)
                verdict = PostVerdict(post, seq=entry.last_seq, at=post.at, new=True, operator_id=entry.operator_id)
        batch.verdicts.append(verdict)
    return batch


def refusal(post: Post, entry: PostFacts | None) -> str:
    """The error code that refuses the post, or "". For an operator this *is* the authorisation."""
    if entry is None:
        return "chat_closed"
    if post.side == VISITOR:
        return "chat_closed" if entry.state == "wrap_up" else ""
    if entry.operator_id != post.author_id:
        return "not_yours"
    if entry.epoch != post.epoch:
        return "seat_taken"
    if entry.fence != post.fence:
        return "fence"
    if entry.state == "open" or (entry.state == "wrap_up" and post.kind == "note"):
        return ""
    return "chat_closed" if entry.state == "wrap_up" else "wrong_state"


def move(entry: PostFacts, post: Post) -> None:
    """Let an accepted message change its chat's entry: the count, whose turn it is, the first answer of a person."""
    entry.changed = True
    entry.last_seq += 1
    if post.side == VISITOR:
        entry.visitor_seen_at = max(entry.visitor_seen_at, post.at)
    if post.kind != "text":
        return
    turn = OPERATOR if post.side == VISITOR else VISITOR
    if turn != entry.turn:
        entry.turn, entry.turn_at = turn, post.at
    if post.side == OPERATOR and entry.first_human_at is None:
        entry.first_human_at = post.at


def _overspent(entry: PostFacts | None, post: Post, budget: Budget) -> str:
    """Take the post out of its side's budget. Returns the error code when nothing is left."""
    if entry is None:
        return ""
    by_visitor = post.side == VISITOR
    before = entry.visitor_whole_at if by_visitor else entry.operator_whole_at
    after = budget.spend(before, post.at)
    if after is None:
        return "too_fast"
    if by_visitor:
        entry.visitor_whole_at = after
    else:
        entry.operator_whole_at = after
    return ""
