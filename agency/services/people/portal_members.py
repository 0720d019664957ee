"""People of a company's portal: who is let in, and as what."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from agency.domain.refusal import Refusal
from agency.models import PortalMember, User
from agency.services.audit import Subject, note_change
from agency.services.people.people import agency_people
from agency.services.pool import seats
from tenants.models import Company

Role = PortalMember.Role
# A company that needs more people than this at its portal shares accounts, or is being abused.
MOST = 100


class CannotChangeMember(Refusal):
    """Raised for a change that would break a rule.

    `code`: already, switched_off, colleague, last_owner, yourself, too_many.
    """


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may enter a portal.

    `name`: as the company knows them. `two_step`: whether signing in takes a second step.
    """

    user_id: UUID
    name: str
    email: str
    role: str
    invited: bool
    active: bool
    two_step: bool


def list_members(company: Company) -> list[Member]:
    """The people of a company's portal, owners first."""
    two_step = Authenticator.objects.filter(user=OuterRef("user"), type=Authenticator.Type.TOTP)
    rows = PortalMember.objects.filter(company=company).select_related("user").annotate(two_step=Exists(two_step))
    ranks = list(Role)
    members = [
        Member(
            user_id=row.user_id,
            name=row.shown_name,
            email=row.user.email,
            role=row.role,
            invited=row.entered_at is None,
            active=row.user.is_active,
            two_step=row.two_step,
        )
        for row in rows
    ]
    return sorted(members, key=lambda one: (ranks.index(Role(one.role)), one.name.lower()))


def enter(member: PortalMember, *, now: datetime) -> None:
    """Write down that somebody has come in: from then on the company sees the name that they gave themselves."""
    if member.entered_at is None:
        member.entered_at = now
        PortalMember.objects.filter(pk=member.pk, entered_at=None).update(entered_at=now)


@transaction.atomic
def add_member(
    *,
    company: Company,
    email: str,
    name: str,
    role: str,
    by: User | None,
    now: datetime,
) -> PortalMember:
    """Let somebody into a company's portal. Who has an account keeps it, with its name, language and password.

    Args:
        name: for a new account, whose language is the company's; and what the company calls them until they come in.
        by: None when a command makes a desk: nothing is written down then.

    Raises:
        CannotChangeMember: already (a member here), switched_off (the account is), colleague (somebody of the agency),
            too_many.
    """
    _check_room(company)
    user = _find_or_make_user(email.lower(), name, company.language)
    _check_person(user)
    try:
        with transaction.atomic():
            member = PortalMember.objects.create(user=user, company=company, role=role, name=name)
    except IntegrityError:
        raise CannotChangeMember("already") from None
    if by is not None:
        note_change(
            actor=by,
            action="member.added",
            now=now,
            company=company,
            about=Subject(user, name or user.name),
            changes={"email": (None, user.email), "role": (None, str(role))},
        )
    return member


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
        about=Subject(member.user, member.shown_name),
        changes={"role": (before, str(role))},
    )
    return member


@transaction.atomic
def remove_member(*, company: Company, user_id: UUID, by: User, now: datetime) -> PortalMember:
    """Remove a person from a company. The portal answers them as a stranger from now on.

    Raises:
        CannotChangeMember: last_owner, yourself. PortalMember.DoesNotExist: no member here.
    """
    member = _lock(company, user_id)
    if member.user_id == by.pk:
        raise CannotChangeMember("yourself")
    _check_owner_left(company, member)
    member.delete()
    seats.end_access(user_id=member.user_id, now=now)
    note_change(
        actor=by,
        action="member.removed",
        now=now,
        company=company,
        about=Subject(member.user, member.shown_name),
        changes={"role": (member.role, None)},
    )
    return member


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


def _check_room(company: Company) -> None:
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    if PortalMember.objects.filter(company=company).count() >= MOST:
        raise CannotChangeMember("too_many")


def _check_person(user: User) -> None:
    if not user.is_active:
        raise CannotChangeMember("switched_off")
    if User.objects.filter(agency_people(), pk=user.pk).exists():
        raise CannotChangeMember("colleague")


def _lock(company: Company, user_id: UUID) -> PortalMember:
    """The member, locked with the company: two owners who leave at once must not both succeed."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    return PortalMember.objects.select_related("user").get(company=company, user=user_id)


def _check_owner_left(company: Company, member: PortalMember) -> None:
    owners = PortalMember.objects.filter(company=company, role=Role.OWNER)
    if member.role == Role.OWNER and not owners.exclude(pk=member.pk).exists():
        raise CannotChangeMember("last_owner")
