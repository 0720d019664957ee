"""The ledger's words: each reason, and each reason to wait, in one place for pages, files and mails."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.domain.pricing import PRECEDENCE, Reason
from billing.domain.turns import Wait


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """A reason on a line, and what it means at the foot of the page."""

    short: Promise
    meaning: Promise


REASONS: Mapping[Reason, ReasonWords] = {
    Reason.BILLABLE: ReasonWords(
        _("Billed"),
        _("The visitor wrote at least once and a person answered, in hours; none of the reasons below applies."),
    ),
    Reason.SPAM: ReasonWords(_("Spam"), _("Marked as spam, at the end of the chat or later.")),
    Reason.TEST: ReasonWords(_("Test"), _("A chat to try things out.")),
    Reason.WRONG_SITE: ReasonWords(_("Wrong site"), _("The visitor meant to reach another company.")),
    Reason.NO_VISITOR_TEXT: ReasonWords(_("Visitor wrote nothing"), _("Only our greeting was shown.")),
    Reason.NO_HUMAN_TEXT: ReasonWords(_("Not answered"), _("No person wrote in it. A missed chat is never billed.")),
    Reason.REPEAT: ReasonWords(
        _("Repeat"),
        _(
            "The same visitor or mail address came back within 24 hours of the end of a billed chat, or "
            "had two at once. "
            "A repeat doesn't extend the 24 hours."
        ),
    ),
    Reason.OUTSIDE_HOURS: ReasonWords(
        _("Outside hours"), _("The visitor's first message came outside the agreed hours.")
    ),
    Reason.NOT_SPAM: ReasonWords(_("Not spam after all"), _("Marked as spam before; now judged like any other chat.")),
}

WAITS: Mapping[Wait, Promise] = {
    Wait.NO_PRICE: _("No price yet on the day it ended"),
    Wait.EARLIER_UNCHARGED: _("Waits for an earlier chat with the same visitor"),
    Wait.EARLIER_UNFINISHED: _("Waits for an earlier chat that is still going on"),
}


def list_definitions() -> list[tuple[Reason, ReasonWords]]:
    """The reasons a chat can have, in the order in which they go before one another, `billed` first."""
    order = (Reason.BILLABLE, *(reason for reason in PRECEDENCE if reason != Reason.BILLABLE))
    return [(reason, REASONS[reason]) for reason in order]
