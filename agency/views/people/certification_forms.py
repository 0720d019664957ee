"""How the pool serves a company, and how many of its chats one operator may hold."""

from django import forms
from django.utils.translation import gettext_lazy

from agency.domain.pool.capacity import LEVEL_CAPACITY

MOST_CHATS = max(LEVEL_CAPACITY.values())
# Whatever is wrong with a number, the sentence says what is allowed.
_NUMBER = ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")  # fmt: skip


class RuleForm(forms.Form):
    """The rules of one company."""

    min_certified = forms.IntegerField(
        label=gettext_lazy("Certified operators at least"),
        min_value=1,
        max_value=20,
        error_messages=dict.fromkeys(_NUMBER, gettext_lazy("A whole number from 1 to 20.")),
        help_text=gettext_lazy("With fewer, in all or planned in a half hour, managers get an alarm; 1 to 20."),
    )  # fmt: skip
    certified_days = forms.IntegerField(
        label=gettext_lazy("A certification lasts, in days"),
        required=False,
        min_value=30,
        max_value=1095,
        error_messages=dict.fromkeys(_NUMBER, gettext_lazy("A whole number from 30 to 1095, or empty.")),
        help_text=gettext_lazy("30 to 1095, for certifications from now on. Empty: until a new version."),
    )  # fmt: skip
    load_limit = forms.DecimalField(
        label=gettext_lazy("Limit of load"),
        required=False,
        min_value=1,
        max_value=6,
        max_digits=3,
        decimal_places=1,
        localize=True,
        error_messages=dict.fromkeys(_NUMBER, gettext_lazy("A number from 1 to 6 with one decimal at most, or empty.")),
        help_text=gettext_lazy("From this load on others are asked first; 1 to 6. Empty: each operator's own."),
    )  # fmt: skip


class LimitForm(forms.Form):
    """How many chats of a company somebody may hold at once."""

    chat_limit = forms.IntegerField(
        label=gettext_lazy("Chats of this company at once"),
        required=False,
        min_value=1,
        max_value=MOST_CHATS,
        error_messages=dict.fromkeys(_NUMBER, gettext_lazy("A whole number from 1 to 6, or empty.")),
        help_text=gettext_lazy("For somebody who begins here; 1 to 6. Empty: as many as they can hold."),
    )  # fmt: skip
