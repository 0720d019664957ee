"""The form with which a manager makes a company: one page, several forms, all of it or nothing."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.models import User
from agency.services.companies.companies import (
    FACTS,
    is_reserved,
    is_slug_free,
    propose_monogram,
    propose_slug,
)
from agency.services.people.portal_members import CannotChangeMember
from agency.views.companies.forms import FactsForm, SiteForm, member_words
from agency.views.companies.hours_forms import PromiseForm, WeekForm
from agency.views.fields import LineField, Mail, WordsField
from balie.steps.onboard import Terms, onboard
from balie.steps.starting_texts import greeting_for, in_voice, script_for
from billing.services.prices import MOST
from chat.domain.texts.templates import starter_texts
from chat.domain.texts.wording import GREETING_LIMIT, MOST_STEPS, STEP_LIMIT, keep_keys, lines_of
from tenants.models import SLUG, Company

_NUMBER = (
    "invalid",
    "min_value",
    "max_value",
    "max_digits",
    "max_decimal_places",
    "max_whole_digits",
)


class NewFactsForm(FactsForm):
    """The facts, with the portal's address. Address and monogram are made from the name when left empty."""

    slug = LineField(
        label=gettext_lazy("Portal address"),
        required=False,
        max_length=40,
        help_text=gettext_lazy(
            "3 to 40 small letters, digits and hyphens, beginning with a letter. It can't be changed later. "
            "Empty: made from the name."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.fields["monogram"].required = False
        # A new company begins with the usual rule for leads.
        del self.fields["lead_minutes"], self.fields["lead_escalation_email"]
        # The order of the page, which the list of errors follows.
        self.order_fields(["name", "slug"])

    def clean_slug(self) -> str:
        """An address that is nobody's."""
        slug = str(self.cleaned_data["slug"]).lower() or propose_slug(self.cleaned_data.get("name", ""))
        if not slug and "name" in self.errors:
            return slug
        if not SLUG.fullmatch(slug) or "--" in slug:
            raise ValidationError(
                _("3 to 40 characters: small letters, digits and hyphens, beginning with a letter."),
                code="slug",
            )
        if is_reserved(slug):
            raise ValidationError(_("This address is kept for the agency itself."), code="kept")
        if not is_slug_free(slug):
            raise ValidationError(_("This address is taken."), code="taken")
        return slug

    def clean_monogram(self) -> str:
        """As typed, or made from the name."""
        if not self.cleaned_data["monogram"]:
            self.cleaned_data["monogram"] = propose_monogram(self.cleaned_data.get("name", ""))
        monogram = super().clean_monogram()
        if not monogram and "name" not in self.errors:
            raise ValidationError(_("One or two letters or digits."), code="letters")
        return monogram


class TextsForm(forms.Form):
    """The words a company begins with."""

    greeting = WordsField(
        label=gettext_lazy("Greeting"),
        required=False,
        max_length=GREETING_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2, "data-template": "greeting"}),
        help_text=gettext_lazy("The first words in the panel, on every page; at most 400 characters."),
    )
    script = WordsField(
        label=gettext_lazy("Script"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 9, "data-template": "script"}),
        help_text=gettext_lazy("One step a line, at most 30; operators see them beside the chat."),
    )

    def clean_script(self) -> str:
        """Not too many steps, none too long."""
        steps = lines_of(self.cleaned_data["script"])
        if len(steps) > MOST_STEPS:
            raise ValidationError(
                _("At most %(limit)d steps; these are %(count)d.") % {"limit": MOST_STEPS, "count": len(steps)},
                code="too_many",
            )
        if any(len(step) > STEP_LIMIT for step in steps):
            raise ValidationError(_("At most %(limit)d characters a step.") % {"limit": STEP_LIMIT}, code="too_long")
        return "\n".join(steps)


class FirstPriceForm(forms.Form):
    """The price of a chat."""

    amount = forms.DecimalField(
        label=gettext_lazy("Price of a chat, in euro without VAT"),
        min_value=0,
        max_value=MOST,
        max_digits=5,
        decimal_places=2,
        localize=True,
        error_messages=dict.fromkeys(_NUMBER, gettext_lazy("An amount from 0 to 999.99, two decimals at most.")),
        help_text=gettext_lazy("From today on; only billable chats cost anything."),
    )


class OwnerForm(forms.Form):
    """The person who gets the first account at the company's portal."""

    # The list of errors has the company's name as well.
    name = LineField(label=gettext_lazy("Name of the owner"), max_length=100)
    email = Mail(
        label=gettext_lazy("Mail address of the owner"),
        help_text=gettext_lazy("Gets a link to choose a password, good for 3 days."),
    )


class NewCompany:
    """The forms of the page together, in the order of the page."""

    def __init__(self, data: QueryDict | None = None) -> None:
        texts = {"greeting": greeting_for("nl", "je"), "script": script_for("nl", "je")}
        self.id = _id_of(data)
        self.facts = NewFactsForm(data)
        self.site = SiteForm(data, prefix="site")
        # The first site speaks the company's language and invites nobody; both can be chosen on its own page.
        for later in ("language", "low_value", "invite_after"):
            del self.site.fields[later]
        self.week = WeekForm(data, prefix="week")
        self.promise = PromiseForm(data, prefix="promise")
        self.texts = TextsForm(data, prefix="texts", initial=texts)
        self.price = FirstPriceForm(data, prefix="price")
        self.owner = OwnerForm(data, prefix="owner")

    @property
    def forms(self) -> list[forms.Form]:
        """All of them."""
        return [
            self.facts,
            self.site,
            self.week,
            self.promise,
            self.texts,
            self.price,
            self.owner,
        ]

    def is_valid(self) -> bool:
        """True if all forms are valid. Each is asked, so that every error is told at once."""
        answers = [form.is_valid() for form in self.forms]
        return all(answers)

    def save(self, *, by: User, now: datetime) -> Company | None:
        """Make the company, all of it or nothing. None, with an error in its form, when somebody was faster."""
        try:
            with transaction.atomic():
                company, _site = onboard(**self._whole(by), now=now)
        except (ValidationError, IntegrityError):
            # Both were free when the form was checked.
            field = "slug" if not is_slug_free(self.facts.cleaned_data["slug"]) else "monogram"
            self.facts.add_error(field, _("Somebody else took this a moment ago."))
        except CannotChangeMember as problem:
            self.owner.add_error("email", member_words(problem.code))
        else:
            return company
        return None

    def _whole(self, by: User) -> dict[str, Any]:
        facts = self.facts.cleaned_data
        owner = self.owner.cleaned_data
        voice = (facts["language"], facts["tone"])
        return {
            "id": self.id,
            "slug": facts["slug"],
            # A manager says later when it goes live.
            "live_at": None,
            **{name: facts[name] for name in FACTS if name in facts},
            "site": self.site.cleaned_data,
            "texts": _texts(self.texts.cleaned_data, *voice, facts["name"]),
            "terms": Terms(
                by=by,
                week=self.week.week(),
                promise=(self.promise.cleaned_data["seconds"], self.promise.share()),
                price=Decimal(self.price.cleaned_data["amount"]),
                owner=(owner["name"], owner["email"]),
            ),
        }


def _texts(typed: dict[str, str], language: str, tone: str, name: str) -> list[dict[str, Any]]:
    """The texts that every company begins with, its greeting and script as typed."""
    texts = starter_texts(language, tone, name)
    greeting = next(text for text in texts if text["kind"] == "greeting")
    greeting["body"] = in_voice(typed["greeting"], "greeting", language, tone)
    script = next(text for text in texts if text["kind"] == "script")
    known = [(step["key"], step["text"]) for step in script["data"]["steps"]]
    steps = keep_keys(known, lines_of(in_voice(typed["script"], "script", language, tone)))
    script["data"] = {"steps": [{"key": key, "text": text} for key, text in steps]}
    return texts


def _id_of(data: QueryDict | None) -> uuid.UUID:
    """The id that the page carries: the same form sent twice names the same company."""
    try:
        return uuid.UUID(data.get("id", "") if data is not None else "")
    except ValueError:
        return uuid.uuid4()
