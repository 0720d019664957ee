"""The people and addresses over a limit now, and the button that lets them go on."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agency.services.people.sign_in import limits as sign_in_limits
from agency.services.system import rate_limits
from agency.views.doors import FORM, SignedInRequest, manager_page
from agency.views.system.limit_words import what_of
from tenants import clock

View = Callable[..., HttpResponse]


@manager_page(FORM)
def limits_now(request: SignedInRequest) -> HttpResponse:
    """List who is over a limit now. POST lifts one."""
    if request.method != "POST":
        rows = [(block, what_of(block.kind)) for block in rate_limits.list_blocks()]
        return render(request, "manage/system/limits.html", {"rows": rows})
    if rate_limits.lift(block_id=_block_id(request), by=request.user, now=clock.now()):
        messages.success(request, _("The limit is lifted. They can go on at once."))
    else:
        messages.info(request, _("This limit has ended already."))
    return redirect("manage_limits")


def limited_reset(view: View) -> View:
    """Count each mail with a new password that an address asks for. Over the limit the answer is 429."""

    @wraps(view)
    def limited(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method == "POST":
            address = sign_in_limits.client_address(request)
            if not rate_limits.take_address(rate_limits.RESETS_OF_ADDRESS, address):
                return render(request, "429.html", status=429)
        return view(request, *args, **kwargs)

    return limited


def _block_id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("limit", ""))
    except ValueError:
        raise Http404 from None
