"""Publishing a draft now or at a moment, taking that back, and taking a text out of force."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from agency.services.audit import Subject, note_change
from agency.services.certification.certify import note_instruction
from chat.models import Text
from chat.services.texts import drafts, force, texts
from chat.services.texts.drafts import NewText, NewVersion, Outdated, TextAuthor
from tenants.context import in_company
from tenants.models import Company


class NotApproved(Exception):
    """Raised where the agency may not publish: the company approves its texts, and didn't approve this draft."""


@transaction.atomic
def publish(
    *, company: Company, text: Text, expected: int, by: TextAuthor, now: datetime, at: datetime | None = None
) -> Text:
    """Publish a draft as it was when its page was read. Publishing by the company approves it too.

    Args:
        at: the moment from which it is in force; None: from now on.

    Raises:
        NotApproved, Outdated.
    """
    draft = drafts.lock_draft(company, text, expected, now)
    if by.inside and draft.approved_at is None and not company.managers_publish:
        raise NotApproved(str(draft))
    if not by.inside and draft.approved_at is None:
        draft.approved_at, draft.approved_name = now, by.user.name
    draft.published_at = at or now
    draft.published_name, draft.published_inside = by.user.name, by.inside
    with in_company(company):
        draft.save()
    force.set_moments(company, draft, now)
    if at is None:
        force.come_in_force(company, draft, by=by.user, now=now)
    else:
        moment = f"{at.astimezone(ZoneInfo(company.zone)):%Y-%m-%d %H:%M}"
        drafts.note(company, draft, "text.scheduled", by, now, at=(None, moment))
    return draft


@transaction.atomic
def unschedule(*, company: Company, text: Text, expected: int, by: TextAuthor, now: datetime) -> Text:
    """Make a version that waits for its moment a draft again, approved as it was.

    Raises:
        Outdated: it is in force by now, or something else was done to it.
    """
    with in_company(company):
        coming = Text.objects.select_for_update().filter(pk=text.pk).first()
        force.take_force_if_due(company, coming, now)
    if coming is None or coming.edition != expected or not drafts.is_scheduled(coming):
        raise Outdated(coming)
    _take_back(company, coming)
    drafts.note(company, coming, "text.unscheduled", by, now)
    return coming


@transaction.atomic
def withdraw(*, company: Company, text: Text, by: TextAuthor, now: datetime) -> bool:
    """Take a text out of force. What waits for its moment is a draft again. False if it was out already."""
    with in_company(company):
        same = Text.objects.filter(kind=text.kind, key=text.key, language=text.language)
        last = same.order_by("-version").select_for_update().first()
        force.take_force_if_due(company, last, now)
        if last is not None and drafts.is_scheduled(last):
            _take_back(company, last)
        there = same.filter(published_at__isnull=False, withdrawn_at__isnull=True)
        gone = list(there.values_list("pk", flat=True))
        there.update(withdrawn_at=now)
    if not gone:
        return False
    force.drop_moments(gone)
    about = Subject(text, force.name_of(text))
    note_change(actor=by.user, action="text.withdrawn", now=now, company=company, about=about)
    if text.kind == Text.Kind.INSTRUCTION and not _has_instruction(company, now):
        note_instruction(company, None)
    force.tell_consoles(company, text.kind)
    return True


@transaction.atomic
def add_text(*, company: Company, new: NewText, by: TextAuthor, now: datetime) -> Text:
    """Write and publish a text that isn't there yet, or is withdrawn.

    Raises:
        Taken, NotApproved.
    """
    draft = drafts.add_draft(company=company, new=new, by=by, now=now, is_change=False)
    return publish(company=company, text=draft, expected=draft.edition, by=by, now=now)


@transaction.atomic
def change_text(*, company: Company, text: Text, new: NewVersion, by: TextAuthor, now: datetime) -> Text:
    """Write and publish the next version of a text.

    Raises:
        Outdated, NotApproved.
    """
    draft = drafts.change_draft(company=company, text=text, new=new, by=by, now=now, is_change=False)
    return publish(company=company, text=draft, expected=draft.edition, by=by, now=now)


def _take_back(company: Company, coming: Text) -> None:
    coming.published_at, coming.published_name, coming.edition = None, "", coming.edition + 1
    coming.published_inside = False
    with in_company(company):
        coming.save(update_fields=["published_at", "published_name", "published_inside", "edition"])
    force.drop_moments([coming.pk])


def _has_instruction(company: Company, now: datetime) -> bool:
    with in_company(company):
        return bool(texts.list_texts(Text.Kind.INSTRUCTION, now=now))
