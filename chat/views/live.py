"""The manager's list of the chats that live now, and closing one."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from agency.services import access, livelist
from chat.services import lifecycle


class CloseForm(forms.Form):
    """Why a manager ends a chat."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say why: it is kept in the log.")},
    )


@login_required
@never_cache
def chats(request: HttpRequest) -> HttpResponse:
    """Every unfinished chat of every company."""
    access.require_manager(request.user)
    now = timezone.now()
    lines = livelist.list_live(now)
    waiting = [line for line in lines if line.state in ("waiting", "offered")]
    context = {
        "lines": lines,
        "now": now,
        "waiting": len(waiting),
        "late": sum(line.late for line in waiting),
        "open": sum(line.state == "open" for line in lines),
        "wrap_up": sum(line.state == "wrap_up" for line in lines),
    }
    return render(request, "manage/live.html", context)


@login_required
@never_cache
def close(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """Ask whether to end this chat and why; do it when that is said."""
    manager = access.require_manager(request.user)
    now = timezone.now()
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if lifecycle.close_by_manager(chat_id=chat_id, by=manager, reason=reason, now=now):
            messages.success(request, _("The chat is closed. Visitor and operator see it now."))
        else:
            messages.info(request, _("That chat was over already."))
        return redirect("manage_chats")
    line = livelist.find_line(chat_id, now)
    if line is None:
        raise Http404
    if line.state == "wrap_up":
        messages.info(request, _("That chat was over already."))
        return redirect("manage_chats")
    status = 400 if form.is_bound else 200
    return render(request, "manage/live_close.html", {"line": line, "form": form}, status=status)
