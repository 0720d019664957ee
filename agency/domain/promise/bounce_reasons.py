"""Why offers were let pass: the trail's reasons brought down to a few, with their names and definitions as English
msgids.
"""

from collections.abc import Mapping
from enum import StrEnum

from agency.domain.promise.metrics import gettext_noop


class BounceReason(StrEnum):
    """What became of an offer that nobody accepted. The trail's own words begin as `STARTS` says."""

    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    LOST = "lost"
    SHIFT = "shift"
    TRANSFER = "transfer"
    OTHER = "other"


STARTS: Mapping[BounceReason, str] = {
    BounceReason.NO_ANSWER: "no answer",
    BounceReason.DECLINED: "declined",
    BounceReason.LOST: "lease ended",
    BounceReason.SHIFT: "shift ended",
    BounceReason.TRANSFER: "transfer",
}
NAMES: Mapping[BounceReason, str] = {
    BounceReason.NO_ANSWER: gettext_noop("No answer in 10 s"),
    BounceReason.DECLINED: gettext_noop("Declined"),
    BounceReason.LOST: gettext_noop("Connection lost"),
    BounceReason.SHIFT: gettext_noop("Shift ended"),
    BounceReason.TRANSFER: gettext_noop("Transfer not taken"),
    BounceReason.OTHER: gettext_noop("Another reason"),
}
DEFINITIONS: Mapping[BounceReason, str] = {
    BounceReason.NO_ANSWER: gettext_noop("it rang for 10 s and nobody pressed"),
    BounceReason.DECLINED: gettext_noop("the operator passed it on, with a reason if they gave one"),
    BounceReason.LOST: gettext_noop("the console wasn't heard for 15 s while it rang"),
    BounceReason.SHIFT: gettext_noop("the shift ended while it rang"),
    BounceReason.TRANSFER: gettext_noop("a colleague was asked to take an open chat over and didn't"),
    BounceReason.OTHER: gettext_noop("whatever else the trail says"),
}
