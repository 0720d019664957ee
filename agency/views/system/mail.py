"""Mails that don't get out: how a manager sees them, and the two things to do about a dead one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agency.services.mail import mail_states, outbox
from agency.views.doors import FORM, SignedInRequest, manager_page
from tenants import clock


@manager_page(FORM)
def mails(request: SignedInRequest) -> HttpResponse:
    """List dead mails and those that are tried again. POST tries a dead one once more or takes it off the list."""
    if request.method != "POST":
        troubled = mail_states.list_troubled()
        context = {
            "dead": [mail for mail in troubled if mail.is_dead],
            "failing": [mail for mail in troubled if not mail.is_dead],
            "dead_count": mail_states.count_dead(),
            "attempts": outbox.MAX_ATTEMPTS,
        }
        return render(request, "manage/system/mail.html", context)
    act = {"again": mail_states.try_again, "let_go": mail_states.let_go}.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    done = act(row_id=_row_id(request), by=request.user, now=clock.now())
    if not done:
        messages.info(request, _("Somebody else has dealt with this mail already."))
    elif act is mail_states.try_again:
        messages.success(request, _("The mail is sent again within seconds."))
    else:
        messages.success(request, _("The mail is off the list. It isn't sent."))
    return redirect("manage_mail")


def _row_id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("mail", ""))
    except ValueError:
        raise Http404 from None
