"""The secrets with which a company's own server signs who its visitors are: owners make and end them."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agency.models import PortalMember
from agency.services.companies import site_secrets
from agency.services.companies.site_secrets import CannotChangeSecret
from agency.views.doors import FORM, SignedInRequest, portal_page
from agency.views.query import read_id
from tenants import clock
from tenants.models import Site


@portal_page(FORM, writes=PortalMember.Role.OWNER)
def portal_site_secrets(request: SignedInRequest, member: PortalMember, site_id: UUID) -> HttpResponse:
    """Show which secrets of a site hold. POST makes one, which this answer alone shows, or ends one."""
    site = Site.objects.select_related("company").filter(company=member.company, pk=site_id).first()
    if site is None:
        raise Http404
    made = ""
    if request.method == "POST":
        try:
            if request.POST.get("what") == "make":
                _row, made = site_secrets.make_secret(site=site, by=request.user, now=clock.now())
            else:
                _end(request, site)
        except CannotChangeSecret as refused:
            messages.error(request, _words(refused.code))
        if not made:
            return redirect("portal_site_secrets", site_id)
    held = site_secrets.list_secrets(site)
    context = {
        "member": member,
        "site": site,
        "secrets": held,
        "made": made,
        "may_write": member.may(PortalMember.Role.OWNER),
        "is_full": len(held) >= site_secrets.MOST,
    }
    return render(request, "portal/sites/secrets.html", context)


def _end(request: SignedInRequest, site: Site) -> None:
    secret_id = read_id(request.POST.get("secret", ""))
    if secret_id is None:
        raise CannotChangeSecret("gone")
    row = site_secrets.end_secret(site=site, secret_id=secret_id, by=request.user, now=clock.now())
    messages.success(request, _("Ended: …%(ending)s. What it signs counts no longer.") % {"ending": row.ending})


def _words(code: str) -> str:
    words = {
        "too_many": _("Two secrets hold already. End one first."),
        "gone": _("This secret has been ended already."),
    }
    return words[code]
