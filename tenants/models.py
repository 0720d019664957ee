"""Client companies, their portal hosts and their web sites."""

import re
import secrets
import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from tenants.names import has_unseen
from tenants.origins import BadOrigin, parse_origin
from tenants.zone import AGENCY_ZONE

# Minutes of its own opening hours in which a company acknowledges a lead, unless it says otherwise.
LEAD_MINUTES = 60
# Months for which a company's words are kept, unless it says otherwise, and what it may say.
KEPT_MONTHS, LEAST_MONTHS, MOST_MONTHS = 24, 1, 84
SLUG = re.compile(r"^[a-z][a-z0-9-]{1,38}[a-z0-9]$")


def new_site_key() -> str:
    """A public site key: 32 hexadecimal characters."""
    return uuid.uuid4().hex


def new_secret() -> str:
    """A company's own secret: 64 hexadecimal characters."""
    return secrets.token_hex(32)


def check_slug(value: str) -> None:
    """Raise ValidationError unless `value` can be a host label and a schema name."""
    if not SLUG.match(value):
        raise ValidationError(_("3 to 40 characters: small letters, digits and hyphens, beginning with a letter."))


def check_origin(value: str) -> None:
    """Raise ValidationError unless `value` is scheme://host[:port] as a browser sends it, with nothing behind it."""
    try:
        is_plain = parse_origin(value) == value
    except BadOrigin:
        is_plain = False
    if not is_plain:
        raise ValidationError(_("An address such as https://www.example.nl, without a path."))


def check_name(value: str) -> None:
    """Raise ValidationError unless everything in `value` can be seen, on one line."""
    if has_unseen(value):
        raise ValidationError(_("One line, without hidden characters."))


class Company(TenantMixin):
    """A client company. Its words lie in its own schema, `t_<slug>`."""

    auto_create_schema = False
    auto_drop_schema = False

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.CharField(max_length=40, unique=True, validators=[check_slug])
    name = models.CharField(max_length=100, validators=[check_name])
    monogram = models.CharField(max_length=2, unique=True, validators=[check_name])
    tone = models.CharField(max_length=2, choices=[("je", "je"), ("u", "u")], default="je")
    language = models.CharField(max_length=5, default="nl")
    zone = models.CharField(max_length=60, default=AGENCY_ZONE)
    # Whose public holidays are proposed for its hours: ISO 3166-1, two letters.
    country = models.CharField(max_length=2, default="NL")
    # Where questions and leads go.
    question_email = models.EmailField(blank=True)
    lead_minutes = models.PositiveSmallIntegerField(default=LEAD_MINUTES, db_default=LEAD_MINUTES)
    # Told of a lead that wasn't acknowledged in that time; empty: `question_email` once more.
    lead_escalation_email = models.EmailField(blank=True, db_default="")
    # For how many months after its end a chat's words are kept, and a lead after it came: the agreed terms.
    chat_months = models.PositiveSmallIntegerField(default=KEPT_MONTHS, db_default=KEPT_MONTHS)
    lead_months = models.PositiveSmallIntegerField(default=KEPT_MONTHS, db_default=KEPT_MONTHS)
    # A copy of every chat goes here; empty: none.
    transcript_email = models.EmailField(blank=True)
    # Where answers to our mails go; empty: to `question_email`.
    reply_email = models.EmailField(blank=True)
    # Name and street as they stand under mails.
    address = models.CharField(max_length=200, blank=True, validators=[check_name])
    # Keys what must be recognised without being kept readable: visitor and mail address in records.
    secret = models.CharField(max_length=64, default=new_secret, editable=False)
    brand = models.CharField(max_length=7, default="#0c5b5e")
    palette = models.JSONField(default=dict)
    # `file`: id of the stored picture; `is_light`: it needs a dark ground; `colours`: those found in it. Empty: none.
    logo = models.JSONField(default=dict, db_default={}, blank=True)
    # By the agreement managers may publish texts that the company didn't approve.
    managers_publish = models.BooleanField(default=False)
    # Set last when a schema is made: only a ready company is found by key, host or sweep.
    ready = models.BooleanField(default=False)
    # Since when visitors are offered anything; empty: not yet, or paused.
    live_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When somebody of the company or the agency last tried the chat with the robot.
    tested_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When an owner asked to go live; empty: nobody did, or it was answered.
    live_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "companies"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    chat_months__range=(LEAST_MONTHS, MOST_MONTHS), lead_months__range=(LEAST_MONTHS, MOST_MONTHS)
                ),
                name="company_kept_months",
            )
        ]

    @property
    def imprint(self) -> str:
        """Return name and address, as at the foot of a mail. Many write the name into the address already."""
        if self.address.casefold().startswith(self.name.casefold()):
            return self.address
        return f"{self.name}, {self.address}" if self.address else self.name

    def __str__(self) -> str:
        return self.name


class Domain(DomainMixin):
    """A host on which a company's portal answers."""


class Site(models.Model):
    """One web site of a company: public key, allowed origins, what it shows when nobody can answer."""

    class Unstaffed(models.TextChoices):
        HIDDEN = "hidden", _("Hide the launcher")
        FORM = "form", _("Question form")
        PHONE = "phone", _("Telephone number")

    class Side(models.TextChoices):
        RIGHT = "right", _("Bottom right")
        LEFT = "left", _("Bottom left")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="sites")
    key = models.CharField(max_length=32, unique=True, default=new_site_key)
    name = models.CharField(max_length=100, validators=[check_name])
    origins = ArrayField(models.CharField(max_length=200, validators=[check_origin]), default=list)
    language = models.CharField(max_length=5, default="nl")
    unstaffed = models.CharField(max_length=6, choices=Unstaffed, default=Unstaffed.FORM)
    phone = models.CharField(max_length=40, blank=True)
    privacy_url = models.URLField(blank=True)
    # The corner of its pages in which the launcher stands; the other way round on pages that read from right to left.
    side = models.CharField(max_length=5, choices=Side, default=Side.RIGHT, db_default=Side.RIGHT)
    # Pixels above the corner, so that the launcher clears a cookie bar.
    offset = models.PositiveSmallIntegerField(default=0)
    # Pages (path patterns, `*` for anything) that give up the chat first when the pool runs full.
    low_value = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    # Seconds on a page before its visitor is invited, while somebody is free; empty: never.
    invite_after = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SchemaTemplate(models.Model):
    """The recorded statements that make a company's schema, one row per state of the migrations."""

    fingerprint = models.CharField(primary_key=True, max_length=64)
    statements = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
