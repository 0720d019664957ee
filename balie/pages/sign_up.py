"""The agency's public page on which a company signs up by itself, and what its mailed link opens.

Both answer 404 where the installation doesn't take companies that nobody invited.
"""

import hashlib
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from agency.models import PortalMember
from agency.services import access
from agency.services.people.portal_members import CannotChangeMember
from agency.services.people.sign_in.limits import client_address
from agency.services.system import rate_limits
from agency.views.companies.forms import FactsForm, own_member_words
from agency.views.doors import FORM, READ, public_page
from agency.views.fields import LineField, Mail
from agency.views.form_status import status_of
from balie.steps import sign_up as steps
from balie.steps.invite_member import way_in
from balie.steps.sign_up import SignUp
from tenants import clock
from tenants.models import Company


class SignUpForm(FactsForm):
    """The company's name and voice, and who becomes the owner of its portal."""

    person = LineField(
        label=gettext_lazy("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = Mail(
        label=gettext_lazy("Your mail address"),
        help_text=gettext_lazy("You get a link there. Nothing is made before you open it."),
    )

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.fields = {name: self.fields[name] for name in ("name", "person", "email", "language", "tone")}
        self.fields["name"].label = _("Name of the company")


@public_page(FORM)
def sign_up(request: HttpRequest) -> HttpResponse:
    """Show the form, or mail a link. The answer is the same whether the address has an account or not."""
    _check_open()
    form = SignUpForm(request.POST or None, initial={"language": get_language()})
    status = status_of(request)
    if request.method == "POST" and form.is_valid():
        limit = rate_limits.SIGN_UPS_OF_ADDRESS
        if rate_limits.take_address(limit, client_address(request)):
            _mail(form.cleaned_data)
            return redirect("sign_up_sent")
        facts = {"most": limit.most, "minutes": limit.within // 60}
        words = _(
            "We take at most %(most)d forms in %(minutes)d minutes from one internet address. Send it again later."
        )
        form.add_error(None, words % facts)
        status = 429
    return render(request, "sign_up/form.html", {"form": form}, status=status)


@public_page(READ)
def sign_up_sent(request: HttpRequest) -> HttpResponse:
    """Say that mail is on its way, whoever asked for it."""
    _check_open()
    return render(request, "sign_up/sent.html", {"days": steps.LINK_WITHIN.days})


@public_page(FORM)
def sign_up_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button behind a mailed link. POST makes the company once, and then the page leads its owner in."""
    _check_open()
    found = steps.read_link(token, clock.now())
    if found is None:
        return render(request, "sign_up/gone.html", {"days": steps.LINK_WITHIN.days}, status=404)
    company = Company.objects.filter(pk=found.id, ready=True).first()
    problem = ""
    if request.method == "POST":
        unfinished = steps.find_unfinished(found) if company is None else None
        if unfinished is not None:
            company = unfinished
            problem = _("You have a company already that isn't live yet, %(name)s. Bring that one live first.")
            problem %= {"name": unfinished.name}
        elif company is None:
            problem = _make(found)
        if not problem:
            # A form may lead to this host alone: the way to the portal is a link of this page.
            return redirect("sign_up_link", token)
    context = {"sign_up": found, "problem": problem, "way_in": _way_in(company, found) if company else ""}
    return render(request, "sign_up/link.html", context, status=status_of(request))


def _make(found: SignUp) -> str:
    """Make the company of a link. Returns why it can't be, or ""."""
    if not rate_limits.take(rate_limits.SIGN_UPS_OF_AGENCY, "all"):
        return _("Very many companies are signing up just now. Press again in an hour.")
    try:
        steps.start_signed_up(found, now=clock.now())
    except CannotChangeMember as refusal:
        return own_member_words(refusal.code)
    except steps.NoneLeft:
        words = _("No portal can be made for a company of this name by itself. Write to %(agency)s.")
        return words % {"agency": settings.AGENCY_EMAIL or settings.AGENCY_NAME}
    except (IntegrityError, ValidationError):
        return _("Somebody else was making a company at the same moment. Press once more.")
    return ""


def _way_in(company: Company, found: SignUp) -> str:
    """Where the new owner goes: to a first password, or to sign in."""
    owner = PortalMember.objects.select_related("user").filter(company=company, user__email=found.email.lower()).first()
    return way_in(company, owner.user) if owner else access.host_url(company, "/")


def _mail(facts: dict[str, Any]) -> None:
    """Mail the link, but not endlessly to one mailbox. Nobody is told which of the two happened."""
    email = facts["email"].lower()
    counted_as = hashlib.sha256(email.encode()).hexdigest()
    if not rate_limits.take(rate_limits.SIGN_UPS_OF_MAILBOX, counted_as, about=email):
        return
    steps.mail_link(
        SignUp(
            id=uuid.uuid4(),
            at=clock.now(),
            company=facts["name"],
            name=facts["person"],
            email=email,
            language=facts["language"],
            tone=facts["tone"],
        )
    )


def _check_open() -> None:
    if not settings.SIGN_UP:
        raise Http404
