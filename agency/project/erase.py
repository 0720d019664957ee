"""A company that leaves: its words go, the agency's books stay."""

from agency.models import Assignment, PoolEntry, Promise
from tenants.models import Company
from tenants.provisioning import drop_company

# Beside what refers to the company for good (records, their events, prices, charges, the log): who held each chat, and
# what was promised. A past month is still answered for, line by line.
BOOKS = (Assignment, Promise)


class HasUnfinishedChats(Exception):
    """The company has chats that live; `count` of them."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


def erase_company(company: Company) -> None:
    """Drop a company's schema and all that is its own; no new chat begins from here on.

    Raises:
        HasUnfinishedChats: nothing is changed; chats end first, by hand or by their limits.
    """
    Company.objects.filter(pk=company.pk).update(ready=False)
    if count := PoolEntry.objects.filter(company=company).count():
        Company.objects.filter(pk=company.pk).update(ready=True)
        raise HasUnfinishedChats(count)
    drop_company(company, keep=BOOKS)
