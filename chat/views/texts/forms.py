"""The form in which a company's texts are typed: one form, with the fields of the kind."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agency.domain import text as plain
from agency.domain.hours.hours import DEFAULT_ZONE
from agency.domain.sites.page_paths import MOST_PATTERNS, pattern_problem
from agency.views.fields import PATTERN_PROBLEMS, LineField, WordsField
from chat.domain.texts import wording
from chat.domain.texts.in_force import instants_of
from chat.models import Text
from chat.views.texts.words import LANGUAGE_NAMES
from tenants import clock

Kind = Text.Kind
_AS_TYPED = "%Y-%m-%dT%H:%M"
_HAS_BODY = frozenset(wording.LIMITS)
# Further ahead is a slip of the year.
_LONGEST_AHEAD = timedelta(days=366)
_HAS_PAGES = frozenset({Kind.GREETING, Kind.INVITATION})
# Of these the console or the widget shows a title, or nothing else would tell two apart.
_HAS_TITLE = frozenset({Kind.SCRIPT, Kind.CANNED, Kind.INSTRUCTION, Kind.NOTICE})


class MomentField(forms.CharField):
    """A day and a time on the clock of a zone, to come. A time that comes twice is the first of the two."""

    def __init__(self, **facts: Any) -> None:
        self.zone = DEFAULT_ZONE
        super().__init__(widget=forms.TextInput(attrs={"type": "datetime-local"}), **facts)

    def prepare_value(self, value: Any) -> Any:
        """Return the moment as the browser's field takes it."""
        return value.astimezone(ZoneInfo(self.zone)).strftime(_AS_TYPED) if isinstance(value, datetime) else value

    def clean(self, value: Any) -> datetime | None:
        """Return the instant."""
        words = str(super().clean(value)).replace(" ", "T")
        if not words:
            return None
        try:
            wall = datetime.strptime(words[:20], _AS_TYPED)  # noqa: DTZ007 -- the zone is the company's
        except ValueError:
            raise ValidationError(_("A day and a time, such as 2026-12-03 15:00.")) from None
        found = instants_of(wall, self.zone)
        now = clock.now()
        if not found:
            text = _("The clock is put forward that night: %(time)s doesn't exist. Choose an hour earlier or later.")
            raise ValidationError(text % {"time": f"{wall:%H:%M}"})
        if found[0] <= now:
            raise ValidationError(_("This moment has passed."))
        if found[0] > now + _LONGEST_AHEAD:
            raise ValidationError(_("At most a year ahead."))
        return found[0]


class TextForm(forms.Form):
    """A new version of a text, or a text that isn't there yet."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGE_NAMES)
    shortcut = LineField(
        label=gettext_lazy("Shortcut"),
        max_length=40,
        help_text=gettext_lazy("What an operator types behind the slash: /size. It stays."),
    )
    title = LineField(label=gettext_lazy("Title"), max_length=wording.TITLE_LIMIT)
    body = WordsField(label=gettext_lazy("Text"))
    patterns = WordsField(
        label=gettext_lazy("Pages"),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "input--code"}),
        help_text=gettext_lazy(
            "One path per line, such as /shoes/*. A star stands for anything; * alone is every page."
        ),
    )
    starts = WordsField(
        label=gettext_lazy("Questions to press"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text=gettext_lazy("One per line, at most 4. A press sends it as the first message."),
    )
    steps = WordsField(
        label=gettext_lazy("Steps"),
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy(
            "One per line, at most 30. A step that is reworded in its place stays ticked in chats that run."
        ),
    )
    why = LineField(
        label=gettext_lazy("Note for the operator"),
        max_length=wording.WHY_LIMIT,
        required=False,
        help_text=gettext_lazy("Stands beside the reply in the list; visitors never see it."),
    )
    until = MomentField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("From then on it is gone by itself. On the company's clock."),
    )
    greets = forms.BooleanField(
        label=gettext_lazy("Visitors read it too"),
        required=False,
        help_text=gettext_lazy("In the place of every greeting in this language, as long as it holds."),
    )
    major = forms.BooleanField(
        label=gettext_lazy("Everybody must be certified anew"),
        required=False,
        help_text=gettext_lazy(
            "For a change that operators must know. They have 7 days; after that they get no chats of this company."
        ),
    )
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, kind: str, zone: str, *args: Any, text: Text | None = None, **kwargs: Any) -> None:
        self.kind, self.text = kind, text
        if text is not None:
            kwargs.setdefault("initial", typed(text))
        super().__init__(*args, **kwargs)
        self.fields["until"].zone = zone  # type: ignore[attr-defined]
        for name in set(self.fields) - self._wanted():
            del self.fields[name]
        self.fields["title"].required = kind in _HAS_TITLE
        if kind not in _HAS_TITLE:
            self.fields["title"].help_text = _("For this list; visitors don't see it.")
        if kind in _HAS_BODY:
            self._shape_body()

    def _wanted(self) -> set[str]:
        wanted = {"title"} | ({"base"} if self.text is not None else {"language"})
        if self.kind in _HAS_BODY:
            wanted.add("body")
        if self.kind in _HAS_PAGES:
            wanted.add("patterns")
        if self.kind == Kind.GREETING:
            wanted.add("starts")
        if self.kind == Kind.SCRIPT:
            wanted.add("steps")
        if self.kind == Kind.CANNED:
            wanted |= {"why"} | ({"shortcut"} if self.text is None else set())
        if self.kind == Kind.INSTRUCTION and self.text is not None:
            wanted.add("major")
        if self.kind == Kind.NOTICE:
            wanted |= {"until", "greets"}
        return wanted

    def _shape_body(self) -> None:
        rows = {Kind.INSTRUCTION: 18, Kind.CANNED: 5}.get(Kind(self.kind), 3)
        self.fields["body"].widget.attrs |= {"rows": rows}
        if self.kind == Kind.CANNED:
            self.fields["body"].help_text = _(
                "{naam}, {operator} and {bedrijf} are filled in from the chat; in English {name} and {company}."
            )

    def clean_shortcut(self) -> str:
        """One word, in small letters."""
        value = str(self.cleaned_data["shortcut"]).strip().lstrip("/").lower()
        if not wording.SHORTCUT.match(value):
            raise ValidationError(_("One word of letters, digits and hyphens, such as size-swap."))
        return value

    def clean_body(self) -> str:
        """Words that can be stored, within the limit of the kind, with variables that have a value."""
        value, limit = plain.clean(self.cleaned_data["body"]), wording.LIMITS[self.kind]
        problem = plain.problem(value, limit)
        if problem == "too_long":
            given = {"limit": limit, "n": len(value)}
            raise ValidationError(_("At most %(limit)s characters; this is %(n)s.") % given)
        if problem is not None:
            raise ValidationError(_("There is a character in this that can't be stored."))
        unknown = wording.unknown_variables(value) if self.kind == Kind.CANNED else []
        if unknown:
            names = ", ".join(f"{{{name}}}" for name in unknown)
            raise ValidationError(_("Nothing is known to fill in for %(names)s.") % {"names": names})
        return value

    def clean_patterns(self) -> list[str]:
        """Paths, each usable."""
        lines = list(dict.fromkeys(self._lines("patterns", MOST_PATTERNS)))
        for line in lines:
            problem = pattern_problem(line)
            if problem:
                raise ValidationError(PATTERN_PROBLEMS[problem] % {"line": line[:60]})
        return lines

    def clean_starts(self) -> list[str]:
        """First questions that fit on a button."""
        return self._lines("starts", wording.MOST_STARTS, wording.START_LIMIT)

    def clean_steps(self) -> list[str]:
        """Steps an operator can read at a glance."""
        return self._lines("steps", wording.MOST_STEPS, wording.STEP_LIMIT)

    def words(self) -> dict[str, Any]:
        """Title, body and data, of a notice its end too, as a draft takes them."""
        given, data = self.cleaned_data, {}
        if self.kind in _HAS_PAGES:
            data["patterns"] = given["patterns"]
        if self.kind == Kind.GREETING:
            data["starts"] = given["starts"]
        if self.kind == Kind.NOTICE:
            data["greets"] = given["greets"]
        if self.kind == Kind.SCRIPT:
            held = self.text.data.get("steps", []) if self.text is not None else []
            old = [(step["key"], step["text"]) for step in held]
            steps = wording.keep_keys(old, given["steps"])
            data["steps"] = [{"key": key, "text": text} for key, text in steps]
        if given.get("why"):
            data["why"] = given["why"]
        before = self.text.body if self.text is not None else ""
        words = {"title": given["title"], "body": given.get("body", before), "data": data}
        return {**words, "until": given["until"]} if self.kind == Kind.NOTICE else words

    def _lines(self, name: str, most: int, longest: int | None = None) -> list[str]:
        lines = wording.lines_of(self.cleaned_data[name])
        if len(lines) > most:
            text = ngettext(
                "At most %(most)s line; this is %(n)s.",
                "At most %(most)s lines; this is %(n)s.",
                most,
            )
            raise ValidationError(text % {"most": most, "n": len(lines)})
        for line in lines:
            if longest is not None and len(line) > longest:
                given = {"line": line[:40], "limit": longest}
                raise ValidationError(_("“%(line)s…” is longer than %(limit)s characters.") % given)
        return lines


def typed(text: Text) -> dict[str, Any]:
    """A version as somebody would have typed it."""
    return {
        "language": text.language,
        "title": text.title,
        "body": text.body,
        "patterns": "\n".join(text.data.get("patterns", [])),
        "starts": "\n".join(text.data.get("starts", [])),
        "steps": "\n".join(step["text"] for step in text.data.get("steps", [])),
        "why": text.data.get("why", ""),
        "until": text.until,
        "greets": text.data.get("greets", False),
        "major": text.raises and text.published_at is None,
        "base": text.edition,
    }


class PublishForm(forms.Form):
    """When a draft takes force."""

    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[("now", gettext_lazy("Now")), ("at", gettext_lazy("At a moment"))],
        widget=forms.RadioSelect,
        initial="now",
    )
    at = MomentField(label=gettext_lazy("Moment"), required=False, help_text=gettext_lazy("On the company's clock."))
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, draft: Text, zone: str, *args: Any, **kwargs: Any) -> None:
        self.draft = draft
        kwargs["initial"] = {"when": "now", "base": draft.edition}
        super().__init__(*args, **kwargs)
        self.fields["at"].zone = zone  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Return a moment where one was asked for, before the draft's own end."""
        given = super().clean() or self.cleaned_data
        if given.get("when") != "at":
            given["at"] = None
        elif not given.get("at") and "at" not in self.errors:
            self.add_error("at", _("A day and a time, such as 2026-12-03 15:00."))
        until = self.draft.until
        if until is not None and (given.get("at") or clock.now()) >= until:
            self.add_error("at" if given.get("at") else "when", _("The notice would end before it begins."))
        return given
