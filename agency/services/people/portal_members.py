"""People of a company's portal: who is let in, and as what."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from agency.domain.refusal import Refusal
from agency.models import PortalMember, User
from agency.services.audit import Subject, note_change
from agency.services.people.people import agency_people
from agency.services.pool import seats
from tenants.models import Company

Role = PortalMember.Role


class CannotChangeMember(Refusal):
    """Raised for a change that would break a rule. `code`: already, switched_off, colleague, last_owner."""


@dataclass(frozen=True, slots=True)
class Added:
    """A new member. `needs_password` when the account was made for it, or never got one."""

    member: PortalMember
    needs_password: bool


def list_members(company: Company) -> list[PortalMember]:
    """The people of a company's portal, owners first."""
    order = {Role.OWNER: 0, Role.EDITOR: 1, Role.READER: 2}
    rows = PortalMember.objects.filter(company=company).select_related("user")
    return sorted(rows, key=lambda row: (order[Role(row.role)], row.user.name.lower()))


@transaction.atomic
def add_member(
    *,
    company: Company,
    email: str,
    name: str,
    role: str,
    by: User | None,
    now: datetime,
) -> Added:
    """Let somebody into a company's portal. Who has an account keeps it, with its name, language and password.

    Args:
        name: for a new account; its language is the company's.
        by: None when a command makes a desk: nothing is written down then.

    Raises:
        CannotChangeMember: already (a member here), switched_off (the account is), colleague (somebody of the agency).
    """
    user = _find_or_make_user(email.lower(), name, company.language)
    if not user.is_active:
        raise CannotChangeMember("switched_off")
    if User.objects.filter(agency_people(), pk=user.pk).exists():
        raise CannotChangeMember("colleague")
    try:
        with transaction.atomic():
            member = PortalMember.objects.create(user=user, company=company, role=role)
    except IntegrityError:
        raise CannotChangeMember("already") from None
    if by is not None:
        note_change(
            actor=by,
            action="member.added",
            now=now,
            company=company,
            about=Subject(user, user.name),
            changes={"email": (None, user.email), "role": (None, str(role))},
        )
    return Added(member, needs_password=not user.has_usable_password())


@transaction.atomic
def change_role(*, company: Company, user_id: UUID, role: str, by: User, now: datetime) -> PortalMember:
    """Give a member another role, which holds from their next page on.

    Raises:
        CannotChangeMember: last_owner. PortalMember.DoesNotExist: no member here.
    """
    member = _lock(company, user_id)
    if member.role == role:
        return member
    _check_owner_left(company, member)
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    note_change(
        actor=by,
        action="member.changed",
        now=now,
        company=company,
        about=Subject(member.user, member.user.name),
        changes={"role": (before, str(role))},
    )
    return member


@transaction.atomic
def remove_member(*, company: Company, user_id: UUID, by: User, now: datetime) -> User:
    """Remove a person from a company. The portal answers them as a stranger from now on.

    Raises:
        CannotChangeMember: last_owner. PortalMember.DoesNotExist: no member here.
    """
    member = _lock(company, user_id)
    _check_owner_left(company, member)
    member.delete()
    seats.end_access(user_id=member.user_id, now=now)
    note_change(
        actor=by,
        action="member.removed",
        now=now,
        company=company,
        about=Subject(member.user, member.user.name),
        changes={"role": (member.role, None)},
    )
    return member.user


def _find_or_make_user(email: str, name: str, language: str) -> User:
    found = User.objects.filter(email=email).first()
    if found is not None:
        return found
    user = User(email=email, name=name, language=language)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:  # somebody else was first
        return User.objects.get(email=email)
    return user


def _lock(company: Company, user_id: UUID) -> PortalMember:
    """The member, locked with the company: two owners who leave at once must not both succeed."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    return PortalMember.objects.select_related("user").get(company=company, user=user_id)


def _check_owner_left(company: Company, member: PortalMember) -> None:
    owners = PortalMember.objects.filter(company=company, role=Role.OWNER)
    if member.role == Role.OWNER and not owners.exclude(pk=member.pk).exists():
        raise CannotChangeMember("last_owner")
