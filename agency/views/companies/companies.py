"""A company's own pages for managers: facts, sites and promise."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from agency.domain.promise.sla import DEFAULT_PROMISE_SECONDS
from agency.domain.sites.colour import is_hex
from agency.models import Promise
from agency.services import access
from agency.services.companies import companies, overview, palette
from agency.services.hours import weekly_hours
from agency.views.companies.forms import SITE_LANGUAGES, FactsForm, SiteForm
from agency.views.companies.hours_forms import PromiseForm
from agency.views.doors import FORM, POST, READ, SignedInRequest, company_page, manager_page
from agency.views.form_status import status_of
from tenants import clock
from tenants.models import Company, Site
from tenants.origins import shown_url

_TENTH = Decimal("0.1")


@company_page(FORM)
def facts(request: SignedInRequest, company: Company) -> HttpResponse:
    """Show a company's name, look, voice and addresses, or save them."""
    now = clock.now()
    initial = {name: getattr(company, name) for name in companies.FACTS}
    form = FactsForm(request.POST or None, initial=initial, company=company)
    if request.method == "POST" and form.is_valid():
        try:
            companies.change_facts(company=company, facts=form.cleaned_data, by=request.user, now=now)
        except IntegrityError:  # a colleague gave these letters away a moment ago
            form.add_error("monogram", _("Another company has these letters."))
        else:
            messages.success(request, _("Saved. Sites show it within seconds."))
            return redirect("manage_company", company.pk)
    portal = access.host_url(company, "/")
    context = {"company": company, "form": form, "look": colour_of(form), "portal": portal}
    return render(request, "manage/companies/facts.html", context, status=status_of(request))


@company_page(READ)
def sites(request: HttpRequest, company: Company) -> HttpResponse:
    """List every site with its code."""
    languages = dict(SITE_LANGUAGES)
    lines = {line.id: line for line in overview.list_sites(company)}
    rows = [(site, lines[site.pk], languages.get(site.language, site.language)) for site in company.sites.all()]
    return render(request, "manage/sites/sites.html", {"company": company, "lines": rows})


@company_page(FORM)
def site_new(request: SignedInRequest, company: Company) -> HttpResponse:
    """Add a site."""
    form = SiteForm(request.POST or None, initial={"language": company.language})
    if request.method == "POST" and form.is_valid():
        made = companies.add_site(company=company, facts=form.cleaned_data, by=request.user, now=clock.now())
        messages.success(request, _("The site is there. Its code stands below."))
        warn_of_sharing(request, made)
        return redirect("manage_company_sites", company.pk)
    context = {"company": company, "form": form}
    return render(request, "manage/sites/site.html", context, status=status_of(request))


@company_page(FORM)
def site(request: SignedInRequest, company: Company, site_id: UUID) -> HttpResponse:
    """Change one site."""
    found = _site(company, site_id)
    initial = {name: getattr(found, name) for name in companies.SITE_FACTS}
    initial |= {name: "\n".join(initial[name]) for name in ("origins", "low_value")}
    form = SiteForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        companies.change_site(site=found, facts=form.cleaned_data, by=request.user, now=clock.now())
        messages.success(request, _("Saved. Sites show it within seconds."))
        found.refresh_from_db(fields=["origins"])
        warn_of_sharing(request, found)
        return redirect("manage_company_sites", company.pk)
    context = {"company": company, "form": form, "site": found, "line": overview.site_line(found)}
    return render(request, "manage/sites/site.html", context, status=status_of(request))


@company_page(POST)
def site_retire(request: SignedInRequest, company: Company, site_id: UUID) -> HttpResponse:
    """Take a site's addresses away."""
    found = _site(company, site_id)
    if companies.retire_site(site=found, by=request.user, now=clock.now()):
        messages.success(request, _("%(site)s is retired: its code answers nowhere.") % {"site": found.name})
    return redirect("manage_company_sites", company.pk)


@company_page(FORM)
def promise(request: SignedInRequest, company: Company) -> HttpResponse:
    """Show the promise in force and the earlier ones, or save a new one. It holds from the moment it is saved."""
    versions = list(Promise.objects.filter(company=company).order_by("-version"))
    initial = {}
    if versions:
        initial = {
            "seconds": versions[0].seconds,
            "percent": (versions[0].share * 100).quantize(_TENTH),
        }
    form = PromiseForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = weekly_hours.set_promise(
            company=company,
            seconds=form.cleaned_data["seconds"],
            share=form.share(),
            by=request.user,
            now=clock.now(),
        )
        if made is None:
            messages.info(request, _("That is the promise already."))
            return redirect("manage_company_promise", company.pk)
        return _saved(request, "manage_company_promise", company)
    context = {
        "company": company,
        "form": form,
        "versions": versions,
        "default_seconds": DEFAULT_PROMISE_SECONDS,
    }
    return render(request, "manage/hours/promise.html", context, status=status_of(request))


def warn_of_sharing(request: HttpRequest, site: Site) -> None:
    """Say which other sites have an address of this one: a page shows the chat of its own code alone."""
    for other in companies.list_sharing(site):
        shared = ", ".join(shown_url(one) for one in site.origins if one in other.origins)
        facts = {"address": shared, "site": other.name, "company": other.company.name}
        messages.warning(
            request,
            _("%(address)s is an address of “%(site)s” of %(company)s too. Is that right?") % facts,
        )


@manager_page(READ)
def proposal(request: HttpRequest) -> HttpResponse:
    """Serve the form while it is typed: a free address and monogram for a name, and how readable a colour is."""
    name, brand = request.GET.get("name", "")[:100], request.GET.get("brand", "")[:7]
    answer: dict[str, Any] = {}
    if name.strip():
        answer["slug"] = companies.propose_slug(name)
        answer["monogram"] = companies.propose_monogram(name)
    if is_hex(brand):
        look = palette.describe(brand)
        answer["look"] = {"solid": look.solid, "on": look.on, "sentence": look_sentence(look)}
    return JsonResponse(answer)


def look_sentence(look: palette.Look) -> str:
    """Say how readable text on a company's colour is, and what is done for it."""
    facts = {"ratio": number_format(look.ratio, 1), "colour": look.solid}
    if look.is_moved:
        return _("Easy to read. Under text we use %(colour)s, a shade of it: %(ratio)s to 1.") % facts
    if look.is_dark_text:
        return _("Easy to read. On this colour we use dark text: %(ratio)s to 1.") % facts
    return _("Easy to read. On this colour we use white text: %(ratio)s to 1.") % facts


def colour_of(form: forms.Form) -> dict[str, str]:
    """Return the sentence for the colour that the form shows."""
    brand = str(form["brand"].value() or "")
    if not is_hex(brand):
        return {}
    look = palette.describe(brand)
    return {
        "brand": brand,
        "solid": look.solid,
        "on": look.on,
        "sentence": look_sentence(look),
    }


def _site(company: Company, site_id: UUID) -> Site:
    found = Site.objects.filter(company=company, pk=site_id).first()
    if found is None:
        raise Http404
    return found


def _saved(request: HttpRequest, page: str, company: Company) -> HttpResponse:
    messages.success(request, _("Saved. Sites show it within seconds."))
    return redirect(page, company.pk)
