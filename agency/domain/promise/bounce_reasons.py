"""Why offers were let pass, as a report names it: the codes that the trail has for it, with names and definitions as
English msgids, whose numbers `agency.services.constants` fills in. A code that isn't here counts as `other`.
"""

from collections.abc import Mapping

from agency.domain.pool import trail_reasons
from agency.domain.words import gettext_noop

NAMES: Mapping[str, str] = {
    trail_reasons.no_answer.code: gettext_noop("No answer in {offer} s"),
    trail_reasons.declined.code: gettext_noop("Declined"),
    trail_reasons.lease_ended.code: gettext_noop("Connection lost"),
    trail_reasons.shift_ended.code: gettext_noop("Shift ended"),
    trail_reasons.transfer_passed.code: gettext_noop("Transfer not taken"),
    trail_reasons.other.code: gettext_noop("Another reason"),
}
DEFINITIONS: Mapping[str, str] = {
    trail_reasons.no_answer.code: gettext_noop("it rang for {offer} s and nobody pressed"),
    trail_reasons.declined.code: gettext_noop("the operator passed it on, with a reason if they gave one"),
    trail_reasons.lease_ended.code: gettext_noop("the console wasn't heard for {lease} s while it rang"),
    trail_reasons.shift_ended.code: gettext_noop("the shift ended while it rang"),
    trail_reasons.transfer_passed.code: gettext_noop("a colleague was asked to take an open chat over and didn't"),
    trail_reasons.other.code: gettext_noop("whatever else the trail says"),
}
