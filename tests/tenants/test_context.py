"""Whose rows a query reads. Each habit here leaked another company's row with the stock backend, or would."""

import asyncio
import contextlib
import contextvars
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.db import ProgrammingError, connection, transaction

from chat.models import Text, Visitor
from tenants.context import (
    LeakedQuery,
    Schema,
    WrongTenant,
    current_schema,
    in_company,
    in_no_company,
    run_in,
)
from tenants.models import Company

ACME, ZEN = Schema("t_acme"), Schema("t_zen")
BOTH = (ACME, ZEN)

pytestmark = pytest.mark.usefixtures("committed")


def read() -> str:
    """Return the one script of the company we are in. It names its company."""
    return Text.objects.get(kind=Text.Kind.SCRIPT).body


@transaction.atomic
def read_and_roll_back() -> None:
    """Set the path for acme in a transaction, or a savepoint, that doesn't last."""
    assert read() == script(ACME)
    raise KeyError


def script(of: Schema) -> str:
    """Return what `read` must say there."""
    return {"t_acme": "LEAK-acme-script", "t_zen": "LEAK-zen-script"}[of.schema_name]


@pytest.fixture
def unchecked(settings: Any) -> None:
    """The mark of a schema is looked up by a query, which an event loop's thread may not make."""
    settings.CHECK_TENANT_SELF = False


@pytest.mark.usefixtures("unchecked")
async def test_two_consumers_that_enter_and_read_in_turns_read_their_own() -> None:
    entered = {company: asyncio.Event() for company in BOTH}

    async def consumer(own: Schema, other: Schema) -> str:
        with in_company(own):
            entered[own].set()
            await entered[other].wait()
            return (await Text.objects.aget(kind=Text.Kind.SCRIPT)).body

    got = await asyncio.gather(consumer(ACME, ZEN), consumer(ZEN, ACME))
    assert got == [script(ACME), script(ZEN)]


async def test_a_tenant_set_in_one_hop_is_still_that_task_s_in_the_next() -> None:
    """The tutorial's habit: set_tenant() in connect(), queries later, other sockets in between."""
    entered = {company: asyncio.Event() for company in BOTH}

    async def consumer(own: Schema, other: Schema) -> str:
        await database_sync_to_async(lambda: connection.set_schema(own.schema_name))()
        entered[own].set()
        await entered[other].wait()
        return await database_sync_to_async(read)()

    got = await asyncio.gather(asyncio.create_task(consumer(ACME, ZEN)), asyncio.create_task(consumer(ZEN, ACME)))
    assert got == [script(ACME), script(ZEN)]


@pytest.mark.usefixtures("unchecked")
async def test_a_task_that_sets_nothing_reads_nothing() -> None:
    """Even on the worker thread and the connection that served somebody just before."""

    async def earlier() -> str:
        with in_company(ACME):
            return await sync_to_async(read)()

    async def later() -> Any:
        return await sync_to_async(read)()

    loop = asyncio.get_running_loop()
    assert await loop.create_task(earlier(), context=contextvars.Context()) == script(ACME)
    with pytest.raises(ProgrammingError, match="chat_text"):
        await loop.create_task(later(), context=contextvars.Context())


@pytest.mark.usefixtures("unchecked")
async def test_150_interleaved_hops_see_the_schema_of_their_own_task() -> None:
    async def task(company: Schema) -> list[str | None]:
        seen = []
        for _ in range(50):
            with in_company(company):
                await asyncio.sleep(0)
                seen.append(await sync_to_async(current_schema)())
        return seen

    companies = (ACME, ZEN, Schema("t_acme"))
    got = await asyncio.gather(*[asyncio.create_task(task(company)) for company in companies])
    assert got == [[company.schema_name] * 50 for company in companies]


async def test_1000_reads_of_two_companies_over_threads_are_all_right() -> None:
    wanted = [BOTH[number % 2] for number in range(1000)]
    got = await asyncio.gather(*[run_in(company, read) for company in wanted])
    assert got == [script(company) for company in wanted]


def test_a_thread_has_no_company_of_its_maker() -> None:
    with in_company(ACME), ThreadPoolExecutor(1) as pool:
        assert pool.submit(current_schema).result() is None


def test_a_chat_table_without_a_company_is_not_there() -> None:
    with in_company(ACME):
        assert read() == script(ACME)
    with pytest.raises(ProgrammingError, match="chat_text"):
        read()
    with in_company(ZEN), in_no_company(), pytest.raises(ProgrammingError, match="chat_text"):
        read()


def test_nested_companies_come_back_in_turn() -> None:
    with in_company(ACME):
        with in_company(ZEN):
            assert read() == script(ZEN)
        assert read() == script(ACME)
    assert current_schema() is None


def test_an_error_in_the_block_leaves_no_company_behind() -> None:
    with pytest.raises(KeyError), in_company(ACME):
        raise KeyError
    assert current_schema() is None


def test_after_a_rollback_the_path_is_set_afresh() -> None:
    """PostgreSQL takes a SET back with the transaction that made it."""
    with in_company(ZEN):
        assert read() == script(ZEN)
    with in_company(ACME):
        with pytest.raises(KeyError):
            read_and_roll_back()
        assert read() == script(ACME)


def test_after_a_rollback_to_a_savepoint_the_path_is_set_afresh() -> None:
    with transaction.atomic():
        with in_company(ZEN):
            assert read() == script(ZEN)
        with in_company(ACME):
            with pytest.raises(KeyError):
                read_and_roll_back()
            assert read() == script(ACME)


def test_a_driver_s_own_cursor_on_a_fresh_checkout_has_no_company() -> None:
    """A query that bypasses Django bypasses the search path too. The pool must hand out nobody's."""

    def roll_back() -> None:
        with contextlib.suppress(KeyError), transaction.atomic():
            read()
            raise KeyError

    for act in (read, roll_back):
        connection.close()
        connection.close_pool()
        with in_company(ZEN):
            act()
        connection.close()
        # The pool is new and all its connections were at most this one's: the same comes back.
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:
            cursor.execute("SHOW search_path")
            (path,) = cursor.fetchone()
        assert "t_zen" not in path


def test_a_query_made_in_one_company_is_refused_in_another() -> None:
    with in_company(ACME):
        scripts = Text.objects.filter(kind=Text.Kind.SCRIPT)
    with in_company(ZEN), pytest.raises(WrongTenant, match=r"t_acme.*t_zen"):
        list(scripts)
    with pytest.raises(WrongTenant, match="t_acme"):
        scripts.count()
    with in_company(ZEN), pytest.raises(WrongTenant):
        scripts.update(body="mine now")
    with in_company(ACME):
        assert scripts.get().body == script(ACME)


def test_a_query_through_a_relation_is_refused_too() -> None:
    with in_company(ACME):
        chats = Visitor().chats.all()
    with in_company(ZEN), pytest.raises(WrongTenant):
        chats.exists()


@pytest.mark.parametrize(
    "leak",
    [
        Text.objects.all,
        lambda: Text.objects,
        lambda: (text for text in Text.objects.all()),
        lambda: Text.objects.values_list("body", flat=True),
    ],
    ids=["queryset", "manager", "generator", "values"],
)
async def test_no_lazy_read_leaves_run_in(leak: Any) -> None:
    with pytest.raises(LeakedQuery):
        await run_in(ACME, leak)


async def test_run_in_gives_back_what_was_read_and_leaves_nothing() -> None:
    assert await run_in(ACME, lambda: [text.body for text in Text.objects.filter(kind="script")]) == [script(ACME)]
    assert current_schema() is None


@pytest.mark.usefixtures("unchecked")
async def test_run_in_none_leaves_the_company_it_was_called_in() -> None:
    with in_company(ACME):
        assert await run_in(None, current_schema) is None
        assert current_schema() == "t_acme"


def test_a_schema_that_holds_another_company_s_mark_is_refused(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE t_acme.tenant_self SET schema_name = 't_zen'")
    with pytest.raises(WrongTenant, match="t_acme holds the mark of t_zen"), in_company(ACME):
        read()
    assert current_schema() is None


def test_a_company_that_isn_t_there_is_refused() -> None:
    with pytest.raises(ProgrammingError, match="tenant_self"), in_company(Schema("t_nobody")):
        read()


def test_every_chat_model_reads_through_the_guarded_queryset() -> None:
    """A model with a plain manager would read lazily under the wrong company without a word."""
    from django.apps import apps

    from tenants.context import TenantQuerySet

    for model in apps.get_app_config("chat").get_models():
        for manager in (model._default_manager, model._base_manager):
            assert issubclass(manager._queryset_class, TenantQuerySet), model


def test_ready_companies_are_the_cast(db: None) -> None:
    """The rest of this file relies on it."""
    assert set(Company.objects.values_list("schema_name", flat=True)) == {"t_acme", "t_zen"}
