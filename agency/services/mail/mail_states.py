"""States of mails in plain words, and a manager's ways to deal with a dead one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.models import OutboxRow, User
from agency.services.audit import Subject, note_change
from agency.services.mail import outbox

State = OutboxRow.State
# A month of proof that a mail went out; the mail itself stays with its chat.
KEPT = timedelta(days=30)
_BATCH = 5_000
LISTED = 200

_WORDS: dict[str, str | Promise] = {
    "unreachable": gettext_lazy("The mail server doesn't answer. This mail goes as soon as it does."),
    "login": gettext_lazy("The mail server refuses our name or password (%(code)s)."),
    "connection_lost": gettext_lazy("The connection to the mail server broke off."),
    "refused": gettext_lazy("The address is refused by its mail server (%(code)s)."),
    "rejected": gettext_lazy("The mail is refused by the mail server (%(code)s)."),
    "sender": gettext_lazy("The mail server refuses our own address (%(code)s)."),
    "later": gettext_lazy("The mail server asks us to try again later (%(code)s)."),
    "worker_died": gettext_lazy("Every process that tried to send it was stopped."),
    "erased": gettext_lazy("The mail was erased before it was sent."),
    "unsendable": gettext_lazy("The address or the subject can't be put in a mail."),
    "dropped": gettext_lazy("It was not sent, and nobody tries again."),
}  # fmt: skip
_KINDS: dict[str, str | Promise] = {
    "question": gettext_lazy("Question left on a site"),
    "lead": gettext_lazy("Lead for the company"),
    "late_lead": gettext_lazy("Lead that the company didn't take up in time"),
    "lead_escalation": gettext_lazy("A look whether a lead was taken up in time"),
    "reading": gettext_lazy("Reading of a company's site"),
    "transcript": gettext_lazy("Transcript for a visitor"),
    "confirmation": gettext_lazy("Question to a visitor whether they want the transcript"),
    "copy": gettext_lazy("Transcript for the company"),
    "invitation": gettext_lazy("Invitation to an account"),
    "live": gettext_lazy("That a company's chat is live"),
    "password": gettext_lazy("Link to a new password"),
    "account": gettext_lazy("About an account"),
    "sign_up": gettext_lazy("Link for a company that signs up"),
}


@dataclass(frozen=True, slots=True)
class MailTrouble:
    """A mail that didn't get out, as a manager may see it: no address, and no word of its text."""

    id: UUID
    company: str
    kind: str
    written_at: datetime
    next_at: datetime
    reason: str
    attempts: int
    is_dead: bool


@dataclass(frozen=True, slots=True)
class MailOutcome:
    """What became of a mail: queued, sent, failed (it is tried again, at `at`) or dead.

    `at`: sent, next try, or since when. `reason` of a failed or dead one, with the server's number.
    """

    state: str
    at: datetime
    reason: str = ""
    reply: int | None = None

    @property
    def words(self) -> str:
        """The reason as a sentence in the active language, empty without one."""
        return explain(self.reason, self.reply) if self.reason else ""


def explain(reason: str, reply: int | None = None) -> str:
    """A stored reason as a sentence in the active language."""
    if reason in _WORDS:
        return str(_WORDS[reason]) % {"code": reply or "?"}
    return _("Something went wrong on our side (%(code)s).") % {"code": reason}


def state_of(row: OutboxRow | None, *, sent_at: datetime | None, since: datetime) -> MailOutcome:
    """Return what became of one mail.

    Args:
        row: None once it was swept away; then the mail itself still knows whether it went out.
        since: when the mail was written.
    """
    if row is None or row.state == State.DONE:
        at = (row.done_at if row else None) or sent_at
        return MailOutcome("sent", at) if at else MailOutcome("dead", since, "dropped")
    if row.state == State.DEAD or row.error:
        state = "dead" if row.state == State.DEAD else "failed"
        return MailOutcome(state, row.run_after, row.error, row.reply)
    return MailOutcome("queued", since)


def count_dead() -> int:
    """How many dead mails wait for a manager."""
    return _dead().count()


def list_troubled() -> list[MailTrouble]:
    """List dead mails that nobody has looked at, then those that are tried again, newest first, at most 200."""
    failing = Q(state=State.QUEUED) & ~Q(error="")
    rows = OutboxRow.objects.select_related("company").filter(failing | Q(state=State.DEAD, done_at__isnull=True))
    # "dead" sorts before "queued".
    return [_trouble(row) for row in rows.order_by("state", "-created_at")[:LISTED]]


@transaction.atomic
def try_again(*, row_id: UUID, by: User, now: datetime) -> bool:
    """Send a dead mail once more, as if for the first time. False if it isn't dead (any more)."""
    row = _find_locked(row_id)
    if row is None:
        return False
    row.state, row.attempts, row.run_after = State.QUEUED, 0, now
    _note(row, "mail.tried_again", by, now)
    row.error, row.reply = "", None
    row.save(update_fields=["state", "attempts", "run_after", "error", "reply"])
    outbox.tell(row)
    return True


@transaction.atomic
def let_go(*, row_id: UUID, by: User, now: datetime) -> bool:
    """Take a dead mail off the list for good. It stays dead. False if it isn't there (any more)."""
    row = _find_locked(row_id)
    if row is None:
        return False
    row.done_at = now
    _note(row, "mail.let_go", by, now)
    row.save(update_fields=["done_at"])
    return True


def prune(*, now: datetime) -> int:
    """Delete the rows of mails that were sent, or let go, more than 30 days ago. Returns how many."""
    old = OutboxRow.objects.filter(Q(state=State.DONE) | Q(state=State.DEAD), done_at__lt=now - KEPT)
    deleted = 0
    while ids := list(old.values_list("pk", flat=True)[:_BATCH]):
        deleted += OutboxRow.objects.filter(pk__in=ids).delete()[0]
    return deleted


def _dead() -> QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(state=State.DEAD, done_at__isnull=True)


def _find_locked(row_id: UUID) -> OutboxRow | None:
    return _dead().select_for_update(of=("self",)).select_related("company").filter(pk=row_id).first()


def _note(row: OutboxRow, action: str, by: User, now: datetime) -> None:
    reason = row.error if row.reply is None else f"{row.error} {row.reply}"
    note_change(
        actor=by,
        action=action,
        now=now,
        company=row.company,
        about=Subject(row, _kind(row)),
        changes={"reason": (reason, reason)},
    )


def _trouble(row: OutboxRow) -> MailTrouble:
    return MailTrouble(
        id=row.pk,
        company=row.company.name if row.company is not None else settings.AGENCY_NAME,
        kind=str(_KINDS.get(_kind(row), row.kind)),
        written_at=row.created_at,
        next_at=row.run_after,
        reason=explain(row.error, row.reply),
        attempts=row.attempts,
        is_dead=row.state == State.DEAD,
    )


def _kind(row: OutboxRow) -> str:
    """The kind of mail as its writer named it: the part of `dedup` before its object."""
    return row.dedup.partition(":")[0]
