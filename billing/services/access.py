"""The ledger's door: the company's own people, each by their place there, and managers. Others find nothing."""

from uuid import UUID

from agency.models import PortalMember
from agency.services import access
from agency.services.access import Person
from tenants.models import Company


def ledger_for_portal(user: Person, company: Company | None) -> tuple[Company, PortalMember]:
    """The company of this portal host and the user's place there; every role may read.

    Raises:
        Http404: for strangers, people of other companies and switched-off accounts alike.
    """
    member = access.portal_member(user, company)
    assert company is not None  # nobody is a member of nothing
    return company, member


def ledger_for_manager(user: Person, company_id: UUID) -> Company:
    """Any company, for a manager.

    Raises:
        Http404: for everybody else, and for a company that isn't there.
    """
    _manager, company = access.company_for_manager(user, company_id)
    return company
