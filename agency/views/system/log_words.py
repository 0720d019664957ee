"""The log in words: what was done, to which field, from what to what."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import get_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.domain.addresses import shown_address
from agency.models import LogEntry
from agency.templatetags.amounts import money
from agency.templatetags.days import dated
from agency.views.companies.forms import FactsForm, MemberForm, SiteForm
from agency.views.companies.hours_forms import DAY_NAMES
from agency.views.companies.retention_form import RetentionForm
from agency.views.people.certification_forms import RuleForm
from agency.views.people.forms import PersonForm
from agency.views.system import limit_words
from tenants.origins import shown_url

Words = str | Promise

_ACTIONS: dict[str, Words] = {
    "company.made": gettext_lazy("Made the company"),
    "company.signed_up": gettext_lazy("A company signed up by itself"),
    "company.changed": gettext_lazy("Changed the company"),
    "company.asked_live": gettext_lazy("Asked to go live"),
    "company.live": gettext_lazy("Let the company go live"),
    "company.paused": gettext_lazy("Paused the company"),
    "site.added": gettext_lazy("Added a site"),
    "site.changed": gettext_lazy("Changed a site"),
    "site.retired": gettext_lazy("Retired a site"),
    "site.secret_made": gettext_lazy("Made a secret of a site"),
    "site.secret_ended": gettext_lazy("Ended a secret of a site"),
    "hours.changed": gettext_lazy("Changed the weekly hours"),
    "dated_hours.added": gettext_lazy("Added dated hours"),
    "dated_hours.removed": gettext_lazy("Removed dated hours"),
    "promise.changed": gettext_lazy("Made a new promise"),
    "member.added": gettext_lazy("Let somebody into the portal"),
    "member.changed": gettext_lazy("Changed somebody's role at the portal"),
    "member.removed": gettext_lazy("Removed somebody from the portal"),
    "person.added": gettext_lazy("Added a person"),
    "person.changed": gettext_lazy("Changed a person"),
    "person.switched_on": gettext_lazy("Switched a person on"),
    "person.switched_off": gettext_lazy("Switched a person off"),
    "certification.given": gettext_lazy("Certified an operator"),
    "certification.revoked": gettext_lazy("Revoked a certification"),
    "certification.limited": gettext_lazy("Changed how many chats at once"),
    "pool_rule.changed": gettext_lazy("Changed how the pool serves the company"),
    "instruction.read": gettext_lazy("Read the instruction"),
    "instruction.raised": gettext_lazy("Made the instruction a new major version"),
    "text.drafted": gettext_lazy("Wrote a draft of a text"),
    "text.approved": gettext_lazy("Approved a text"),
    "text.scheduled": gettext_lazy("Set the moment of a text"),
    "text.unscheduled": gettext_lazy("Took the moment of a text back"),
    "text.put_away": gettext_lazy("Put a draft away"),
    "text.in_force": gettext_lazy("A text took force"),
    "text.ended": gettext_lazy("A notice ended"),
    "text.rule_changed": gettext_lazy("Changed who publishes texts"),
    "text.published": gettext_lazy("Published a text"),
    "text.withdrawn": gettext_lazy("Withdrew a text"),
    "price.set": gettext_lazy("Set a price"),
    "price.removed": gettext_lazy("Removed a price"),
    "agreement.accepted": gettext_lazy("Accepted an agreement"),
    "invoice_details.changed": gettext_lazy("Changed the invoice details"),
    "chat.closed": gettext_lazy("Closed a chat"),
    "chat.spam": gettext_lazy("Flagged a chat as spam"),
    "chat.not_spam": gettext_lazy("Took a spam flag back"),
    "chat.requeued": gettext_lazy("Put a chat back in the queue"),
    "chat.moved": gettext_lazy("Moved a chat to somebody"),
    "seat.drained": gettext_lazy("Stopped new chats for somebody"),
    "seat.undrained": gettext_lazy("Let new chats come again for somebody"),
    "seat.signed_out": gettext_lazy("Signed somebody out"),
    "shift.planned": gettext_lazy("Planned a shift"),
    "shift.changed": gettext_lazy("Moved a shift"),
    "shift.removed": gettext_lazy("Took a shift out of the plan"),
    "week.copied": gettext_lazy("Copied a week of shifts"),
    "limit.lifted": gettext_lazy("Lifted a limit"),
    "mail.tried_again": gettext_lazy("Tried a mail again"),
    "mail.let_go": gettext_lazy("Let go of a dead mail"),
}  # fmt: skip
_FIELDS: dict[str, Words] = {
    **{name: field.label or name for name, field in FactsForm.base_fields.items()},
    **{name: field.label or name for name, field in SiteForm.base_fields.items()},
    **{name: field.label or name for name, field in RetentionForm.base_fields.items()},
    **DAY_NAMES,
    "name": gettext_lazy("Name"),
    "language": gettext_lazy("Language"),
    "email": gettext_lazy("Mail address"),
    "role": gettext_lazy("Role"),
    "hours": gettext_lazy("Hours"),
    "note": gettext_lazy("Note"),
    "seconds": gettext_lazy("Seconds"),
    "share": gettext_lazy("Share"),
    "amount": gettext_lazy("Price"),
    "shift": gettext_lazy("Shift"),
    "shifts": gettext_lazy("Shifts"),
    "major": gettext_lazy("Instruction version"),
    "expires_at": gettext_lazy("Ends"),
    "chat_limit": gettext_lazy("Chats of this company at once"),
    "handed_over": gettext_lazy("Chats handed over"),
    **{name: field.label or name for name, field in RuleForm.base_fields.items()},
    "version": gettext_lazy("Version"),
    "managers_publish": gettext_lazy("Managers publish without approval"),
    "at": gettext_lazy("Moment"),
    "kind": gettext_lazy("Kind"),
    "state": gettext_lazy("State"),
    "reason": gettext_lazy("Reason"),
    "operator": gettext_lazy("Operator"),
    "spam": gettext_lazy("Spam"),
    "is_active": gettext_lazy("Switched on"),
    "is_manager": gettext_lazy("Manager"),
    "is_lead": gettext_lazy("Lead"),
    "public_name": gettext_lazy("Name for visitors"),
    "level": gettext_lazy("Level"),
    "languages": gettext_lazy("Languages"),
    "limit": gettext_lazy("Limit"),
    "ending": gettext_lazy("Secret that ends with"),
    "legal_name": gettext_lazy("Name on the invoice"),
    "street": gettext_lazy("Street and number"),
    "postcode": gettext_lazy("Postcode"),
    "city": gettext_lazy("Town"),
    "registration": gettext_lazy("Trade register number"),
    "vat_id": gettext_lazy("VAT number"),
    "iban": gettext_lazy("Bank account"),
    "contact": gettext_lazy("For the attention of"),
    "reference": gettext_lazy("Your reference"),
    "logo": gettext_lazy("Logo"),
}  # fmt: skip
# Beginnings of actions, as the page filters them.
KINDS: dict[str, tuple[Words, tuple[str, ...]]] = {
    "company": (gettext_lazy("Companies"), ("company",)),
    "site": (gettext_lazy("Sites"), ("site",)),
    "hours": (gettext_lazy("Hours"), ("hours", "dated_hours")),
    "promise": (gettext_lazy("Promises"), ("promise",)),
    "price": (gettext_lazy("Prices"), ("price", "invoice_details")),
    "text": (gettext_lazy("Texts"), ("text", "instruction")),
    "member": (gettext_lazy("People of portals"), ("member",)),
    "person": (gettext_lazy("People of ours"), ("person",)),
    "certification": (gettext_lazy("Certifications"), ("certification", "pool_rule")),
    "shift": (gettext_lazy("Shifts"), ("shift", "week")),
    "chat": (gettext_lazy("Chats and desks"), ("chat", "seat")),
    "system": (gettext_lazy("Limits and mail"), ("limit", "mail")),
}  # fmt: skip
# Values that are stored as words of ours, by field.
_VALUES: dict[str, dict[str, Words]] = {
    **{name: dict(form.base_fields[name].choices) for form, names in (  # type: ignore[attr-defined]
        (FactsForm, ("tone", "country")), (SiteForm, ("language", "unstaffed", "side")), (MemberForm, ("role",)),
        (PersonForm, ("level", "languages")),
    ) for name in names},
    "kind": {
        "script": gettext_lazy("Script"),
        "instruction": gettext_lazy("Instruction"),
        "greeting": gettext_lazy("Greeting"),
        "canned": gettext_lazy("Canned reply"),
        "invitation": gettext_lazy("Invitation"),
        "notice": gettext_lazy("Notice"),
    },
    "state": {
        "waiting": gettext_lazy("waiting"),
        "offered": gettext_lazy("offered"),
        "open": gettext_lazy("open"),
        "wrap_up": gettext_lazy("wrap-up"),
        "closed": gettext_lazy("closed"),
    },
}  # fmt: skip
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b", re.ASCII)
# A value is shown as far as it helps to recognise it; the log keeps all of it.
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """One field: before and after as text, "" for nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry of the log, readable. `about` is what it names."""

    entry: LogEntry
    action: str
    about: str
    changes: list[LoggedChange]


def line_of(entry: LogEntry) -> LogLine:
    """Write an entry in the active language. An action without words shows its own name."""
    changes = [
        LoggedChange(str(_FIELDS.get(field, field)), *(_shown(_worded(field, one)) for one in pair))
        for field, pair in entry.changes.items()
    ]
    action = str(_ACTIONS.get(entry.action, entry.action))
    return LogLine(entry, action, _dated(entry.object_name), changes)


def _worded(field: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_worded(field, one) for one in value]
    if not isinstance(value, str):
        return value
    if field == "limit":
        return limit_words.what_of(value)
    if field == "amount":
        return money(Decimal(value))
    if field == "share":
        return value.replace(".", get_format("DECIMAL_SEPARATOR")).replace("%", "\N{NO-BREAK SPACE}%")
    return _dated(str(_VALUES.get(field, {}).get(value, value)))


def _dated(text: str) -> str:
    """Return the text with its days as people write them."""
    return _DAY.sub(lambda found: _day(found[0]), text)


def _day(written: str) -> str:
    try:
        return dated(date.fromisoformat(written))
    except ValueError:
        return written


def _shown(value: Any) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    values = value if isinstance(value, list) else [value]
    text = ", ".join(_readable(str(one)) for one in values)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _readable(value: str) -> str:
    """Write addresses and hosts in their own script."""
    if "xn--" not in value:
        return value
    return shown_url(value) if "://" in value else shown_address(value)
