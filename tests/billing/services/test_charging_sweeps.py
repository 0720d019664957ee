"""The sweep that charges: page by page, several at once, killed in the middle."""

import threading
import uuid
from typing import Any

import pytest
from django.db import close_old_connections, connection, transaction

from agency.models import ChatRecord
from billing.models import Charge
from billing.services import charging, reconcile
from billing.services.charging import charge_settled
from tenants.models import Company
from tests.balie.steps.books import HOUR, assert_books_agree, lines
from tests.billing.services.settled import NOW, add_record, give_price


def test_pages_of_a_long_list_are_all_charged(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    give_price(acme)
    monkeypatch.setattr(charging, "PAGE", 3)
    visitor = uuid.uuid4()
    blocked = add_record(acme, NOW - HOUR, visitor_id=visitor, settled_at=None)
    for number in range(5):
        add_record(acme, NOW + number * HOUR, visitor_id=visitor)
    for number in range(8):
        add_record(acme, NOW + number * HOUR)
    # The first page holds nothing but chats that wait: the others have their turn all the same.
    assert charge_settled() == 8
    ChatRecord.objects.filter(pk=blocked.pk).update(settled_at=NOW)
    assert charge_settled() == 6
    assert_books_agree()


def test_chats_of_one_moment_are_each_looked_at_once(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    give_price(acme)
    for module in (charging, reconcile):
        monkeypatch.setattr(module, "PAGE", 3)
    visitor = uuid.uuid4()
    blocked = add_record(acme, NOW - HOUR, visitor_id=visitor, settled_at=None)
    wait = [add_record(acme, NOW, visitor_id=visitor).pk for _ in range(8)]
    assert charge_settled() == 0
    assert sorted(one.chat_id for one in reconcile.list_waiting()) == sorted(wait)
    ChatRecord.objects.filter(pk=blocked.pk).update(settled_at=NOW)
    assert charge_settled() == 9


def test_one_companys_fault_holds_up_no_other(acme: Company, zen: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    real = charging.list_rates

    def fail(company: Company) -> Any:
        if company == acme:
            raise ValueError("a price that can't be read")
        return real(company)

    give_price(acme)
    give_price(zen)
    add_record(acme)
    record = add_record(zen)
    monkeypatch.setattr(charging, "list_rates", fail)
    assert charge_settled() == 1
    assert lines(record)


def _sweep_in_thread(errors: list[BaseException], start: threading.Barrier) -> threading.Thread:
    def run() -> None:
        try:
            start.wait(10)
            charge_settled()
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)
        finally:
            close_old_connections()
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.usefixtures("committed")
def test_workers_at_the_same_time_charge_each_chat_once() -> None:
    acme, zen = Company.objects.get(slug="acme"), Company.objects.get(slug="zen")
    for company in (acme, zen):
        give_price(company)
        visitors = [uuid.uuid4() for _ in range(20)]
        for number in range(60):
            add_record(company, NOW + number * HOUR, visitor_id=visitors[number % 20])
    errors: list[BaseException] = []
    start = threading.Barrier(4, timeout=20)
    threads = [_sweep_in_thread(errors, start) for _ in range(4)]
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    # A sweep that finds a company taken leaves it to the one who has it.
    charge_settled()
    assert errors == []
    assert Charge.objects.count() == 120
    assert ChatRecord.objects.filter(charged=False).count() == 0
    assert_books_agree()


@pytest.mark.usefixtures("committed")
def test_a_worker_killed_in_the_middle_leaves_whole_pages_and_the_next_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    acme = Company.objects.get(slug="acme")
    give_price(acme)
    for number in range(10):
        add_record(acme, NOW + number * HOUR)
    monkeypatch.setattr(charging, "PAGE", 4)
    real, calls = charging.ChatRecord.objects.filter, []

    class Killed(BaseException):
        """The look of SIGKILL to the transaction: it ends, and nothing runs after it."""

    def die_on_second(*args: Any, **kwargs: Any) -> Any:
        # After the lines of the second page were inserted, before its records are marked.
        if "pk__in" in kwargs:
            calls.append(1)
            if len(calls) == 2:
                raise Killed
        return real(*args, **kwargs)

    monkeypatch.setattr(charging.ChatRecord.objects, "filter", die_on_second)
    with pytest.raises(Killed):
        charge_settled()
    monkeypatch.setattr(charging.ChatRecord.objects, "filter", real)
    assert Charge.objects.count() == ChatRecord.objects.filter(charged=True).count() == 4
    assert charge_settled() == 6
    assert Charge.objects.count() == 10
    assert_books_agree()


@pytest.mark.usefixtures("committed")
def test_a_ledger_that_another_worker_holds_is_left_to_it() -> None:
    acme = Company.objects.get(slug="acme")
    give_price(acme)
    add_record(acme)
    errors: list[BaseException] = []
    with transaction.atomic():
        assert charging.try_ledger(acme)
        thread = _sweep_in_thread(errors, threading.Barrier(1))
        thread.join(20)
        assert not thread.is_alive()
        assert Charge.objects.count() == 0
    assert charge_settled() == 1
    assert errors == []
