"""Certifications given and taken back, from a person's page and from a company's."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agency.models import Operator
from agency.services.certification import certify, rules
from agency.services.people import lists
from agency.views.doors import FORM, POST, READ, SignedInRequest, company_page, manager_page
from agency.views.form_status import status_of
from agency.views.people.certification_forms import LimitForm, RuleForm
from agency.views.people.people import search_of
from agency.views.query import asked_choice
from agency.views.table import Column, Table
from tenants import clock
from tenants.models import Company

# More than a page offers at once; a hand-made request with more is cut.
MOST_AT_ONCE = 200


@manager_page(POST)
def certify_person(request: SignedInRequest, person_id: UUID) -> HttpResponse:
    """Certify an operator for the chosen companies, as their instructions are now."""
    operator = find_operator(person_id)
    companies = list(Company.objects.filter(pk__in=_chosen(request, "company"), ready=True))
    done = certify.certify_several(operators=[operator], companies=companies, by=request.user, now=clock.now())
    _say(request, done)
    _warn(request, companies)
    return redirect("manage_person", person_id=person_id)


@company_page(READ)
def company_operators(request: HttpRequest, company: Company) -> HttpResponse:
    """Show the operators who may answer for a company, and those who could."""
    query, now = search_of(request), clock.now()
    operators, count = lists.list_operators_to_certify(company, query)
    everybody = lists.list_certified(company, now)
    show = asked_choice(request, "show", lists.PICKS, "all")
    table = _operator_table(request, show).fill(
        lists.pick(everybody, show),
        words=lambda one: f"{one.operator.public_name}\n{one.operator.user.name}",
        by=_BY,
    )
    context = {
        "company": company,
        "lists": [(name, label, len(lists.pick(everybody, name))) for name, label in _lists()],
        "show": show,
        "table": table,
        "pages": table.pages,
        "certificates": table.rows,
        "has_instruction": not certify.list_without_instruction([company]),
        "counting": sum(one.is_able for one in everybody),
        "readers": sum(one.can_be_renewed_by_reading for one in everybody),
        "rule": rules.find_rule(company),
        "limit": LimitForm(),
        "operators": operators,
        "more": count - len(operators),
        "query": query,
    }
    return render(request, "manage/certification/company.html", context)


@company_page(POST)
def certify_company(request: SignedInRequest, company: Company) -> HttpResponse:
    """Certify the chosen operators for a company."""
    limit = LimitForm(request.POST)
    if not limit.is_valid():
        messages.error(request, str(limit.errors["chat_limit"][0]))
        return redirect("manage_company_operators", company_id=company.pk)
    operators = Operator.objects.filter(pk__in=_chosen(request, "operator"), user__is_active=True).select_related(
        "user"
    )
    done = certify.certify_several(
        operators=list(operators),
        companies=[company],
        by=request.user,
        now=clock.now(),
        chat_limit=limit.cleaned_data["chat_limit"],
    )
    _say(request, done)
    if done:
        _warn(request, [company])
    return redirect("manage_company_operators", company_id=company.pk)


@company_page(POST)
def certify_readers(request: SignedInRequest, company: Company) -> HttpResponse:
    """Certify everybody who has read the newest version of a company's instruction."""
    done = certify.certify_readers(company=company, by=request.user, now=clock.now())
    if done:
        _say(request, done)
    else:
        messages.info(request, _("Nobody who has read it is waiting to be certified."))
    return redirect("manage_company_operators", company_id=company.pk)


@company_page(FORM)
def certificate(request: SignedInRequest, company: Company, person_id: UUID) -> HttpResponse:
    """Show one operator's certification for a company: how it stands, and how many chats they may hold at once."""
    operator = find_operator(person_id)
    held = _held(operator, company)
    form = LimitForm(request.POST or None, initial={"chat_limit": held.chat_limit})
    if request.method == "POST" and form.is_valid():
        certify.limit_chats(
            operator=operator,
            company=company,
            limit=form.cleaned_data["chat_limit"],
            by=request.user,
            now=clock.now(),
        )
        messages.success(request, _("Saved. It holds for chats offered from now on."))
        return redirect("manage_certificate", company_id=company.pk, person_id=person_id)
    context = {"company": company, "one": held, "form": form}
    return render(request, "manage/certification/certificate.html", context, status=status_of(request))


@company_page(FORM)
def pool_rule(request: SignedInRequest, company: Company) -> HttpResponse:
    """Set how many operators must know a company, how long a certification holds, and how busy operators may be."""
    rule = rules.find_rule(company)
    initial = {field: getattr(rule, field) for field in rules.FIELDS}
    form = RuleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        rules.change_rule(company=company, facts=form.cleaned_data, by=request.user, now=clock.now())
        messages.success(request, _("Saved."))
        return redirect("manage_company_operators", company_id=company.pk)
    context = {"company": company, "form": form}
    return render(request, "manage/certification/rule.html", context, status=status_of(request))


def find_operator(person_id: UUID) -> Operator:
    """Return the operator with this id.

    Raises:
        Http404: there is none.
    """
    operator = Operator.objects.select_related("user").filter(pk=person_id).first()
    if operator is None:
        raise Http404
    return operator


def _operator_table(request: HttpRequest, show: str) -> Table[lists.Certificate]:
    return Table(
        request,
        Column(_("Operator"), "operator"),
        Column(_("Certification"), "ends"),
        Column(_("Since"), "since"),
        Column(_("Newest version read"), "read"),
        Column(_("Chats at once"), "limit", is_figure=True),
        Column(_("Actions"), is_hidden=True),
        sort="operator",
        kept={"show": show if show != "all" else ""},
    )


_BY: dict[str, Callable[[lists.Certificate], Any]] = {
    "ends": lambda one: one.standing.until,
    "since": lambda one: one.certified_at,
    "read": lambda one: one.has_read,
    "limit": lambda one: one.chat_limit,
}


def _held(operator: Operator, company: Company) -> lists.Certificate:
    found = lists.find_certificate(operator, company, clock.now())
    if found is None:
        raise Http404
    return found


def _lists() -> list[tuple[str, str]]:
    """Return the lists of a company's certifications, with their names."""
    return [
        ("all", _("All")),
        ("soon", _("Ending soon")),
        ("unread", _("Newest version not read")),
    ]


def _chosen(request: HttpRequest, name: str) -> list[UUID]:
    """Return the ids that were ticked, leaving out what isn't an id."""
    found = []
    for typed in request.POST.getlist(name)[:MOST_AT_ONCE]:
        try:
            found.append(UUID(typed))
        except ValueError:
            continue
    return found


def _warn(request: HttpRequest, companies: list[Company]) -> None:
    """Say for which of them there is nothing to know."""
    bare = certify.list_without_instruction(companies)
    if bare:
        text = _("No instruction is published for %(names)s: there was nothing to know.")
        messages.warning(request, text % {"names": ", ".join(one.name for one in bare)})


def _say(request: HttpRequest, done: int) -> None:
    if done:
        text = ngettext("%(n)s certification given.", "%(n)s certifications given.", done)
        messages.success(request, text % {"n": done})
    else:
        messages.warning(request, _("Nothing was ticked, so nothing changed."))
