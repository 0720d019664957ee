"""A person's own language and theme, kept in a cookie before they sign in, and where they are signed in."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agency.models import User
from agency.services import access
from agency.services.people.people import save_preferences
from agency.services.people.sign_in import sessions
from agency.views.doors import FORM, POST, SignedInRequest, public_page, signed_in_page
from tenants import clock

CHOICES = {
    "language": frozenset(code for code, _name in settings.LANGUAGES),
    "theme": frozenset({"system", "light", "dark"}),
}
COOKIES = {"language": settings.LANGUAGE_COOKIE_NAME, "theme": "theme"}
YEAR = 365 * 24 * 3600


@public_page(FORM)
def preferences(request: HttpRequest) -> HttpResponse:
    """Show the settings of the signed-in person, or save the choices that were sent."""
    if request.method == "POST":
        return _save(request)
    if not isinstance(request.user, User):
        return redirect("account_login")
    if not access.may_enter(request.user, getattr(request, "company", None)):
        raise Http404
    facts = {
        "languages": settings.LANGUAGES,
        "two_step": is_mfa_enabled(request.user),
        "sessions": sessions.list_sessions(request.user, this=request.session.session_key),
    }
    return render(request, "account/preferences.html", facts)


@signed_in_page(POST)
def end_sessions(request: SignedInRequest) -> HttpResponse:
    """Sign the person out in one other place, or in all others."""
    try:
        only = int(request.POST["session"]) if "session" in request.POST else None
    except ValueError:
        raise Http404 from None
    ended = sessions.end_others(request.user, this=request.session.session_key, only=only, now=clock.now())
    messages.success(
        request, ngettext("Signed out in one place.", "Signed out in %(count)d places.", ended) % {"count": ended}
    )
    return redirect("preferences")


def _save(request: HttpRequest) -> HttpResponse:
    chosen = {name: value for name, allowed in CHOICES.items() if (value := request.POST.get(name, "")) in allowed}
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    for name, value in chosen.items():
        response.set_cookie(COOKIES[name], value, max_age=YEAR, samesite="Lax", httponly=True)
    if isinstance(request.user, User) and chosen:
        save_preferences(user=request.user, **chosen)
        if request.POST.get("say"):
            with translation.override(request.user.language):
                messages.success(request, _("Saved."))
    return response
