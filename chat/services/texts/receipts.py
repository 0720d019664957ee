"""Changes in a company's instruction since an operator read it, and the receipt that it was read."""

from datetime import datetime
from uuid import UUID

from agency.live.switchboard import send_on_commit
from agency.models import Certification, Seat, User
from agency.services.certification import receipts
from agency.services.certification.valid_certificates import certifications
from chat.domain import events
from chat.domain.texts.diff import SAME, Line, Piece, diff_lines, is_same, join_lines
from chat.models import Text
from chat.services.texts import texts
from tenants.context import in_company
from tenants.models import Company


def find_changes(*, operator: User, company_id: UUID, now: datetime) -> events.Reading | None:
    """Compare the instruction with the version this operator read last. None unless certified for the company."""
    row = receipts.find_certification(operator.pk, company_id, now)
    if row is None:
        return None
    with in_company(row.company):
        lines = _changes(row, operator.operator.languages)
    return events.Reading(
        company_id=company_id,
        from_major=row.read_major,
        major=row.company.instruction_version.major,
        parts=[events.ReadingPart(piece.how, piece.text) for piece in join_lines(lines)],
    )


def finish_reading(*, operator: User, company_id: UUID, major: int, now: datetime) -> bool:
    """Write down that the version that was shown is read, and tell all consoles of the operator what is left to read.

    Returns:
        False unless certified for the company, or if it has no such version.
    """
    read = receipts.mark_read(operator=operator, company_id=company_id, major=major, now=now)
    if read is None:
        return False
    _tell([operator.pk], company_id, unread=not read)
    return True


def tell_raised(company: Company, *, now: datetime) -> None:
    """Tell the consoles of everybody who may still answer for a company that its newest instruction is to be read."""
    known = certifications(now).filter(company=company)
    seats = Seat.objects.filter(operator__in=known.values("operator"))
    _tell(list(seats.values_list("operator_id", flat=True)), company.pk, unread=True)


def _tell(operator_ids: list[UUID], company_id: UUID, *, unread: bool) -> None:
    event = events.encode(events.ReadingDue(company_id, unread))
    send_on_commit([(f"u:{operator_id}", event) for operator_id in operator_ids])


def _changes(row: Certification, languages: list[str]) -> list[Line]:
    """Return the lines of each language the operator speaks, all where they speak none. Only the changed lines, if any
    changed.
    """
    at = row.read_at or row.certified_at
    before = {one.language: one for one in texts.list_instructions_read(major=row.read_major, at=at)}
    after = {one.language: one for one in texts.list_texts(Text.Kind.INSTRUCTION)}
    known = sorted({*before, *after})
    spoken = [language for language in known if language in languages] or known
    diffs = {language: diff_lines(_body(before.get(language)), _body(after.get(language))) for language in spoken}
    changed = {language: lines for language, lines in diffs.items() if not is_same(lines)} or diffs
    if len(changed) == 1:
        return next(iter(changed.values()))
    return [
        line
        for language, lines in changed.items()
        for line in (_heading(after.get(language) or before[language]), *lines)
    ]


def _body(text: Text | None) -> str:
    return text.body if text is not None else ""


def _heading(text: Text) -> Line:
    return (Piece(SAME, f"{text.title} ({text.language})"),)
