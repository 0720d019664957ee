"""Many ask at the same moment for mail to one address."""

import threading
from functools import partial

from agency.models import OutboxRow, PoolEntry
from chat.services.mail.transcripts import CannotAsk
from tenants.models import Company
from tests.chat.services.mail.test_transcripts import ask, closed_chats
from tests.chat.services.stage import sit
from tests.concurrency.threads import in_threads


def test_parallel_asks_do_not_pass_the_limit(committed: None) -> None:
    acme = Company.objects.get(slug="acme")
    sit("alice@balie.test")
    OutboxRow.objects.all().delete()
    entries = closed_chats(9)
    together, codes = threading.Barrier(9, timeout=20), []

    def one(entry: PoolEntry) -> None:
        together.wait()
        try:
            ask(acme, entry, "jan@voorbeeld.example")
            codes.append("done")
        except CannotAsk as problem:
            codes.append(problem.code)

    in_threads(*[partial(one, entry) for entry in entries])
    assert sorted(codes) == ["done"] * 5 + ["too_many"] * 4
    assert OutboxRow.objects.count() == 5
