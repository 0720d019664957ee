"""Rating a chat from its mail: public, by a signed link. Only a press of the button writes, as mail scanners follow
links.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agency.models import User
from agency.services.people.sign_in.limits import client_address
from agency.services.system import rate_limits
from agency.views.doors import FORM, guest_page
from agency.views.form_status import status_of
from chat.domain.text import RATING_LIMIT
from chat.models import Chat
from chat.services.finished import rate
from chat.services.finished.rate import CannotRate
from chat.views.gone import show_gone
from tenants import clock
from tenants.context import in_company
from tenants.models import Company


@guest_page(FORM)
def rating(request: HttpRequest, company: Company, token: str) -> HttpResponse:
    """Show the given rating, or the answer of the link, ready to be sent. POST keeps it."""
    address = client_address(request)
    if not rate_limits.take_address(rate_limits.RATINGS_OF_ADDRESS, address):
        return render(request, "429.html", status=429)
    now = clock.now()
    chat = _find_chat(company, token, now)
    if chat is None:
        return show_gone(request, company, "rating", rate.RATE_WITHIN)
    with (
        translation.override(language_of(request, chat)),
        timezone.override(ZoneInfo(company.zone)),
    ):
        response = _save(request, company, chat, now) if request.method == "POST" else None
        if response is None:
            response = _show(request, company, chat)
        response.headers["Content-Language"] = translation.get_language()
        return response


def _find_chat(company: Company, token: str, now: datetime) -> Chat | None:
    chat_id = rate.read_token(company, token)
    if chat_id is None:
        return None
    with in_company(company):
        chat: Chat | None = Chat.objects.filter(pk=chat_id).first()
    try:
        rate.check_open(company, chat_id, now)
    except CannotRate:
        return None
    return chat


def _save(request: HttpRequest, company: Company, chat: Chat, now: datetime) -> HttpResponse | None:
    """Keep the answer and come back to the page. None if nothing was chosen."""
    answer = _answer(request.POST.get("good", ""))
    if answer is None:
        return None
    if not rate_limits.take(rate_limits.RATINGS_OF_CHAT, str(chat.pk), about=str(chat.pk)[:8]):
        return render(request, "429.html", status=429)
    try:
        rate.rate(
            company=company,
            chat_id=chat.pk,
            visitor_id=None,
            opinion=rate.Opinion(answer, request.POST.get("words", ""), "mail"),
            now=now,
        )
    except CannotRate:  # the month ended between the two
        return show_gone(request, company, "rating", rate.RATE_WITHIN)
    is_formal = company.tone == "u"
    messages.success(request, pgettext("u", "Saved. Thank you.") if is_formal else _("Saved. Thank you."))
    return redirect(request.path)


def _show(request: HttpRequest, company: Company, chat: Chat) -> HttpResponse:
    with in_company(company):
        given = rate.find_rating(chat.pk)
    answer = _answer(request.GET.get("good", ""))
    if answer is None and given is not None:
        answer = given.good
    is_wrong = request.method == "POST"
    context = {
        "company": company,
        "chat": chat,
        "is_formal": company.tone == "u",
        "answer": {True: "yes", False: "no", None: ""}[answer],
        "words": request.POST.get("words", "") if is_wrong else given.words if given else "",
        "given": given,
        "until": (chat.closed_at or chat.opened_at) + rate.RATE_WITHIN,
        "limit": RATING_LIMIT,
        "is_wrong": is_wrong,
    }
    return render(request, "rating/rating.html", context, status=status_of(request))


def _answer(value: str) -> bool | None:
    return {"1": True, "0": False}.get(value)


def language_of(request: HttpRequest, chat: Chat) -> str:
    """As the reader chose on this host, else the chat's own where we have it, else English."""
    chosen = isinstance(request.user, User) or settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    if chosen:
        return str(translation.get_language())
    return "nl" if chat.language[:2] == "nl" else "en"
