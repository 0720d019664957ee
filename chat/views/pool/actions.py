"""A manager's acts on the pool's page. Each is a page that asks why, and works without script."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.models import Seat
from agency.services.pool.candidates import list_candidates
from agency.services.pool.live import chats
from agency.services.pool.live import desks as live_desks
from agency.services.pool.live.chats import LiveLine
from agency.services.pool.live.desks import Taker
from agency.views.chooser import FEW, Chooser
from agency.views.doors import FORM, SignedInRequest, manager_page
from agency.views.fields import LineField
from agency.views.form_status import status_of
from chat.domain import lifecycle
from chat.services import assignment
from chat.services.assignment import desks
from chat.services.ending import reasons_to_close
from chat.views.pool.words import taker_words
from tenants import clock


class ReasonForm(forms.Form):
    """Why a manager steps in."""

    reason = LineField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Say why: it is kept in the log.")},
    )


class MoveForm(ReasonForm):
    """Whom a manager gives a chat to, and why."""

    operator = forms.ChoiceField(
        label=gettext_lazy("To whom"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose somebody."),
            "invalid_choice": gettext_lazy("That person has no free slot any more. Choose again."),
        },
    )
    field_order = ("operator", "reason")

    def __init__(self, *args: Any, takers: Sequence[Taker], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["operator"]
        assert isinstance(field, forms.ChoiceField)
        if len(takers) > FEW:
            field.widget = Chooser()
        field.choices = [(str(operator.pk), taker_words(operator, one)) for operator, one in takers]


@manager_page(FORM)
def close(request: SignedInRequest, chat_id: UUID) -> HttpResponse:
    """End a chat, whoever holds it."""
    form, now = ReasonForm(request.POST or None), clock.now()
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        closed = reasons_to_close.close_by_manager(chat_id=chat_id, by=request.user, reason=reason, now=now)
        if not closed:
            return _over(request)
        return _back(request, _("The chat is closed. Visitor and operator see it now."))
    line = _line(chat_id)
    if line.state == "wrap_up":
        return _over(request)
    return _ask(request, "close", form, line=line)


@manager_page(FORM)
def requeue(request: SignedInRequest, chat_id: UUID) -> HttpResponse:
    """Put a chat that somebody has, or is offered, back at the head of the queue."""
    form, now = ReasonForm(request.POST or None), clock.now()
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if assignment.requeue_by_manager(chat_id=chat_id, by=request.user, reason=reason, now=now):
            return _back(request, _("The chat is back at the head of the queue."))
        return _back(request, _("Nobody had that chat any more."), done=False)
    line = _line(chat_id)
    if line.state in ("waiting", "wrap_up"):
        return _back(request, _("Nobody had that chat any more."), done=False)
    return _ask(request, "requeue", form, line=line)


@manager_page(FORM)
def move(request: SignedInRequest, chat_id: UUID) -> HttpResponse:
    """Let a chat ring at one person, chosen among the certified who have a free slot."""
    line, now = _line(chat_id), clock.now()
    if line.state == "wrap_up":
        return _over(request)
    had = {line.operator_id, line.asked_id}
    takers = live_desks.list_takers(line.company_id, line.language, list_candidates(now, [line.company_id]), but=had)
    form = MoveForm(request.POST or None, takers=takers)
    if request.method == "POST" and form.is_valid():
        chosen = next(one for one, _seat in takers if str(one.pk) == form.cleaned_data["operator"])
        try:
            assignment.move_by_manager(
                chat_id=chat_id,
                operator_id=chosen.pk,
                by=request.user,
                reason=form.cleaned_data["reason"],
                now=now,
            )
        except assignment.CannotAssign as problem:
            form.add_error("operator", _refused(problem.code))
        else:
            words = _("It rings at %(name)s now.") % {"name": chosen.public_name}
            return _back(request, words)
    return _ask(request, "move", form, line=line)


@manager_page(FORM)
def drain(request: SignedInRequest, person_id: UUID) -> HttpResponse:
    """Stop new chats for somebody, or let them come again: `on` says which, else the opposite of what holds."""
    seat = _seat(person_id)
    on = request.POST.get("on", "0" if seat.draining else "1") == "1"
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, name = form.cleaned_data["reason"], {"name": seat.operator.public_name}
        changed = desks.drain_desk(operator_id=person_id, on=on, by=request.user, reason=reason, now=clock.now())
        if not changed:
            words = _("Nothing changed: a shift that ends has its own say.")
            return _back(request, words, done=False)
        if on:
            return _back(request, _("%(name)s gets no new chats from now on.") % name)
        return _back(request, _("%(name)s gets new chats again.") % name)
    return _ask(request, "drain", form, seat=seat, on=on)


@manager_page(FORM)
def sign_out(request: SignedInRequest, person_id: UUID) -> HttpResponse:
    """End somebody's seat: their console closes and their chats go to colleagues."""
    seat, now = _seat(person_id), clock.now()
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, name = form.cleaned_data["reason"], {"name": seat.operator.public_name}
        if desks.sign_out(operator_id=person_id, by=request.user, reason=reason, now=now):
            words = _("%(name)s is signed out: the console closes, the chats go to colleagues.")
            return _back(request, words % name)
        return _back(request, _("%(name)s wasn't at the desk any more.") % name, done=False)
    return _ask(request, "sign_out", form, seat=seat)


def _ask(
    request: HttpRequest,
    what: str,
    form: forms.Form,
    *,
    line: LiveLine | None = None,
    seat: Seat | None = None,
    on: bool = False,
) -> HttpResponse:
    context = {"what": what, "form": form, "line": line, "seat": seat, "on": on}
    context["wrap_up_seconds"] = lifecycle.WRAP_UP_LIMIT
    if line is not None:
        context["age"] = (clock.now() - line.since).total_seconds()
    return render(request, "manage/pool/action.html", context, status=status_of(request))


def _refused(code: str) -> str:
    """Why a person can no longer be given a chat."""
    words = {
        "wrong_state": _("they have it already, or it is over"),
        "away": _("not at the desk"),
        "paused": _("on a break"),
        "language": _("no language in common"),
        "full": _("no free slot"),
    }
    why = words.get(code, _("not certified, or gone"))
    return _("That person can no longer be asked: %(why)s.") % {"why": why}


def _over(request: HttpRequest) -> HttpResponse:
    return _back(request, _("That chat was over already."), done=False)


def _back(request: HttpRequest, words: str, *, done: bool = True) -> HttpResponse:
    """To the pool, which says what was done, or why nothing was."""
    messages.add_message(request, messages.SUCCESS if done else messages.INFO, words)
    return redirect("manage_pool")


def _line(chat_id: UUID) -> LiveLine:
    line = chats.find_line(chat_id)
    if line is None:
        raise Http404
    return line


def _seat(person_id: UUID) -> Seat:
    seat = live_desks.find_seat(person_id)
    if seat is None:
        raise Http404
    return seat
