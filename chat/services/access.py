"""The one door to a chat for somebody. Absent and forbidden look alike."""

from uuid import UUID

from agency.models import Assignment, PoolEntry
from agency.services.certification.valid_certificates import list_certified_companies
from tenants import clock, memory
from tenants.context import run_in
from tenants.models import Company

# The chats of some days, about 5 MB.
_MOST = 20_000
# That an operator once held a chat never becomes untrue, so it is remembered with the schema; whether they
# may write now is judged on the locked entry at each message.
_schemas: dict[tuple[UUID, UUID], str] = memory.bounded(_MOST)


def find_entry_for_operator(operator_id: UUID, chat_id: UUID) -> PoolEntry | None:
    """The live entry of a chat this operator holds, or None."""
    return PoolEntry.objects.select_related("company").filter(pk=chat_id, operator=operator_id).first()


def find_company_for_operator(operator_id: UUID, company_id: UUID) -> Company | None:
    """The company if this operator is certified for it or holds a chat of it, or None."""
    holds = PoolEntry.objects.filter(operator=operator_id, company=company_id).exists()
    if holds or company_id in list_certified_companies(operator_id, clock.now()):
        found: Company | None = Company.objects.filter(pk=company_id, ready=True).first()
        return found
    return None


async def schema_of_chat(operator_id: UUID, chat_id: UUID) -> str | None:
    """The schema of a chat that this operator holds or held, or None: unknown and never theirs look alike."""
    known = _schemas.get((operator_id, chat_id))
    if known is None:
        known = await run_in(None, _find_schema, operator_id, chat_id)
        if known is not None:
            _schemas[operator_id, chat_id] = known
    return known


def _find_schema(operator_id: UUID, chat_id: UUID) -> str | None:
    held = Assignment.objects.filter(chat_id=chat_id, operator=operator_id, kind__in=Assignment.HELD)
    return held.values_list("company__schema_name", flat=True).first()
