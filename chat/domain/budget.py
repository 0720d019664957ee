"""How fast one person may write in one chat."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Clocks that differ by less give nothing extra; a clock that was put back by more begins anew.
PUT_BACK = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Budget:
    """`rate` messages a second, and up to `burst` at once.

    All that is kept of what was spent is one moment: when the budget is whole again. So it fits the chat's own row,
    which every message locks and moves anyway, and it holds over all sockets and processes.
    """

    rate: float
    burst: float

    def spend(self, whole_at: datetime | None, now: datetime) -> datetime | None:
        """Return when the budget is whole again after another message, or None if there is nothing left for it.

        Args:
            whole_at: when it would have been whole without this message; None if nothing was ever spent.
        """
        span = timedelta(seconds=self.burst / self.rate)
        if whole_at is None or whole_at - now > span + PUT_BACK:
            # Nobody can spend that much: the clock was put back since, and the chat would be shut for as long.
            whole_at = now
        after = max(whole_at, now) + timedelta(seconds=1 / self.rate)
        return after if after - now <= span else None
