"""The form with which a manager makes a company: what only the agency knows. The rest are the company's own steps."""

import uuid
from collections.abc import Sequence
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
from agency.services.companies.companies import free_monogram, is_reserved, is_slug_free, propose_slug
from agency.services.people.portal_members import CannotChangeMember
from agency.views.companies.forms import FactsForm, member_words
from agency.views.companies.hours_forms import PromiseForm
from agency.views.fields import LineField, Mail
from balie.steps.onboard import Terms, start_company
from billing.services.prices import MOST
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
    """Name, portal address and voice, or other facts by `names`. Address and monogram are made from the name where
    nobody types them.
    """

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

    def __init__(self, *args: Any, names: Sequence[str] = ("name", "slug", "language", "tone"), **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.fields["monogram"].required = False
        # In the order of the page, which the list of errors follows.
        self.fields = {name: self.fields[name] for name in names}

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

    def clean(self) -> dict[str, Any]:
        """Add a free monogram, of the name if there is one."""
        facts = super().clean() or {}
        if facts.get("monogram") or "monogram" in self.errors:
            return facts
        return {**facts, "monogram": free_monogram(facts.get("name", ""))}


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
        self.id = _id_of(data)
        self.facts = NewFactsForm(data)
        self.promise = PromiseForm(data, prefix="promise")
        self.price = FirstPriceForm(data, prefix="price")
        self.owner = OwnerForm(data, prefix="owner")

    @property
    def forms(self) -> list[forms.Form]:
        """All of them."""
        return [self.facts, self.promise, self.price, self.owner]

    def is_valid(self) -> bool:
        """True if all forms are valid. Each is asked, so that every error is told at once."""
        answers = [form.is_valid() for form in self.forms]
        return all(answers)

    def save(self, *, by: User, now: datetime) -> Company | None:
        """Make the company, all of it or nothing. None, with an error in its form, when somebody was faster."""
        try:
            with transaction.atomic():
                company = start_company(id=self.id, terms=self._terms(by), now=now, **self.facts.cleaned_data)
        except (ValidationError, IntegrityError):
            # Address and letters were free when the form was checked. Letters are proposed anew at the next press.
            field = "slug" if not is_slug_free(self.facts.cleaned_data["slug"]) else None
            self.facts.add_error(field, _("Somebody else took this a moment ago."))
        except CannotChangeMember as problem:
            self.owner.add_error("email", member_words(problem.code))
        else:
            return company
        return None

    def _terms(self, by: User) -> Terms:
        owner = self.owner.cleaned_data
        return Terms(
            by=by,
            promise=(self.promise.cleaned_data["seconds"], self.promise.share()),
            price=Decimal(self.price.cleaned_data["amount"]),
            owner=(owner["name"], owner["email"]),
        )


def _id_of(data: QueryDict | None) -> uuid.UUID:
    """The id that the page carries: the same form sent twice names the same company."""
    try:
        return uuid.UUID(data.get("id", "") if data is not None else "")
    except ValueError:
        return uuid.uuid4()
