"""The ledger's door: the company's own people, each by their place there, and managers. Others find nothing."""

from uuid import UUID

from django.http import Http404

from agency.models import PortalMember
from agency.services import access
from agency.services.access import Person
from tenants.models import Company


def ledger_for_portal(user: Person, company: Company | None) -> tuple[Company, PortalMember]:
    """Return the company of this portal host and the user's place there. Every role may read.

    Raises:
        Http404: for strangers, people of other companies and switched-off accounts alike.
    """
    member = access.portal_member(user, company)
    assert company is not None  # nobody is a member of nothing
    return company, member


def ledger_for_manager(user: Person, company_id: UUID) -> Company:
    """Any company, for a manager, also one that left: its books stay.

    Raises:
        Http404: for everybody else, and for a company that isn't there.
    """
    access.require_manager(user)
    company: Company | None = Company.objects.filter(pk=company_id).first()
    if company is None:
        raise Http404
    return company
