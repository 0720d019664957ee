"""Every figure of a service report, each in one place: formula, name, definition, unit and the tables that show it.

`Level` holds what became of the chats of a day, a period or a company. Its fields are counted in SQL
(agency/services/reports/verdict_sql.py and levels.py; a test holds that SQL against the rules, on random facts), its
properties are worked out of them. `@figure` and `counted` list what is shown: page, CSV and the page's glossary are
made of `FIGURES`, in the order of this file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from agency.domain.promise.causes import CAUSE_DEFINITIONS, CAUSE_NAMES, Cause
from agency.domain.promise.figure_registry import LISTED, Figure, Heading, counted, figure
from agency.domain.promise.shares import ratio, wilson
from agency.domain.words import gettext_noop as _

# Under this many chats a share of the promise is counts and an interval, no percentage; a cell of the heat map has no
# colour then, as 2 late of 4 is chance and no pattern.
FEW = 30


@dataclass(frozen=True, slots=True)
class Level:
    """Counts of the chats of a day, a period or a company, and the figures made of them.

    All but satisfaction and what is counted apart: within opening hours, no spam. `lost_after_*` are the unanswered
    ones in the service level's denominator: left after T, or closed by our side.
    """

    offered: int = counted(
        _("Offered"),
        _("Finished chats that began within opening hours, without spam."),
        Heading.PROMISE,
        companies=Heading.PROMISE,
        explained=True,
    )
    answered: int = counted(
        _("Answered"),
        _("A person wrote a text. A greeting, a text sent by itself, typing, accepting and a bot are no answer."),
        Heading.PROMISE,
        companies=Heading.PROMISE,
        explained=True,
    )
    within_promise: int = counted(
        _("Within the promise"),
        _(
            "Answered within the seconds promised when the chat began, from the visitor's first message to the first "
            "text of a person, by the server's clock."
        ),
        Heading.PROMISE,
        companies=Heading.PROMISE,
        explained=True,
    )
    within_20: int = counted(_("Within 20 s"), _("Answered within 20 seconds, whatever was promised."), Heading.PROMISE)
    within_30: int = counted(_("Within 30 s"), _("Answered within 30 seconds, whatever was promised."), Heading.PROMISE)

    @property
    @figure(
        _("Kept"),
        _(
            "Answered within the promise, divided by answered plus unanswered after it: left later than the promised "
            "seconds, or closed by our side."
        ),
        Heading.PROMISE,
        companies=Heading.PROMISE,
        judged=True,
        explained=True,
    )
    def service_level(self) -> float | None:
        """Share kept, by formula 4, each chat measured by the promise in force when it began."""
        return ratio(self.within_promise, self.base)

    @property
    @figure(_("Kept at 20 s"), _("The same formula at 20 seconds."), Heading.PROMISE, judged=True)
    def service_level_20(self) -> float | None:
        """The same formula at 20 s, whatever was promised."""
        return ratio(self.within_20, self.answered + self.lost_after_20)

    @property
    @figure(_("Kept at 30 s"), _("The same formula at 30 seconds."), Heading.PROMISE, judged=True)
    def service_level_30(self) -> float | None:
        """The same formula at 30 s."""
        return ratio(self.within_30, self.answered + self.lost_after_30)

    @property
    @figure(
        _("Strict"),
        _("Answered within the promise, divided by everything offered: who left counts however soon."),
        Heading.PROMISE,
        companies=Heading.PROMISE,
        judged=True,
        explained=True,
    )
    def strict(self) -> float | None:
        """Share of all offered chats, so that who left counts however soon (formula 3)."""
        return ratio(self.within_promise, self.offered)

    @property
    @figure(
        _("Missed"),
        _("No text of a person and no short visit: abandoned, or closed by our side without an answer."),
        Heading.NOT_ANSWERED,
        unit="count",
        companies=Heading.PROMISE,
        explained=True,
    )
    def missed(self) -> int:
        """No human text and not a short abandon: whoever ended it."""
        return self.abandoned + self.closed_unanswered

    abandoned: int = counted(
        _("Abandoned"),
        _("The visitor left after more than {short} s without an answer."),
        Heading.NOT_ANSWERED,
    )
    closed_unanswered: int = counted(
        _("Closed without an answer"),
        _("Our side ended the chat without a text: by hand, or because nobody was there."),
        Heading.NOT_ANSWERED,
    )
    short_abandons: int = counted(
        _("Short visits"),
        _("The visitor left within {short} s without an answer: nobody could have answered. Not in the share kept."),
        Heading.NOT_ANSWERED,
        explained=True,
    )
    response_p50: float | None = counted(
        _("First response p50"),
        _(
            "Half of the answered chats had their first text of a person within this; p90 and p95: 90 and 95 of a "
            "hundred. Each is a wait that happened (nearest rank)."
        ),
        Heading.TIME,
        unit="seconds",
        companies=Heading.TIME,
        explained=True,
    )
    response_p90: float | None = counted(
        _("First response p90"),
        _("90 of a hundred answered chats had their first text of a person within this."),
        Heading.TIME,
        unit="seconds",
        companies=Heading.TIME,
    )
    response_p95: float | None = counted(
        _("First response p95"),
        _("95 of a hundred answered chats had their first text of a person within this."),
        Heading.TIME,
        unit="seconds",
        companies=Heading.TIME,
    )
    duration_p50: float | None = counted(
        _("Duration p50"),
        _("From the visitor's first message to the end, of answered chats."),
        Heading.TIME,
        unit="seconds",
        explained=True,
    )
    duration_p90: float | None = counted(
        _("Duration p90"),
        _("90 of a hundred answered chats ended within this."),
        Heading.TIME,
        unit="seconds",
    )
    handle_seconds: float | None = counted(
        _("Handling time"),
        _("Mean from accepting to the end of wrap-up, of chats that are wrapped up."),
        Heading.TIME,
        unit="seconds",
        explained=True,
    )
    concurrency: float | None = counted(
        _("At once"),
        _("Mean number of chats the operator held when accepting, this one included. Handling time grows with it."),
        Heading.TIME,
        unit="number",
        explained=True,
    )

    @property
    @figure(
        _("Satisfied"),
        _("Good ratings divided by ratings; in hours and outside them."),
        Heading.SATISFACTION,
        companies=Heading.SATISFACTION,
        explained=True,
    )
    def satisfaction(self) -> float | None:
        """Good of rated."""
        return ratio(self.good, self.rated)

    good: int = counted(_("Rated good"), _("The visitor was helped well."), Heading.SATISFACTION)
    rated: int = counted(
        _("Rated"),
        _("The visitor gave a rating; a later one replaces it."),
        Heading.SATISFACTION,
        companies=Heading.SATISFACTION,
        explained=True,
    )
    askable: int = counted(
        _("Could rate"),
        _("Finished chats without spam, also those outside opening hours."),
        Heading.SATISFACTION,
        explained=True,
    )
    out_of_hours: int = counted(
        _("Out of hours"),
        _("Began outside opening hours, when nothing is promised. Not in the counts and shares of the promise."),
        Heading.APART,
        explained=True,
    )
    spam: int = counted(
        _("Spam"),
        _("Marked as spam, in wrap-up or later. In no other figure."),
        Heading.APART,
        explained=True,
    )
    tests: int = counted(
        _("Tests"),
        _("Wrapped up as a test. In the other figures too: an operator's own choice must not take a chat out of them."),
        Heading.APART,
        explained=True,
    )
    # No figures of their own: what others are worked out of.
    lost_after_promise: int = 0
    lost_after_20: int = 0
    lost_after_30: int = 0
    missed_by: Mapping[Cause, int] = field(default_factory=dict)
    late_by: Mapping[Cause, int] = field(default_factory=dict)
    response_max: float | None = None
    handled: int = 0

    @property
    def late(self) -> int:
        """Answered, after the promised seconds."""
        return self.answered - self.within_promise

    @property
    def base(self) -> int:
        """The denominator of the service level at the promise."""
        return self.answered + self.lost_after_promise

    @property
    def is_few(self) -> bool:
        """Whether there are chats to judge by, but too few for a percentage."""
        return 0 < self.base < FEW

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the service level lies with 95 % confidence."""
        return wilson(self.within_promise, self.base)

    @property
    def satisfaction_interval(self) -> tuple[float, float] | None:
        """Where satisfaction lies with 95 % confidence."""
        return wilson(self.good, self.rated)

    @property
    def response_rate(self) -> float | None:
        """Rated of those who could be asked."""
        return ratio(self.rated, self.askable)


def _missed_by(cause: Cause) -> Figure:
    return Figure(
        name=CAUSE_NAMES[cause],
        definition=CAUSE_DEFINITIONS[cause],
        block=Heading.CAUSES,
        key=f"missed_{cause}",
        read=lambda level: level.missed_by.get(cause, 0),
    )


for _field in fields(Level):
    if "figure" in _field.metadata:
        _field.metadata["figure"].key = _field.name

_ORDER = list(Heading)
FIGURES: tuple[Figure, ...] = tuple(
    sorted([*LISTED, *map(_missed_by, CAUSE_NAMES)], key=lambda figure: _ORDER.index(figure.block))
)
