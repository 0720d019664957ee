"""Filters that people of a portal keep under a name, their own and everybody's."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from agency.domain.refusal import Refusal
from agency.models import PortalMember, SavedFilter
from tenants.models import Company

# Of one person, and of a company.
MOST = 20
NAME_LIMIT = 60


class CannotSave(Refusal):
    """Nothing was saved. Codes: too_many, taken (the name), nothing (is asked for), gone, role (not for readers)."""


def filters_of(member: PortalMember) -> QuerySet[SavedFilter]:
    """The company's filters and the member's own, by name, those of everybody first."""
    own = SavedFilter.objects.filter(Q(user=None) | Q(user=member.user_id), company=member.company_id)
    return own.order_by(F("user").asc(nulls_first=True), "name", "id")


def save_filter(
    *, member: PortalMember, name: str, asked: Mapping[str, str], shared: bool, now: datetime
) -> SavedFilter:
    """Keep a filter.

    Args:
        asked: readable values by the list's fields.
        shared: for everybody at the company, which is for owners and editors.

    Raises:
        CannotSave: too_many, taken, nothing, role.
    """
    if not asked:
        raise CannotSave("nothing")
    user = None if shared else member.user
    _check_role(member, shared=shared)
    with transaction.atomic():
        _lock(member)
        if SavedFilter.objects.filter(company=member.company, user=user).count() >= MOST:
            raise CannotSave("too_many")
        facts = {"company": member.company, "user": user, "name": name, "asked": dict(asked)}
        try:
            with transaction.atomic():
                return SavedFilter.objects.create(**facts, made_at=now, made_by=member.user.name)
        except IntegrityError:
            raise CannotSave("taken") from None


@transaction.atomic
def rename_filter(*, member: PortalMember, filter_id: UUID, name: str) -> None:
    """Give a filter another name.

    Raises:
        CannotSave: gone, taken, role.
    """
    row = _find(member, filter_id)
    row.name = name
    try:
        with transaction.atomic():
            row.save(update_fields=["name"])
    except IntegrityError:
        raise CannotSave("taken") from None


@transaction.atomic
def delete_filter(*, member: PortalMember, filter_id: UUID) -> None:
    """Delete a filter.

    Raises:
        CannotSave: gone, role.
    """
    _find(member, filter_id).delete()


def _find(member: PortalMember, filter_id: UUID) -> SavedFilter:
    row = filters_of(member).select_for_update(no_key=True).filter(pk=filter_id).first()
    if row is None:
        raise CannotSave("gone")
    _check_role(member, shared=row.user_id is None)
    return row


def _check_role(member: PortalMember, *, shared: bool) -> None:
    if shared and not member.may(PortalMember.Role.EDITOR):
        raise CannotSave("role")


def _lock(member: PortalMember) -> None:
    Company.objects.select_for_update(no_key=True).get(pk=member.company_id)
