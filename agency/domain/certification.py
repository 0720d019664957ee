"""Whether a certification counts, and until when: by instruction version and by date, each with a week's grace."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Grace: an operator certified for the version before the newest, or whose date has passed, may go on for a week.
GRACE = timedelta(days=7)
# So long before its last day a certification is shown as about to expire: time to plan one talk a week.
SOON = timedelta(days=30)

CURRENT, IN_GRACE, EXPIRED = "current", "grace", "expired"
VERSION, DATE = "version", "date"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a certification stands.

    `state`: current, grace or expired. `until`: when it ends (current: the date that was set, without grace; grace: the
    last moment it counts; expired: the moment it stopped counting); None where no end is set. `reason`: version or
    date, what ends it; "" where nothing does.
    """

    state: str
    until: datetime | None
    reason: str

    @property
    def counts(self) -> bool:
        """Whether chats of the company may be offered."""
        return self.state != EXPIRED

    def ends_soon(self, now: datetime) -> bool:
        """Whether it counts now and ends soon."""
        return self.counts and self.until is not None and self.until <= now + SOON


def judge_certification(
    *, major: int, newest: int, changed_at: datetime, expires_at: datetime | None, now: datetime
) -> Standing:
    """Judge one certification.

    Args:
        major: the instruction version it was given for.
        newest: the company's newest major version, in force since `changed_at`.
        expires_at: its date; None: it lasts until a newer version.
    """
    standings = (_by_version(major, newest, changed_at, now), _by_date(expires_at, now))
    worst = max(standings, key=lambda one: _SEVERITY[one.state])
    same = [one for one in standings if one.state == worst.state and one.until is not None]
    # Of two ends the earlier one is felt; of two that fall together the version is what must be learnt.
    return min(same, key=lambda one: one.until or now, default=worst)


_SEVERITY = {CURRENT: 0, IN_GRACE: 1, EXPIRED: 2}


def _by_version(major: int, newest: int, changed_at: datetime, now: datetime) -> Standing:
    if major >= newest:
        return Standing(CURRENT, None, "")
    if major < newest - 1:
        return Standing(EXPIRED, changed_at, VERSION)
    last = changed_at + GRACE
    return Standing(IN_GRACE if now < last else EXPIRED, last, VERSION)


def _by_date(expires_at: datetime | None, now: datetime) -> Standing:
    if expires_at is None:
        return Standing(CURRENT, None, "")
    if now < expires_at:
        return Standing(CURRENT, expires_at, DATE)
    last = expires_at + GRACE
    return Standing(IN_GRACE if now < last else EXPIRED, last, DATE)
