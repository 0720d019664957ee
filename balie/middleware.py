"""Which host was asked, and in whose language and theme to answer.

Order matters: health answers before any host is checked (a balancer asks by address), what may be stored is said of
errors too, the host decides the URL list, and the person's language is known after the session.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from agency.models import User
from agency.services import alarms
from agency.views.system import health
from tenants import clock
from tenants.resolve import find_company_by_host

Handler = Callable[[HttpRequest], HttpResponse]
HEALTH = {"/livez": health.livez, "/healthz": health.healthz, "/metrics": health.metrics}
LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)
THEMES = frozenset({"light", "dark"})


def health_middleware(get_response: Handler) -> Handler:
    """Answer the three health pages on any host, without session, language or database of their own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        view = HEALTH.get(request.path)
        return view(request) if view else get_response(request)

    return middleware


# Headers that the middleware of pages may add to a script: its length, and that this host speaks https only.
_ADDED = frozenset({"content-length", "strict-transport-security"})


def script_middleware(get_response: Handler) -> Handler:
    """Let the widget's files travel with the headers of their view only.

    A page's policy, language and `Vary: Cookie` mean nothing to a script: they cost a visitor 9 KB a panel, and a cache
    between us kept a copy for each cookie.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        own = getattr(response, "own_headers", None)
        if own is not None:
            for name in [*response.headers]:
                if name not in own and name.lower() not in _ADDED:
                    del response.headers[name]
            for name, value in own.items():
                response.headers[name] = value
        return response

    return middleware


def storage_middleware(get_response: Handler) -> Handler:
    """Let no browser and no proxy keep an answer, unless its view says how long: pages show people, texts and secrets.

    Files under /static/ are answered before this; the widget's say it themselves.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def refusal_middleware(get_response: Handler) -> Handler:
    """Answer 422 when a form of allauth's comes back with errors. Our own views say it themselves (`status_of`)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        context = getattr(response, "context_data", None) or {}
        if response.status_code == 200 and getattr(context.get("form"), "errors", None):
            response.status_code = 422
        return response

    return middleware


def alarms_middleware(get_response: Handler) -> Handler:
    """Let the page after a manager's act show the alarms as that act left them: background work counts each 10 s."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "POST" and response.status_code == 302 and request.path.startswith("/manage/"):
            alarms.count_after_act(clock.now())
        return response

    return middleware


def host_middleware(get_response: Handler) -> Handler:
    """Set `request.company` and the URL list from the host. An unknown host gets 404.

    Agency pages and the API exist on the agency's host only, portal pages on a company's portal host only.
    """

    def middleware(request: Any) -> HttpResponse:
        host = request.get_host().rsplit(":", 1)[0].rstrip(".").lower()
        request.company = None
        if host not in settings.AGENCY_HOSTS:
            request.company = find_company_by_host(host)
            if request.company is None:
                with translation.override(settings.LANGUAGE_CODE):
                    # Nothing answers here, so there is no start to go to either.
                    return render(request, "404.html", {"nowhere": True}, status=404)
            request.urlconf = settings.PORTAL_URLCONF
        return get_response(request)

    return middleware


def person_middleware(get_response: Handler) -> Handler:
    """Language and theme of the signed-in person, else of the cookie, else Dutch and the device's theme."""

    def middleware(request: Any) -> HttpResponse:
        user = request.user
        if isinstance(user, User):
            language, theme = user.language, user.theme
        else:
            language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
            theme = request.COOKIES.get("theme", "")
        language = language if language in LANGUAGES else settings.LANGUAGE_CODE
        request.theme = theme if theme in THEMES else ""
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware
