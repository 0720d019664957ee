"""The doors of pages: each view has exactly one, which says who may enter and how it may be asked.

A door answers 405 to another method, sends somebody who isn't signed in to the sign-in page, and shows 404 to everybody
else it doesn't let in: absent and forbidden look alike. The view gets what the door found.
"""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agency.models import PortalMember, User
from agency.services import access
from agency.services.people.portal_members import enter as enter_portal
from tenants import clock
from tenants.models import Company

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
POST = ("POST",)

View = Callable[..., HttpResponse]


class SignedInRequest(HttpRequest):
    """A request whose sender has signed in."""

    user: User


def public_page(methods: Collection[str]) -> Callable[[View], View]:
    """Let everybody in: `view(request, ...)`."""
    return _door(methods, lambda request, named: ())


def guest_page(methods: Collection[str]) -> Callable[[View], View]:
    """Let everybody in on a company's host: `view(request, company, ...)`."""

    def enter(request: HttpRequest, named: dict[str, Any]) -> tuple[Company]:
        company = _host_company(request)
        if company is None:
            raise Http404
        return (company,)

    return _door(methods, enter)


def signed_in_page(methods: Collection[str]) -> Callable[[View], View]:
    """Let everybody in who has signed in: `view(request, ...)`."""
    return _door(methods, lambda request, named: (), sign_in=True)


def manager_page(methods: Collection[str]) -> Callable[[View], View]:
    """Let managers in: `view(request, ...)`."""

    def enter(request: HttpRequest, named: dict[str, Any]) -> tuple[()]:
        access.require_manager(request.user)
        return ()

    return _door(methods, enter, sign_in=True)


def company_page(methods: Collection[str], *, also_left: bool = False) -> Callable[[View], View]:
    """Let managers in, to the company that `company_id` names in the address: `view(request, company, ...)`.

    Args:
        also_left: to a company that has left too, as its books stay.
    """

    def enter(request: HttpRequest, named: dict[str, Any]) -> tuple[Company]:
        return (access.company_for_manager(request.user, named.pop("company_id"), also_left=also_left),)

    return _door(methods, enter, sign_in=True)


def operator_page(methods: Collection[str]) -> Callable[[View], View]:
    """Let operators in: `view(request, operator, ...)`."""
    return _door(methods, lambda request, named: (access.require_operator(request.user),), sign_in=True)


def portal_page(methods: Collection[str], *, writes: str = "") -> Callable[[View], View]:
    """Let a company's own people in, on its host: `view(request, member, ...)`, whose `company` is read already.

    Args:
        writes: the least role that may send the page's form. Every role reads; who may not write gets 403 and why.

    Owners without a second step are sent to set it up first, where the installation asks for it.

    Raises:
        TypeError: a page that takes a form names no role, or one that takes none does.
    """
    if ("POST" in methods) != bool(writes):
        raise TypeError("a portal page names the role that may write if, and only if, it takes a form")

    def enter(request: HttpRequest, named: dict[str, Any]) -> tuple[PortalMember] | HttpResponse:
        member = access.portal_member(request.user, _host_company(request))
        if settings.OWNER_SECOND_STEP and member.role == PortalMember.Role.OWNER and not is_mfa_enabled(member.user):
            messages.info(request, _("Owners sign in with a second step. Set it up once; it takes a minute."))
            return redirect("mfa_activate_totp")
        if request.method == "POST" and not member.may(writes):
            raise PermissionDenied(cannot_write(writes))
        enter_portal(member, now=clock.now())
        return (member,)

    return _door(methods, enter, sign_in=True)


def cannot_write(role: str) -> str:
    """Say which role a change takes."""
    if role == PortalMember.Role.OWNER:
        return _("Only an owner of this portal may change this. Ask one of yours.")
    return _("Only owners and editors of this portal may change this. Ask one of yours.")


def _door(
    methods: Collection[str],
    enter: Callable[[HttpRequest, dict[str, Any]], tuple[Any, ...] | HttpResponse],
    *,
    sign_in: bool = False,
) -> Callable[[View], View]:
    """Make a door.

    Args:
        enter: given the request and the values in its address, returns what the view gets after the request, or an
            answer in its place.
        sign_in: whether one must have signed in.
    """

    def hang(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **named: Any) -> HttpResponse:
            entered = enter(request, named)
            return entered if isinstance(entered, HttpResponse) else view(request, *entered, **named)

        door = require_http_methods([*methods])(login_required(answer) if sign_in else answer)
        door.doors = getattr(view, "doors", 0) + 1  # type: ignore[attr-defined]
        return door

    return hang


def _host_company(request: HttpRequest) -> Company | None:
    company: Company | None = getattr(request, "company", None)
    return company
