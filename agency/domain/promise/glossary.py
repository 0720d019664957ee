"""The figures of a service report in words, one place per figure: name, definition, and where its value is.

Page, CSV and glossary are made of these, in this order; docs/reports.md prints them.
"""

from agency.domain.promise.metrics import Kind, Level, Metric, gettext_noop

_METRICS: list[Metric] = []


def _metric(key: str, kind: Kind, name: str, definition: str, attribute: str | None = None) -> None:
    def value(level: Level) -> float | None:
        found: float | None = getattr(level, attribute or key)
        return found

    _METRICS.append(Metric(key, name, definition, kind, value))


_metric(
    "offered",
    "count",
    gettext_noop("Offered"),
    gettext_noop("Finished chats that began within opening hours, without spam."),
)
_metric(
    "answered",
    "count",
    gettext_noop("Answered"),
    gettext_noop(
        "A person wrote a text. A greeting, a text sent by itself, typing, accepting and a bot are no answer."
    ),
)
_metric(
    "within_promise",
    "count",
    gettext_noop("Within the promise"),
    gettext_noop(
        "Answered within the seconds promised when the chat began, from the visitor's first message to the first "
        "text of a person, by the server's clock."
    ),
)
_metric(
    "within_20",
    "count",
    gettext_noop("Within 20 s"),
    gettext_noop("Answered within 20 seconds, whatever was promised."),
)
_metric(
    "within_30",
    "count",
    gettext_noop("Within 30 s"),
    gettext_noop("Answered within 30 seconds, whatever was promised."),
)
_metric(
    "missed",
    "count",
    gettext_noop("Missed"),
    gettext_noop("No text of a person and no short visit: abandoned, or closed by our side without an answer."),
)
_metric(
    "abandoned",
    "count",
    gettext_noop("Abandoned"),
    gettext_noop("The visitor left after more than 5 seconds without an answer."),
)
_metric(
    "closed_unanswered",
    "count",
    gettext_noop("Closed without an answer"),
    gettext_noop("Our side ended the chat without a text: by hand, or because nobody was there."),
)
_metric(
    "short_abandons",
    "count",
    gettext_noop("Short visits"),
    gettext_noop(
        "The visitor left within 5 seconds without an answer: nobody could have answered. Not in the share kept."
    ),
)
_metric(
    "service_level",
    "share",
    gettext_noop("Kept"),
    gettext_noop(
        "Answered within the promise, divided by answered plus unanswered after it: left later than the promised "
        "seconds, or closed by our side."
    ),
)
_metric(
    "service_level_20",
    "share",
    gettext_noop("Kept at 20 s"),
    gettext_noop("The same formula at 20 seconds."),
)
_metric(
    "service_level_30",
    "share",
    gettext_noop("Kept at 30 s"),
    gettext_noop("The same formula at 30 seconds."),
)
_metric(
    "strict",
    "share",
    gettext_noop("Strict"),
    gettext_noop("Answered within the promise, divided by everything offered: who left counts however soon."),
)
_metric(
    "response_p50",
    "seconds",
    gettext_noop("First response p50"),
    gettext_noop(
        "Half of the answered chats had their first text of a person within this; p90 and p95: 90 and 95 of a "
        "hundred. Each is a wait that happened (nearest rank)."
    ),
)
_metric(
    "response_p90",
    "seconds",
    gettext_noop("First response p90"),
    gettext_noop("90 of a hundred answered chats had their first text of a person within this."),
)
_metric(
    "response_p95",
    "seconds",
    gettext_noop("First response p95"),
    gettext_noop("95 of a hundred answered chats had their first text of a person within this."),
)
_metric(
    "duration_p50",
    "seconds",
    gettext_noop("Duration p50"),
    gettext_noop("From the visitor's first message to the end, of answered chats."),
)
_metric(
    "duration_p90",
    "seconds",
    gettext_noop("Duration p90"),
    gettext_noop("90 of a hundred answered chats ended within this."),
)
_metric(
    "handle_seconds",
    "seconds",
    gettext_noop("Handling time"),
    gettext_noop("Mean from accepting to the end of wrap-up, of chats that are wrapped up."),
)
_metric(
    "concurrency",
    "number",
    gettext_noop("At once"),
    gettext_noop(
        "Mean number of chats the operator held when accepting, this one included. Handling time grows with it."
    ),
)
_metric(
    "satisfaction",
    "share",
    gettext_noop("Satisfied"),
    gettext_noop("Good ratings divided by ratings; in hours and outside them."),
)
_metric("good", "count", gettext_noop("Rated good"), gettext_noop("The visitor was helped well."))
_metric(
    "rated",
    "count",
    gettext_noop("Rated"),
    gettext_noop("The visitor gave a rating; a later one replaces it."),
)
_metric(
    "askable",
    "count",
    gettext_noop("Could rate"),
    gettext_noop("Finished chats without spam, also those outside opening hours."),
)
_metric(
    "out_of_hours",
    "count",
    gettext_noop("Out of hours"),
    gettext_noop("Began outside opening hours, when nothing is promised. Not in the counts and shares of the promise."),
)
_metric(
    "spam",
    "count",
    gettext_noop("Spam"),
    gettext_noop("Marked as spam, in wrap-up or later. In no other figure."),
)
_metric(
    "tests",
    "count",
    gettext_noop("Tests"),
    gettext_noop(
        "Wrapped up as a test. In the other figures too: an operator's own choice must not take a chat out of them."
    ),
)

METRICS: tuple[Metric, ...] = tuple(_METRICS)
BY_KEY: dict[str, Metric] = {metric.key: metric for metric in METRICS}
