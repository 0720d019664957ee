"""The registry of a service report's figures, which `figures.py` beside it fills by `figure` and `counted`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeVar

from agency.domain.words import gettext_noop

Unit = Literal["count", "share", "seconds", "number"]
# The unit behind a column's name where its cells hold bare numbers.
UNIT_SIGNS: Mapping[Unit, str] = {"count": "", "share": " (%)", "seconds": " (s)", "number": ""}


class Heading(StrEnum):
    """Headings above the columns of the tables, as English msgids."""

    PROMISE = gettext_noop("Promise")
    NOT_ANSWERED = gettext_noop("Not answered")
    CAUSES = gettext_noop("Missed, by cause")
    TIME = gettext_noop("Time")
    SATISFACTION = gettext_noop("Satisfaction")
    APART = gettext_noop("Apart")


@dataclass(slots=True, kw_only=True)
class Figure:
    """One figure in words and its place in the tables. `name` and `definition` are English msgids, whose
    numbers `agency.services.constants` fills in.

    `block`: its heading in the table of days. `companies`: its heading in the table of companies, None if it isn't
    there. `judged`: a share that is read against the promised one. `explained`: the page's glossary has it; a column's
    title has its definition anyway. `read`: its value, if it isn't the attribute of `Level` under its key.
    """

    name: str
    definition: str
    block: Heading
    unit: Unit = "count"
    companies: Heading | None = None
    judged: bool = False
    explained: bool = False
    key: str = ""
    read: Callable[[Any], float] | None = None

    def value(self, level: Any) -> float | None:
        """Return this figure of a level, or None where there is nothing to measure."""
        found: float | None = self.read(level) if self.read else getattr(level, self.key)
        return found


# In the order in which they are written down.
LISTED: list[Figure] = []
Property = TypeVar("Property", bound=Callable[..., Any])


def figure(
    name: str, definition: str, block: Heading, unit: Unit = "share", **shown: Any
) -> Callable[[Property], Property]:
    """List a property of `Level` as a figure. It stands under `@property`. `shown`: the rest of `Figure`."""

    def listed(formula: Property) -> Property:
        LISTED.append(Figure(name=name, definition=definition, block=block, unit=unit, key=formula.__name__, **shown))
        return formula

    return listed


def counted(name: str, definition: str, block: Heading, unit: Unit = "count", **shown: Any) -> Any:
    """List a field of `Level` as a figure: 0 where nothing was counted, None where nothing could be measured."""
    described = Figure(name=name, definition=definition, block=block, unit=unit, **shown)
    LISTED.append(described)
    return field(default=0 if unit == "count" else None, metadata={"figure": described})
