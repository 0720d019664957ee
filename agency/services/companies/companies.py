"""A manager's changes to a company and its sites. Each is logged in its own transaction."""

import re
from datetime import datetime
from string import ascii_uppercase
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from agency.domain.latin import to_latin
from agency.models import User
from agency.services.audit import differences, note_change
from agency.services.companies.palette import make_palette
from tenants.models import Company, Domain, Site

FACTS = (
    "name",
    "monogram",
    "brand",
    "tone",
    "language",
    "zone",
    "country",
    "question_email",
    "lead_minutes",
    "lead_escalation_email",
    "chat_months",
    "lead_months",
    "transcript_email",
    "reply_email",
    "address",
)
SITE_FACTS = (
    "name",
    "origins",
    "language",
    "unstaffed",
    "phone",
    "privacy_url",
    "side",
    "offset",
    "low_value",
    "invite_after",
)
_LONGEST_SLUG = 40
# Names of a host that aren't a company's: what browsers, mail programs and certificates look for under a domain.
_RESERVED = frozenset(
    (
        *("admin", "api", "app", "assets", "cdn", "dev", "help", "localhost", "manage", "portal"),
        *("public", "root", "static", "status", "support", "test", "web", "widget", "www"),
        *("autoconfig", "autodiscover", "ftp", "imap", "mail", "ns1", "ns2", "pop", "pop3"),
        *("postmaster", "smtp", "webmail"),
    )
)


def portal_host(slug: str) -> str:
    """The host on which the portal of a company with this slug answers."""
    return f"{slug}.{settings.PORTAL_SUFFIX}"


def is_reserved(slug: str) -> bool:
    """Tell whether a slug is a name that people and programs take for the agency's or a machine's own."""
    labels = {label for host in settings.AGENCY_HOSTS for label in host.split(".")[:1]}
    return slug in _RESERVED | labels | {slugify(to_latin(settings.AGENCY_NAME))}


def is_slug_free(slug: str) -> bool:
    """Whether no company has this slug and its host is nobody's, the agency's own included."""
    host = portal_host(slug)
    return (
        not is_reserved(slug)
        and host not in settings.AGENCY_HOSTS
        and not Company.objects.filter(slug=slug).exists()
        and not Domain.objects.filter(domain=host).exists()
    )


def is_monogram_free(monogram: str, *, besides: Company | None = None) -> bool:
    """Whether no other company has these letters."""
    others = Company.objects.filter(monogram__iexact=monogram)
    return not (others.exclude(pk=besides.pk) if besides is not None else others).exists()


def propose_slug(name: str) -> str:
    """Make a free slug of a name, "" if the name has no letter to begin with."""
    stem = re.sub(r"^[^a-z]+", "", slugify(to_latin(name)))[: _LONGEST_SLUG - 3].strip("-")
    stem = re.sub(r"-{2,}", "-", stem)
    if not stem:
        return ""
    stem = stem if len(stem) >= 3 else f"{stem}-site"
    tries = (stem if n == 1 else f"{stem}-{n}" for n in range(1, 100))
    return next((slug for slug in tries if is_slug_free(slug)), "")


def propose_monogram(name: str) -> str:
    """Make two free letters for a name: initials, then its first letter with each other one. "" if all are taken."""
    words = [re.sub(r"[^A-Z0-9]", "", slugify(to_latin(word)).upper()) for word in name.split()]
    letters = [word for word in words if word]
    if not letters:
        return ""
    rest = "".join(letters)[1:]
    initials = [word[0] for word in letters[1:]]
    taken = {mark.upper() for mark in Company.objects.values_list("monogram", flat=True)}
    seconds = [*initials, *rest, *"ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789"]
    return next((letters[0][0] + one for one in seconds if letters[0][0] + one not in taken), "")


def free_monogram(name: str) -> str:
    """Make two free letters for a company, of its name if there are any. "" if all of the agency's are taken."""
    return next(filter(None, map(propose_monogram, (name, *ascii_uppercase))), "")


@transaction.atomic
def change_facts(*, company: Company, facts: dict[str, Any], by: User, now: datetime) -> bool:
    """Change these of the FACTS of a company. A new colour makes a new palette. False if nothing differs.

    Pages, widget and mails show it at once or within 2 s, an open console after a reload.

    Raises:
        IntegrityError: another company took the monogram meanwhile.
    """
    company = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    given = [name for name in FACTS if name in facts]
    before = Company(**{name: getattr(company, name) for name in FACTS})
    for name in given:
        setattr(company, name, facts[name])
    changes = differences(before, company, given)
    if not changes:
        return False
    if "brand" in changes:
        company.palette = make_palette(company.brand)
    company.save(update_fields=[*given, "palette"])
    note_change(actor=by, action="company.changed", now=now, company=company, about=company, changes=changes)
    return True


@transaction.atomic
def add_site(*, company: Company, facts: dict[str, Any], by: User, now: datetime) -> Site:
    """A further web site of a company, with a key of its own."""
    site = Site.objects.create(company=company, **{name: facts[name] for name in SITE_FACTS})
    made = {name: (None, getattr(site, name)) for name in SITE_FACTS}
    note_change(actor=by, action="site.added", now=now, company=company, about=site, changes=made)
    return site


def list_sharing(site: Site) -> list[Site]:
    """List the other sites, of any company, that have an address of this one: a page shows the chat
    of its code alone.
    """
    same = Site.objects.filter(origins__overlap=site.origins).exclude(pk=site.pk)
    return list(same.select_related("company").order_by("company__name", "name"))


@transaction.atomic
def change_site(*, site: Site, facts: dict[str, Any], by: User, now: datetime) -> bool:
    """Change a site. Its pages show it within 2 s and new origins count within 2 s. False if nothing differs."""
    site = Site.objects.select_for_update(no_key=True, of=("self",)).select_related("company").get(pk=site.pk)
    before = Site(**{name: getattr(site, name) for name in SITE_FACTS})
    for name in SITE_FACTS:
        setattr(site, name, facts[name])
    changes = differences(before, site, SITE_FACTS)
    if not changes:
        return False
    site.save(update_fields=list(SITE_FACTS))
    note_change(actor=by, action="site.changed", now=now, company=site.company, about=site, changes=changes)
    return True


@transaction.atomic
def retire_site(*, site: Site, by: User, now: datetime) -> bool:
    """Take all origins away: the code answers nowhere, chats and texts stay. False if there were none.

    A site is never deleted: its chats, charges and reports name it.
    """
    site = Site.objects.select_for_update(no_key=True, of=("self",)).select_related("company").get(pk=site.pk)
    if not site.origins:
        return False
    before, site.origins = site.origins, []
    site.save(update_fields=["origins"])
    note_change(
        actor=by,
        action="site.retired",
        now=now,
        company=site.company,
        about=site,
        changes={"origins": (before, [])},
    )
    return True
