"""People of the agency: operators and managers, and what they decide about themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q

from agency.domain.pool.capacity import LEVEL_CAPACITY
from agency.domain.refusal import Refusal
from agency.models import Operator, Seat, User
from agency.services.audit import Subject, note_change
from agency.services.pool import seats


class CannotChange(Refusal):
    """Raised for a change that would break a rule. `code`: taken, customer, last_manager, yourself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """A manager's decisions about a person. The last four count for operators alone."""

    name: str
    email: str
    language: str
    is_manager: bool
    answers: bool
    public_name: str
    level: str
    languages: tuple[str, ...]
    is_lead: bool


_USER_FIELDS = ("name", "email", "language", "is_manager")
_OPERATOR_FIELDS = ("public_name", "level", "languages", "is_lead")


def save_preferences(*, user: User, language: str | None = None, theme: str | None = None) -> None:
    """Store the language (nl, en) and theme (system, light, dark) of a person. None leaves either as it is."""
    changed = {"language": language, "theme": theme}
    fields = [name for name, value in changed.items() if value is not None]
    for name in fields:
        setattr(user, name, changed[name])
    user.save(update_fields=fields)


@transaction.atomic
def add_person(*, facts: PersonFacts, by: User, now: datetime) -> User:
    """Make an operator, a manager, or both. The account has no password until its owner chooses one.

    Raises:
        CannotChange: taken (one of us already), customer (an account at a company's portal).
    """
    email = facts.email.lower()
    _check_free(email)
    user = User(email=email, name=facts.name, language=facts.language, is_manager=facts.is_manager)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:  # somebody else was first
        raise CannotChange("taken") from None
    if facts.answers:
        _make_operator(user, facts)
    made = {**_read(user, _USER_FIELDS), **(_facts_of(facts) if facts.answers else {})}
    note_change(
        actor=by,
        action="person.added",
        now=now,
        about=Subject(user, user.name),
        changes={field: (None, value) for field, value in made.items()},
    )
    return user


@transaction.atomic
def change_person(*, user_id: UUID, facts: PersonFacts, by: User, now: datetime) -> User:
    """Change what a manager decides about a person. Rights that shrink end open consoles within 2 s.

    A lower level lowers the capacity at once: chats held above it are kept, and no new one comes until there is room.

    Raises:
        CannotChange: taken, customer; last_manager, yourself (on taking the manager's rights away).
        User.DoesNotExist: nobody of the agency has this id.
    """
    user = _lock(user_id)
    operator = Operator.objects.filter(pk=user_id).first()
    before = {**_read(user, _USER_FIELDS), **_read(operator, _OPERATOR_FIELDS)}
    if user.is_manager and not facts.is_manager:
        _check_may_lose(user, by)
    _change_account(user, facts)
    if operator is not None:
        _change_operator(operator, facts, now)
    elif facts.answers:
        operator = _make_operator(user, facts)
    after = {**_read(user, _USER_FIELDS), **_read(operator, _OPERATOR_FIELDS)}
    changes = {field: (before.get(field), value) for field, value in after.items() if before.get(field) != value}
    if changes:
        note_change(
            actor=by,
            action="person.changed",
            now=now,
            about=Subject(user, user.name),
            changes=changes,
        )
    if any(changes.get(right) == (True, False) for right in ("is_manager", "is_lead")):
        seats.end_access(user_id=user.pk, now=now, keep=True)
    return user


@transaction.atomic
def switch_person(*, user_id: UUID, active: bool, by: User, now: datetime) -> User:
    """Switch an account off or on again.

    Off: pages answer as to a stranger, consoles close within 2 s, and the seat ends now, so that the next sweep hands
    its chats to colleagues.

    Raises:
        CannotChange: last_manager, yourself.
        User.DoesNotExist: nobody of the agency has this id.
    """
    user = _lock(user_id)
    if user.is_active == active:
        return user
    if not active:
        if user.pk == by.pk:
            raise CannotChange("yourself")
        if user.is_manager:
            _check_may_lose(user, by)
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        seats.end_access(user_id=user.pk, now=now)
    note_change(
        actor=by,
        action="person.switched_on" if active else "person.switched_off",
        now=now,
        about=Subject(user, user.name),
        changes={"is_active": (not active, active)},
    )
    return user


def agency_people() -> Q:
    """Which users are the agency's own: managers and operators."""
    return Q(is_manager=True) | Q(operator__isnull=False)


def _lock(user_id: UUID) -> User:
    """The person, locked with every manager: two who demote each other at once must not both succeed."""
    locked = (
        User.objects.select_for_update(no_key=True, of=("self",))
        .filter(Q(pk=user_id) | Q(is_manager=True))
        .order_by("pk")
    )
    found = {user.pk: user for user in locked}.get(user_id)
    if found is None or not (found.is_manager or Operator.objects.filter(pk=user_id).exists()):
        raise User.DoesNotExist
    return found


def _check_may_lose(user: User, by: User) -> None:
    others = User.objects.filter(is_manager=True, is_active=True).exclude(pk=user.pk)
    if not others.exists():
        raise CannotChange("last_manager")
    if user.pk == by.pk:
        raise CannotChange("yourself")


def _check_free(email: str) -> None:
    taken = User.objects.filter(email__iexact=email)
    if taken.filter(agency_people()).exists():
        raise CannotChange("taken")
    if taken.exists():
        raise CannotChange("customer")


def _change_account(user: User, facts: PersonFacts) -> None:
    email = facts.email.lower()
    if email != user.email:
        _check_free(email)
        # allauth keeps addresses of its own; a link for the old one must not open this account.
        EmailAddress.objects.filter(user=user).delete()
    user.email, user.name, user.language = email, facts.name, facts.language
    user.is_manager = facts.is_manager
    if not facts.is_manager:
        user.is_staff = user.is_superuser = False
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise CannotChange("taken") from None


def _make_operator(user: User, facts: PersonFacts) -> Operator:
    operator = Operator.objects.create(user=user, **_facts_of(facts))
    Seat.objects.create(operator=operator, capacity=LEVEL_CAPACITY[facts.level])
    return operator


def _change_operator(operator: Operator, facts: PersonFacts, now: datetime) -> None:
    if facts.level != operator.level:
        Seat.objects.filter(operator=operator).update(capacity=LEVEL_CAPACITY[facts.level], as_of=now)
    for field, value in _facts_of(facts).items():
        setattr(operator, field, value)
    operator.save()


def _facts_of(facts: PersonFacts) -> dict[str, Any]:
    return {
        "public_name": facts.public_name,
        "level": facts.level,
        "languages": list(facts.languages),
        "is_lead": facts.is_lead,
    }


def _read(row: User | Operator | None, fields: tuple[str, ...]) -> dict[str, Any]:
    return {field: getattr(row, field) for field in fields} if row is not None else {}
