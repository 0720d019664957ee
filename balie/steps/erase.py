"""A company that leaves: its words go, the agency's books stay."""

from django.db import transaction

from agency.models import Assignment, Holding, PoolEntry, Promise
from chat.services.files.sweep import forget_company
from tenants.models import Company
from tenants.provisioning import drop_company

# Beside what refers to the company for good (records, their events, prices, charges, the log): who held each chat, and
# what was promised. A past month is still answered for, line by line.
BOOKS = (Assignment, Holding, Promise)


class HasUnfinishedChats(Exception):
    """Raised where the company has chats that live, `count` of them."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


def erase_company(company: Company) -> None:
    """Drop a company's schema and all that is its own, or nothing of it. From then on no chat begins.

    Raises:
        HasUnfinishedChats: chats end first, by hand or by their limits.
        OperationalError: something else holds the schema for longer than `lock_timeout`.
    """
    with transaction.atomic():
        # Beginning a chat holds this row (hold_live): chats begun before are counted, and later ones find nothing.
        Company.objects.select_for_update().get(pk=company.pk)
        if count := PoolEntry.objects.filter(company=company).count():
            raise HasUnfinishedChats(count)
        company_id = company.pk
        drop_company(company, keep=BOOKS)
        # Behind the commit: an erasure that fails leaves every file. What a crash leaves is swept.
        transaction.on_commit(lambda: forget_company(company_id))
