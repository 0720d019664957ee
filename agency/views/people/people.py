"""The agency's people: the list, one person, and their certifications."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agency.domain.addresses import shown_address
from agency.domain.text import clean_line
from agency.models import User
from agency.services.people import lists, people
from agency.services.people.invitations import find_invitation, invite_person, mail_invitation
from agency.services.people.lists import PAGE, SHOWN, Certificate, PersonLine
from agency.views.doors import FORM, POST, READ, SignedInRequest, manager_page
from agency.views.form_status import status_of
from agency.views.people.forms import PersonForm
from agency.views.query import asked_choice
from agency.views.table import SEARCH_LIMIT, Column, Table
from tenants import clock

# Beside a person's facts, in a half of the page.
CERTIFICATES = 20


def words_of(code: str) -> str:
    """Say what stands in the way of a change."""
    return {
        "taken": _("This address belongs to somebody of the agency already."),
        "customer": _(
            "This address opens a company's portal. Somebody is a customer or one of us: use another address."
        ),
        "last_manager": _("This is the last manager: make somebody else a manager first."),
        "yourself": _("You can't do this to yourself: ask another manager."),
    }[code]


def search_of(request: HttpRequest) -> str:
    """Return the search for people or companies to certify, beside the table of certifications, without unseen
    characters.
    """
    return clean_line(request.GET.get("more", ""), SEARCH_LIMIT)


@manager_page(READ)
def people_list(request: HttpRequest) -> HttpResponse:
    """List the people who work here, with a search: whether they are at their desks, what they hold and know."""
    show = asked_choice(request, "show", SHOWN, "active")
    table: Table[PersonLine] = Table(
        request,
        Column(_("Name"), "name"),
        Column(_("Now")),
        Column(_("For visitors"), "public"),
        Column(_("Level"), "level"),
        Column(_("Answers in")),
        Column(_("Chats"), is_figure=True),
        Column(_("Certified"), is_figure=True),
        sort="name",
        size=PAGE,
        kept={"show": show},
    )
    context = {
        "people": lists.list_people(
            query=table.query, show=show, order=table.order, window=table.window, now=clock.now()
        ),
        "table": table,
        "query": table.query,
        "show": show,
        "pages": table.pages,
    }
    return render(request, "manage/people/list.html", context)


@manager_page(FORM)
def person_new(request: SignedInRequest) -> HttpResponse:
    """Make an operator or a manager, and mail them where to choose a password."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = invite_person(facts=form.facts(), by=request.user, now=clock.now())
        except people.CannotChange as problem:
            form.add_error("email", words_of(problem.code))
        else:
            _say_invited(request, user)
            return redirect("manage_person", person_id=user.pk)
    return render(request, "manage/people/new.html", {"form": form}, status=status_of(request))


@manager_page(FORM)
def person(request: SignedInRequest, person_id: UUID) -> HttpResponse:
    """Show one person: facts to change, certifications, the account."""
    line = find_person(person_id)
    form = PersonForm(request.POST or None, person=line)
    if request.method == "POST" and form.is_valid():
        try:
            people.change_person(user_id=person_id, facts=form.facts(), by=request.user, now=clock.now())
        except people.CannotChange as problem:
            field = "email" if problem.code in ("taken", "customer") else "is_manager"
            form.add_error(field, words_of(problem.code))
        else:
            messages.success(request, _("Saved."))
            return redirect("manage_person", person_id=person_id)
    return render(request, "manage/people/one.html", _about(request, line, form), status=status_of(request))


@manager_page(POST)
def person_switch(request: SignedInRequest, person_id: UUID) -> HttpResponse:
    """Switch an account off, or on again."""
    line, active = find_person(person_id), request.POST.get("active") == "1"
    try:
        people.switch_person(user_id=person_id, active=active, by=request.user, now=clock.now())
    except people.CannotChange as problem:
        messages.error(request, words_of(problem.code))
    else:
        name = {"name": line.user.name}
        if active:
            messages.success(request, _("%(name)s can sign in again.") % name)
        else:
            messages.success(
                request,
                _("%(name)s is switched off. Open consoles close at once; chats go to colleagues.") % name,
            )
    return redirect("manage_person", person_id=person_id)


@manager_page(POST)
def person_invite(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Send the mail with the link to a first password again."""
    line = find_person(person_id)
    if line.is_invited:
        mail_invitation(user=line.user, now=clock.now())
        _say_invited(request, line.user)
    return redirect("manage_person", person_id=person_id)


def find_person(person_id: UUID) -> PersonLine:
    """Return one of the agency's people.

    Raises:
        Http404: nobody of the agency has this id.
    """
    line = lists.find_person(person_id, clock.now())
    if line is None:
        raise Http404
    return line


def _about(request: HttpRequest, line: PersonLine, form: PersonForm) -> dict[str, Any]:
    context: dict[str, Any] = {
        "person": line,
        "form": form,
        "is_me": line.user.pk == request.user.pk,
    }
    if line.is_invited:
        context["invitation"] = find_invitation(line.user)
    if line.operator is not None:
        query = search_of(request)
        companies, count = lists.list_companies_to_certify(line.operator, query)
        table: Table[Certificate] = Table(
            request,
            Column(_("Company"), "company"),
            Column(_("Certification"), "ends"),
            Column(_("Actions"), is_hidden=True),
            sort="company",
            size=CERTIFICATES,
        )
        held = lists.list_certificates(line.operator, clock.now())
        by: dict[str, Callable[[Certificate], Any]] = {"ends": lambda one: one.standing.until}
        table.fill(held, words=lambda one: one.company.name, by=by)
        context |= {
            "held": len(held),
            "table": table,
            "pages": table.pages,
            "certificates": table.rows,
            "companies": companies,
            "more": count - len(companies),
            "query": query,
        }
    return context


def _say_invited(request: HttpRequest, user: User) -> None:
    facts = {"name": user.name, "email": shown_address(user.email)}
    messages.success(
        request,
        _("%(name)s gets mail at %(email)s within seconds, with a link to choose a password.") % facts,
    )
