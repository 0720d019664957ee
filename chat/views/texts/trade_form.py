"""The form in which all texts of a company stand at once, with those that its trade proposes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.views.fields import WordsField
from chat.domain.texts import wording
from chat.domain.texts.trades import OTHER, open_marks, without_gaps
from chat.models import Text
from chat.services.texts.trade_texts import BEGUN, NEW, WAITS, TradeText
from chat.views.texts.words import BY_KIND, KindWords

TRADE_NAMES = (
    ("", gettext_lazy("Choose a trade")),
    ("shop", gettext_lazy("Shop")),
    ("energy", gettext_lazy("Energy")),
    ("travel", gettext_lazy("Travel and stays")),
    ("health", gettext_lazy("Health care")),
    ("services", gettext_lazy("Services")),
    (OTHER, gettext_lazy("Another trade")),
)
FACT_NAMES = {
    "phone": gettext_lazy("Telephone"),
    "mail": gettext_lazy("Mail address"),
    "address": gettext_lazy("Address"),
    "hours": gettext_lazy("Opening hours"),
    "delivery": gettext_lazy("Delivery"),
    "returns": gettext_lazy("Returns"),
    "register": gettext_lazy("KvK number"),
    "vat": gettext_lazy("VAT number"),
    "question": gettext_lazy("Question"),
}
_ROWS = {Text.Kind.GREETING: 2, Text.Kind.SCRIPT: 9, Text.Kind.INSTRUCTION: 18, Text.Kind.CANNED: 4}
_USE = "use-"


@dataclass(frozen=True, slots=True)
class TradeLine:
    """A text on the page: its words, the tick by which it is used, None where it stays, and its open gaps."""

    text: TradeText
    field: BoundField
    tick: BoundField | None
    marks: list[str]


class TradeTextsForm(forms.Form):
    """A field for the words of each text, and a tick where it can be left.

    `is_lenient`: it is shown again, not saved, so nothing is wrong yet.
    """

    def __init__(self, texts: Iterable[TradeText], data: Mapping[str, Any] | None, *, is_lenient: bool = False) -> None:
        super().__init__(data)
        self.texts, self._is_lenient = list(texts), is_lenient
        for text in self.texts:
            if text.how in (NEW, BEGUN):
                tick = forms.BooleanField(label=text.title or text.key, required=False, initial=text.is_used)
                self.fields[_USE + text.name] = tick
            limit = wording.LIMITS.get(text.kind, wording.INSTRUCTION_LIMIT)
            self.fields[text.name] = WordsField(
                label=text.title or text.key,
                initial=text.body,
                required=False,
                max_length=limit,
                disabled=text.how == WAITS,
                widget=forms.Textarea(attrs={"rows": _ROWS[Text.Kind(text.kind)]}),
            )

    def clean(self) -> dict[str, Any]:
        """Look at each text that is used as its own page would, and for gaps."""
        given = super().clean() or self.cleaned_data
        if self._is_lenient:
            self.errors.clear()
            return given
        for text in self._sent():
            if text.name in given and text.how != WAITS and self.is_used(text):
                try:
                    _check(text.kind, given[text.name])
                except ValidationError as problem:
                    self.add_error(text.name, problem)
        return given

    @property
    def gaps(self) -> bool:
        """Return whether it is gaps that stand against it."""
        errors = (error for errors in self.errors.as_data().values() for error in errors)
        return any(error.code == "gap" for error in errors)

    def is_used(self, text: TradeText) -> bool:
        """Return whether a text is to be in force."""
        return bool(self.cleaned_data.get(_USE + text.name, True))

    def typed(self) -> list[tuple[TradeText, str, bool]]:
        """Return each text with its words and whether it is used, as the service takes them."""
        return [(text, self.cleaned_data[text.name], self.is_used(text)) for text in self._sent()]

    def _sent(self) -> list[TradeText]:
        """A text that the page didn't show stays as it is."""
        return [text for text in self.texts if text.name in self.data]

    def groups(self) -> list[tuple[KindWords, list[TradeLine]]]:
        """Return the lines of the page by kind of text."""
        found: dict[str, list[TradeLine]] = {}
        for text in self.texts:
            tick = self[_USE + text.name] if _USE + text.name in self.fields else None
            field = self[text.name]
            found.setdefault(text.kind, []).append(TradeLine(text, field, tick, open_marks(str(field.value() or ""))))
        return [(BY_KIND[kind], lines) for kind, lines in found.items()]


def leave_gaps_out(texts: Iterable[TradeText], sent: QueryDict) -> QueryDict:
    """Return what was sent without gaps: lines with one go, and of greetings and replies the whole."""
    data = sent.copy()
    for text in texts:
        words = data.get(text.name, "")
        if not open_marks(words):
            continue
        if text.kind in wording.SINGLE:
            data[text.name] = without_gaps(words)
        elif text.how in (NEW, BEGUN):
            data.pop(_USE + text.name, None)
    return data


def carry_over(before: Iterable[TradeText], after: Iterable[TradeText], sent: QueryDict) -> QueryDict:
    """Return what a page of other proposals shows: what somebody typed, and where nobody did, the new words.

    Args:
        before: the texts that the page showed.
    """
    shown = {text.name: text for text in before}
    data = QueryDict(mutable=True)
    for text in after:
        was = shown.get(text.name)
        typed = sent.get(text.name)
        is_typed = was is not None and typed is not None and _plain(typed) != _plain(was.body)
        data[text.name] = typed if is_typed and typed is not None else text.body
        is_ticked = _USE + text.name in sent
        is_kept = is_typed or (was is not None and typed is not None and is_ticked != was.is_used)
        if is_ticked if is_kept else text.is_used:
            data[_USE + text.name] = "on"
    return data


def _check(kind: str, words: str) -> None:
    if not words:
        raise ValidationError(_("Write something here, or leave it out."))
    if marks := open_marks(words):
        said = ", ".join(f"[{mark}]" for mark in marks)
        raise ValidationError(_("Fill in or remove: %(gaps)s.") % {"gaps": said}, code="gap")
    if kind == Text.Kind.SCRIPT:
        steps = wording.lines_of(words)
        if len(steps) > wording.MOST_STEPS:
            given = {"limit": wording.MOST_STEPS, "count": len(steps)}
            raise ValidationError(_("At most %(limit)d steps; these are %(count)d.") % given)
        if any(len(step) > wording.STEP_LIMIT for step in steps):
            raise ValidationError(_("At most %(limit)d characters a step.") % {"limit": wording.STEP_LIMIT})
    if kind == Text.Kind.CANNED and (unknown := wording.unknown_variables(words)):
        names = ", ".join(f"{{{name}}}" for name in unknown)
        raise ValidationError(_("Nothing is known to fill in for %(names)s.") % {"names": names})


def _plain(words: str) -> str:
    return words.replace("\r\n", "\n").strip()
