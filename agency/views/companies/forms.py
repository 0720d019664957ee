"""Forms in which a manager describes a company: its facts, sites, hours, promise and the people of its portal."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agency.models import PortalMember
from agency.services.companies.companies import is_monogram_free
from agency.services.people.portal_members import MOST
from agency.views.fields import (
    ChoiceField,
    Colour,
    LineField,
    Mail,
    Origins,
    PagesField,
    Phone,
    WebAddress,
    zone_choices,
)
from tenants.models import LEAD_MINUTES, Company, Site
from tenants.zone import AGENCY_ZONE

# The languages that the widget speaks; a company's mails are Dutch or English.
SITE_LANGUAGES = [("nl", "Nederlands"), ("en", "English"), ("de", "Deutsch"), ("fr", "Français")]

# Where our clients are, the nearest first; ISO 3166-1. All of them are known to agency/services/hours/holidays.py.
COUNTRIES = [
    ("NL", gettext_lazy("Netherlands")),
    ("BE", gettext_lazy("Belgium")),
    ("DE", gettext_lazy("Germany")),
    ("LU", gettext_lazy("Luxembourg")),
    ("FR", gettext_lazy("France")),
    ("GB", gettext_lazy("United Kingdom")),
    ("IE", gettext_lazy("Ireland")),
    ("AT", gettext_lazy("Austria")),
    ("CH", gettext_lazy("Switzerland")),
    ("DK", gettext_lazy("Denmark")),
    ("SE", gettext_lazy("Sweden")),
    ("NO", gettext_lazy("Norway")),
    ("FI", gettext_lazy("Finland")),
    ("ES", gettext_lazy("Spain")),
    ("PT", gettext_lazy("Portugal")),
    ("IT", gettext_lazy("Italy")),
    ("PL", gettext_lazy("Poland")),
]


class LeadMinutes(forms.IntegerField):
    """In how many minutes of its own hours a company acknowledges a lead."""

    def __init__(self) -> None:
        wrong = gettext_lazy("A whole number of minutes from 5 to 10,080, which is a week of days and nights.")
        super().__init__(
            label=gettext_lazy("Minutes in which a lead is taken up"),
            initial=LEAD_MINUTES,
            min_value=5,
            max_value=10_080,
            help_text=gettext_lazy("Only minutes within the opening hours count; 5 to 10,080."),
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
        )


class FactsForm(forms.Form):
    """Name, look, voice and addresses of a company. `company` is the one that is changed."""

    name = LineField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("As visitors know the company; it stands above the chat."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    monogram = LineField(
        label=gettext_lazy("Monogram"),
        min_length=1,
        max_length=2,
        help_text=gettext_lazy("One or two letters or digits that no other company has."),
        error_messages={"max_length": gettext_lazy("One or two letters or digits.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 4}),
    )
    brand = Colour(
        label=gettext_lazy("Brand colour"),
        initial="#0c5b5e",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-colour": ""}),
    )
    language = ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        initial="nl",
        help_text=gettext_lazy("Of mails and standard texts."),
    )
    tone = ChoiceField(
        label=gettext_lazy("How visitors are addressed"),
        choices=[("je", "je"), ("u", "u")],
        initial="je",
        widget=forms.RadioSelect,
    )
    zone = ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=zone_choices,
        initial=AGENCY_ZONE,
        help_text=gettext_lazy("Opening hours and days of reports run in it."),
    )
    country = ChoiceField(
        label=gettext_lazy("Country"),
        choices=COUNTRIES,
        initial="NL",
        help_text=gettext_lazy("Its public holidays stand with the opening hours."),
    )
    question_email = Mail(
        label=gettext_lazy("Mail address for questions and leads"),
        help_text=gettext_lazy("Questions that visitors leave, requests to be called and leads from chats go here."),
    )
    lead_minutes = LeadMinutes()
    lead_escalation_email = Mail(
        label=gettext_lazy("Mail address for leads that are late"),
        required=False,
        help_text=gettext_lazy("Empty: to the address for questions and leads once more."),
    )
    transcript_email = Mail(
        label=gettext_lazy("Copy of every chat to"),
        required=False,
        help_text=gettext_lazy("Empty: no copies are sent."),
    )
    reply_email = Mail(
        label=gettext_lazy("Answers to our mails go to"),
        required=False,
        help_text=gettext_lazy("Empty: to the address for questions."),
    )
    address = LineField(
        label=gettext_lazy("Postal address"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Stands under every mail, such as: Kade 1, 8011 AB Zwolle"),
    )

    def __init__(self, *args: Any, company: Company | None = None, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.company = company

    def clean_monogram(self) -> str:
        """Accept letters or digits that are nobody else's."""
        monogram = str(self.cleaned_data["monogram"]).upper()
        if not monogram:
            return monogram
        if len(monogram) > 2 or not monogram.isalnum():
            raise ValidationError(_("One or two letters or digits."), code="letters")
        if not is_monogram_free(monogram, besides=self.company):
            raise ValidationError(_("Another company has these letters."), code="taken")
        return monogram


class SiteForm(forms.Form):
    """One web site."""

    name = LineField(
        label=gettext_lazy("Name of the site"),
        max_length=100,
        help_text=gettext_lazy("For you and your operators, such as: web shop"),
    )
    language = ChoiceField(
        label=gettext_lazy("Language of the site"),
        choices=SITE_LANGUAGES,
        initial="nl",
        help_text=gettext_lazy("Chats go to operators who speak it."),
    )
    origins = Origins(
        label=gettext_lazy("Addresses of the site"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy("One a line, such as https://www.example.nl. With and without www are two; at most 20."),
    )
    unstaffed = ChoiceField(
        label=gettext_lazy("When nobody is there"),
        choices=Site.Unstaffed.choices,
        initial=Site.Unstaffed.FORM,
        widget=forms.RadioSelect,
    )
    phone = Phone(label=gettext_lazy("Telephone number"), required=False, max_length=40)
    privacy_url = WebAddress(label=gettext_lazy("Privacy page"), required=False)
    side = ChoiceField(
        label=gettext_lazy("Corner of the page"),
        choices=Site.Side.choices,
        initial=Site.Side.RIGHT,
        required=False,
        widget=forms.RadioSelect,
    )
    offset = forms.IntegerField(
        label=gettext_lazy("Height above the corner, in pixels"),
        required=False,
        min_value=0,
        max_value=400,
        help_text=gettext_lazy("So that the button clears a cookie bar; 0 to 400."),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), gettext_lazy("A whole number from 0 to 400.")
        ),
    )

    invite_after = forms.IntegerField(
        label=gettext_lazy("Invite after, in seconds"),
        required=False,
        min_value=5,
        max_value=600,
        help_text=gettext_lazy(
            "Who looks at a page so long is invited with its greeting, once a visit and only while somebody is free. "
            "5 to 600; empty: nobody is invited."
        ),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            gettext_lazy("A whole number from 5 to 600, or nothing."),
        ),
    )
    low_value = PagesField(
        label=gettext_lazy("Pages that go first when it is busy"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "input--code"}),
        help_text=gettext_lazy(
            "When visitors would wait over 1.5 times the promise, these pages show no chat, so that the others can. "
            "One path a line, such as /jobs/*; a star stands for anything."
        ),
    )

    def clean_side(self) -> str:
        """Read nothing said as bottom right."""
        return self.cleaned_data["side"] or Site.Side.RIGHT

    def clean_offset(self) -> int:
        """Read an empty field as 0."""
        return int(self.cleaned_data["offset"] or 0)

    def clean(self) -> dict[str, Any]:
        """Require a number if one is to be shown."""
        facts = super().clean() or {}
        shows_phone = facts.get("unstaffed") == Site.Unstaffed.PHONE
        if shows_phone and not facts.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Fill in the number that visitors see when nobody is there."))
        return facts


class MemberForm(forms.Form):
    """Somebody who is let into a portal."""

    name = LineField(label=gettext_lazy("Name"), max_length=100)
    email = Mail(label=gettext_lazy("Mail address"))
    role = ChoiceField(
        label=pgettext_lazy("what a portal user is allowed", "May"),
        choices=PortalMember.Role.choices,
        initial=PortalMember.Role.READER,
    )


def member_words(code: str) -> str:
    """Say to somebody of the agency why a person can't be let into a portal, or changed there."""
    return {
        "already": _("This address has a place at this portal already."),
        "last_owner": _("A portal keeps one owner at least. Make somebody else owner first."),
        "colleague": _(
            "This address belongs to somebody of the agency. Somebody is a customer or one of us: use another address."
        ),
        "switched_off": _("This account is switched off. Choose another address."),
        "yourself": _("You can't remove yourself. Another owner can."),
        "too_many": _("A portal has at most %(most)d people. Remove somebody first.") % {"most": MOST},
    }[code]


def own_member_words(code: str) -> str:
    """Say the same to an owner of the portal, from whom it stays hidden which addresses have an account elsewhere."""
    if code in {"colleague", "switched_off"}:
        return _("This address can't be let in. Choose another one, or ask the agency.")
    return member_words(code)
