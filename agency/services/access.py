"""The door: who may see what. Absent and forbidden look alike, so a guesser learns nothing."""

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils.translation import gettext as _

from agency.models import Operator, PortalMember, User
from tenants.models import Company, Domain

Person = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class Landing:
    """Somewhere a person may sign in."""

    name: str
    host: str
    url: str


def require_manager(user: Person) -> User:
    """The user, if an active manager.

    Raises:
        Http404: for everybody else.
    """
    if isinstance(user, User) and user.is_active and user.is_manager:
        return user
    raise Http404


def company_for_manager(user: Person, company_id: UUID, *, also_left: bool = False) -> Company:
    """Return the company that an active manager asks for, with `also_left` also one that left.

    Raises:
        Http404: for everybody else, and for a company that isn't there.
    """
    require_manager(user)
    companies = Company.objects.all() if also_left else Company.objects.filter(ready=True)
    company: Company | None = companies.filter(pk=company_id).first()
    if company is None:
        raise Http404
    return company


def require_operator(user: Person) -> Operator:
    """The operator that this active user is.

    Raises:
        Http404: for everybody else.
    """
    operator = find_operator(user)
    if operator is None:
        raise Http404
    return operator


def find_operator(user: Person) -> Operator | None:
    """The operator that this active user is, or None."""
    if not isinstance(user, User) or not user.is_active:
        return None
    return Operator.objects.select_related("user").filter(user=user).first()


def portal_member(user: Person, company: Company | None) -> PortalMember:
    """The user's place at this company, with the company, read afresh on every request.

    Raises:
        Http404: for strangers, people of other companies and switched-off accounts alike.
    """
    member = find_portal_member(user, company)
    if member is None or company is None:
        raise Http404
    member.company = company
    return member


def find_portal_member(user: Person, company: Company | None) -> PortalMember | None:
    """The user's place at this company, or None."""
    if not isinstance(user, User) or not user.is_active or company is None:
        return None
    return PortalMember.objects.select_related("user").filter(user=user, company=company).first()


def may_enter(user: User, company: Company | None) -> bool:
    """Whether the user belongs on this host: a company's portal, or the agency's own (None)."""
    if company is not None:
        return find_portal_member(user, company) is not None
    return user.is_active and (user.is_manager or find_operator(user) is not None)


def agency_landing(user: User) -> str | None:
    """Where the user's day begins on the agency's host, or None without a role there."""
    if user.is_manager:
        return "/manage/"
    return "/console/" if find_operator(user) else None


def portal_landing(user: User, company: Company) -> str:
    """Where the user's day begins at this portal: for an owner of a company that isn't live, its steps."""
    member = find_portal_member(user, company) if company.live_at is None else None
    return "/start/" if member is not None and member.role == PortalMember.Role.OWNER else "/"


def list_places(user: User) -> list[Landing]:
    """Every address at which this user may sign in, built from stored names, never from a request."""
    places: list[Landing] = []
    if may_enter(user, None):
        name = _("The agency: %(name)s") % {"name": settings.AGENCY_NAME}
        places.append(Landing(name=name, host=settings.AGENCY_HOST, url=f"{settings.BASE_URL}/accounts/login/"))
    domains = (
        Domain.objects.select_related("tenant")
        .filter(tenant__portal_members__user=user, tenant__ready=True, is_primary=True)
        .order_by("tenant__name")
    )
    for domain in domains:
        url = portal_url(domain.domain, "/accounts/login/")
        places.append(Landing(name=domain.tenant.name, host=domain.domain, url=url))
    return places


def portal_url(host: str, path: str = "/") -> str:
    """The address of a page on a portal host: scheme and port are those of the agency's BASE_URL."""
    base = urlsplit(settings.BASE_URL)
    port = f":{base.port}" if base.port else ""
    return f"{base.scheme}://{host}{port}{path}"


def host_url(company: Company | None, path: str) -> str:
    """The address of a page on the host of `company` (None: the agency's), from stored names only."""
    if company is None:
        return f"{settings.BASE_URL}{path}"
    domain = Domain.objects.filter(tenant=company, is_primary=True).first()
    if domain is None:
        raise LookupError(f"{company.slug} has no portal host")
    return portal_url(domain.domain, path)
