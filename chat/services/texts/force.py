"""A version comes into force, or a notice ends: said once to log, instruction and consoles.

The version in force follows from the clock alone (`texts.list_texts`). Here its holders are told: at once where
somebody publishes, else by the dispatcher's sweep, at the moment that was set.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from agency.live.switchboard import send_on_commit
from agency.models import Seat, TextMoment, User
from agency.services.audit import Subject, note_change
from agency.services.certification.certify import note_instruction, raise_major
from agency.services.sweeps import own_transaction
from chat.domain import events
from chat.models import Text
from chat.services.texts import texts
from chat.services.texts.receipts import tell_raised
from chat.services.texts.texts import company_texts
from tenants.context import in_company
from tenants.models import Company

# Moments of one sweep. More of them wait a second.
_AT_ONCE = 50


def follow_moments(*, now: datetime) -> int:
    """Do what is due by now: versions that were to take force, notices that end. Returns how many were done.

    Any number may run side by side: whoever holds the text's row does it, and the moment is gone with that commit.
    """
    due = TextMoment.objects.filter(at__lte=now, company__ready=True).select_related("company")
    done = 0
    for moment in due.order_by("at")[:_AT_ONCE]:
        with own_transaction(moment.text_id):
            done += _follow(moment, now)
    return done


def come_in_force(company: Company, text: Text, *, by: User | None, now: datetime) -> None:
    """Tell once that a version is in force. The caller holds the lock of its row, and `told_at` is empty.

    Args:
        by: whoever published it just now; None: its moment came.
    """
    major = raise_major(company, by=by, now=now) if text.raises else None
    text.major = major
    text.told_at = now
    with in_company(company):
        text.save(update_fields=["told_at", "major"])
        earlier = Text.objects.filter(kind=text.kind, key=text.key, language=text.language, version__lt=text.version)
        before = earlier.filter(told_at__isnull=False).order_by("-version").values_list("version", flat=True).first()
    changes: dict[str, tuple[Any, Any]] = {"kind": (None, str(text.kind)), "version": (before, text.version)}
    if major is not None and by is None:
        changes["major"] = (major - 1, major)
    action = "text.published" if by is not None else "text.in_force"
    note_change(actor=by, action=action, now=now, company=company, about=Subject(text, name_of(text)), changes=changes)
    if text.kind == Text.Kind.INSTRUCTION:
        note_instruction(company, now)
    tell_consoles(company, text.kind)
    if major is not None:
        tell_raised(company, now=now)


def take_force_if_due(company: Company, text: Text | None, now: datetime) -> None:
    """Do at once what the sweep would do within a second, for whoever wants to write on and holds the row's lock."""
    if text is not None and _is_due(text, now):
        TextMoment.objects.filter(text_id=text.pk, at__lte=now).delete()
        come_in_force(company, text, by=None, now=now)


def set_moments(company: Company, text: Text, now: datetime) -> None:
    """Write down when this version changes something by itself."""
    for at in (text.published_at, text.until):
        if at is not None and at > now:
            TextMoment.objects.create(company=company, text_id=text.pk, at=at)


def drop_moments(text_ids: list[UUID]) -> None:
    """Forget what these versions would have changed."""
    TextMoment.objects.filter(text_id__in=text_ids).delete()


def tell_consoles(company: Company, kind: str) -> None:
    """Give every console that may show this company's texts the new ones."""
    if kind not in texts.IN_CONSOLES:
        return
    knows = Q(operator__certifications__company=company)
    holds = Q(operator__held_entries__company=company)
    ids = Seat.objects.filter(knows | holds).values_list("operator_id", flat=True).distinct()
    event = events.encode(events.Texts(company.pk, company_texts(company)))
    send_on_commit([(f"u:{operator_id}", event) for operator_id in ids])


def name_of(text: Text) -> str:
    """A text as people call it: its title, or its key."""
    return f"{text.title or text.key} ({text.language})"


def _follow(moment: TextMoment, now: datetime) -> bool:
    company = moment.company
    with in_company(company):
        text = Text.objects.select_for_update().filter(pk=moment.text_id).first()
    # Somebody else was first, or took it back.
    if not TextMoment.objects.filter(pk=moment.pk).delete()[0] or text is None:
        return False
    if moment.at == text.until:
        _end(company, text, now)
    elif _is_due(text, now):
        come_in_force(company, text, by=None, now=now)
    return True


def _end(company: Company, text: Text, now: datetime) -> None:
    changes = {"kind": (None, str(text.kind)), "version": (text.version, None)}
    note_change(
        actor=None, action="text.ended", now=now, company=company, about=Subject(text, name_of(text)), changes=changes
    )
    tell_consoles(company, text.kind)


def _is_due(text: Text, now: datetime) -> bool:
    is_waiting = text.told_at is None and text.withdrawn_at is None
    return is_waiting and text.published_at is not None and text.published_at <= now
