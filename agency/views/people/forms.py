"""Forms for a manager's entries about people."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from agency.models import Operator
from agency.services.people.lists import PersonLine
from agency.services.people.people import PersonFacts
from agency.views.fields import LineField, Mail

# The languages that the widget speaks.
CHAT_LANGUAGES = [
    ("nl", _("Dutch")),
    ("en", _("English")),
    ("de", _("German")),
    ("fr", _("French")),
]


class PersonForm(forms.Form):
    """Somebody of the agency: account, and what they answer with."""

    name = LineField(
        label=_("Full name"),
        max_length=100,
        help_text=_("Colleagues see it; visitors and companies never do."),
    )
    email = Mail(label=_("Email address"))
    language = forms.ChoiceField(label=_("Language of the pages"), choices=settings.LANGUAGES)
    is_manager = forms.BooleanField(
        label=_("Manager"),
        required=False,
        help_text=_("Sees and changes everything of every company."),
    )
    answers = forms.BooleanField(label=_("Operator"), required=False, help_text=_("Answers chats in the console."))
    public_name = LineField(
        label=_("Name for visitors"),
        max_length=40,
        help_text=_("Of an operator. An open console takes a new name after it is opened again."),
    )
    level = forms.ChoiceField(
        label=_("Level"),
        choices=[
            ("beginner", _("Beginner: 3 chats at once")),
            ("trained", _("Trained: 6 chats at once")),
        ],
        help_text=_("A lower level takes effect as chats end."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Answers in"),
        choices=CHAT_LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose one language at least.")},
    )
    is_lead = forms.BooleanField(
        label=_("Lead operator"),
        required=False,
        help_text=_("Is called when a chat finds nobody."),
    )

    def __init__(self, *args: Any, person: PersonLine | None = None, **kwargs: Any) -> None:
        if person is not None:
            kwargs.setdefault("initial", _typed(person))
        else:
            start = {"language": "nl", "answers": True, "level": "beginner", "languages": ["nl"]}
            kwargs.setdefault("initial", start)
        super().__init__(*args, **kwargs)
        # An operator stays an operator: chats, reports and the log name them. To leave, an account is switched off.
        self.is_operator = person is not None and person.operator is not None
        if self.is_operator:
            del self.fields["answers"]
        # Asked of operators alone: for somebody who doesn't answer, none of it is missing.
        asked = self.is_operator or not self.is_bound or bool(self.data.get("answers"))
        for name in ("public_name", "level", "languages"):
            self.fields[name].required = asked

    def clean(self) -> dict[str, Any]:
        """Require that somebody is an operator, a manager, or both."""
        given = super().clean() or {}
        if not self.is_operator and not given.get("answers") and not given.get("is_manager"):
            self.add_error("answers", _("Choose operator, manager, or both."))
        return given

    def facts(self) -> PersonFacts:
        """Return what was typed, for `agency.services.people.people`."""
        given = self.cleaned_data
        return PersonFacts(
            name=given["name"],
            email=given["email"],
            language=given["language"],
            is_manager=given["is_manager"],
            answers=self.is_operator or given["answers"],
            public_name=given["public_name"],
            level=given["level"] or Operator.Level.BEGINNER,
            languages=tuple(given["languages"]),
            is_lead=given["is_lead"],
        )


def _typed(person: PersonLine) -> dict[str, Any]:
    user, operator = person.user, person.operator
    typed: dict[str, Any] = {
        "name": user.name,
        "email": user.email,
        "language": user.language,
        "is_manager": user.is_manager,
        "level": "beginner",
        "languages": ["nl"],
    }
    if operator is not None:
        typed |= {
            "public_name": operator.public_name,
            "level": operator.level,
            "languages": operator.languages,
            "is_lead": operator.is_lead,
        }
    return typed
