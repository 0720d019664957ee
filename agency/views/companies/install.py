"""Looking at a site's pages for its code, for who asks: managers, and the company's own people."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from agency.domain.sites.install import FOUND
from agency.models import PortalMember
from agency.services.companies import install
from agency.services.system import rate_limits
from agency.templatetags.install import install_words
from agency.views.doors import POST, company_page, portal_page
from tenants import clock
from tenants.models import Company, Site
from tenants.origins import shown_url


@company_page(POST)
def manage_site_check(request: HttpRequest, company: Company, site_id: UUID) -> HttpResponse:
    """Look now, for a manager."""
    look_for_code(request, company, str(site_id))
    return redirect("manage_company_sites", company.pk)


@portal_page(POST, writes=PortalMember.Role.EDITOR)
def portal_site_check(request: HttpRequest, member: PortalMember, site_id: UUID) -> HttpResponse:
    """Look now, for the company's own people."""
    look_for_code(request, member.company, str(site_id))
    return redirect("portal_home")


def look_for_code(request: HttpRequest, company: Company, site_id: str) -> None:
    """Look at the pages of one site of the company, and say what was found in the page's messages.

    Raises:
        Http404: it is no site of theirs.
    """
    site = next((one for one in Site.objects.filter(company=company) if str(one.pk) == site_id), None)
    if site is None:
        raise Http404
    limit = rate_limits.LOOKS_OF_COMPANY
    if not rate_limits.take(limit, str(company.pk), about=company.name, company_id=company.pk):
        facts = {"most": limit.most, "minutes": limit.within // 60}
        messages.error(
            request, _("We look at most %(most)d times in %(minutes)d minutes. Wait, then look again.") % facts
        )
        return
    for check in install.check_now(site, now=clock.now()):
        say = messages.success if check.state == FOUND else messages.warning
        say(request, f"{shown_url(check.origin)}: {install_words(check)}")
