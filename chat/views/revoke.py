"""Asks a manager whether to take a certification back, and what becomes of the chats in hand."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.models import Operator
from agency.services.certification import certify
from agency.services.people import lists
from agency.views.doors import FORM, SignedInRequest, company_page
from agency.views.form_status import status_of
from agency.views.query import asked_choice
from chat.services.assignment import desks
from tenants import clock
from tenants.models import Company

FINISH, HAND_OVER = "finish", "hand_over"


class ChatsForm(forms.Form):
    """Choices for the chats of this company that the operator has in hand."""

    chats = forms.ChoiceField(
        label=gettext_lazy("The chats in hand"),
        choices=[
            (FINISH, gettext_lazy("Let them finish these")),
            (HAND_OVER, gettext_lazy("Hand them over to colleagues now")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what becomes of the chats in hand."),
            "invalid_choice": gettext_lazy("Choose what becomes of the chats in hand."),
        },
    )


@company_page(FORM)
def revoke(request: SignedInRequest, company: Company, person_id: UUID) -> HttpResponse:
    """Ask whether to take a certification back, saying what that does, then do it."""
    operator = Operator.objects.select_related("user").filter(pk=person_id).first()
    if operator is None:
        raise Http404
    in_hand = desks.count_in_hand(operator, company)
    form = ChatsForm(request.POST or None)
    if request.method == "POST" and (not in_hand or form.is_valid()):
        done = desks.revoke(
            operator=operator,
            company=company,
            by=request.user,
            hand_over=bool(in_hand) and form.cleaned_data["chats"] == HAND_OVER,
            now=clock.now(),
        )
        if done:
            _say(request, operator, company)
        if request.POST.get("back") == "company":
            return redirect("manage_company_operators", company_id=company.pk)
        return redirect("manage_person", person_id=person_id)
    return _ask(request, operator, company, form if in_hand else None, in_hand)


def _ask(
    request: HttpRequest, operator: Operator, company: Company, form: ChatsForm | None, in_hand: int
) -> HttpResponse:
    now = clock.now()
    certificate = lists.find_certificate(operator, company, now)
    person = lists.find_person(operator.pk, now)
    if certificate is None or person is None:
        raise Http404
    backs = ("company", "person")
    asked = request.POST.get("back") or asked_choice(request, "back", backs)
    context = {
        "company": company,
        "certificate": certificate,
        "person": person,
        "left": certify.count_standings(company.pk, now),
        "back": "company" if asked == "company" else "person",
        "form": form,
        "in_hand": in_hand,
    }
    return render(request, "manage/certification/revoke.html", context, status=status_of(request))


def _say(request: HttpRequest, operator: Operator, company: Company) -> None:
    words = _("%(name)s no longer gets chats of %(company)s.")
    facts = {"name": operator.public_name, "company": company.name}
    messages.success(request, words % facts)
