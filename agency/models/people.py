"""People: agency staff, operators and portal users. They share one table of users, beside which rows say what each may
do.
"""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agency.domain.addresses import parse_address


class UserManager(BaseUserManager["User"]):
    """Makes users known by their mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        address = parse_address(email, allow_test=True) or self.normalize_email(email)
        user = self.model(email=address.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: Any) -> "User":
        return self.create_user(email, password, is_manager=True, is_superuser=True, is_staff=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(max_length=100)
    language = models.CharField(max_length=5, default="nl")
    theme = models.CharField(
        max_length=6,
        choices=[("system", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
        default="system",
    )
    is_manager = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # Raised when rights shrink: every open socket with a lower number is closed within 2 s.
    access_epoch = models.PositiveIntegerField(default=0)
    date_joined = models.DateTimeField(db_default=Now())

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.email


class Operator(models.Model):
    """A pooled person who answers. Visitors see `public_name` and nothing else."""

    class Level(models.TextChoices):
        BEGINNER = "beginner", _("Beginner")
        TRAINED = "trained", _("Trained")

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="operator")
    public_name = models.CharField(max_length=40)
    level = models.CharField(max_length=8, choices=Level, default=Level.TRAINED)
    languages = ArrayField(models.CharField(max_length=5), default=list)
    is_lead = models.BooleanField(default=False)
    # Weighted load from which others are asked first; empty: that of the level (agency/domain/pool/capacity.py).
    load_limit = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)

    def __str__(self) -> str:
        return self.public_name


class PortalMember(models.Model):
    """A user's place at one company."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        EDITOR = "editor", _("Editor")
        READER = "reader", _("Reader")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="portal_memberships")
    company = models.ForeignKey("tenants.Company", on_delete=models.CASCADE, related_name="portal_members")
    role = models.CharField(max_length=6, choices=Role, default=Role.READER)
    # As whoever invited them calls them: until somebody comes in themselves, their account's own name is no business
    # of this company's.
    name = models.CharField(max_length=100, blank=True)
    # First page of this portal that they saw; empty: invited, not yet in.
    entered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "company"], name="one_role_per_company")]

    def __str__(self) -> str:
        return f"{self.user} · {self.company} · {self.role}"

    @property
    def shown_name(self) -> str:
        """Return the name under which the company knows them."""
        return self.name if self.name and self.entered_at is None else self.user.name

    def may(self, role: str) -> bool:
        """Tell whether this role includes `role`: an owner may all that an editor may, an editor what a reader may."""
        ranks = list(self.Role)
        return ranks.index(self.Role(self.role)) <= ranks.index(self.Role(role))
