"""Step 2: the web site on which the chat stands, and what it shows when nobody is there."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.services.companies import companies
from agency.services.companies.companies import SITE_FACTS
from agency.views.companies.companies import warn_of_sharing
from agency.views.companies.forms import SiteForm
from balie.pages.onboarding.step import Step, StepPlace, StepState
from tenants.models import Company, Site
from tenants.origins import shown_url

# The rest has a usual value, and a page of its own.
NAMES = ("name", "origins", "language", "unstaffed", "phone", "privacy_url")
_LISTS = ("origins", "low_value")


def _state(company: Company) -> StepState:
    origins = [origin for site in company.sites.all() for origin in site.origins]
    if not origins:
        return StepState(missing=[_("the address of a site")])
    rest = f" +{len(origins) - 1}" if len(origins) > 1 else ""
    return StepState(f"{shown_url(origins[0]).partition('://')[2]}{rest}")


def _find_site(place: StepPlace) -> Site | None:
    """Return the site that the page showed, or else the first."""
    sites = list(place.company.sites.all())
    try:
        sent = UUID(place.data.get("site", "")) if place.data is not None else None
    except ValueError:
        sent = None
    return next((site for site in sites if site.pk == sent), sites[0] if sites else None)


def _make_forms(place: StepPlace) -> Sequence[forms.Form]:
    site = _find_site(place)
    initial: dict[str, Any] = {"name": place.company.name, "language": place.company.language}
    if site is not None:
        initial = {name: getattr(site, name) for name in NAMES}
        initial["origins"] = "\n".join(site.origins)
    form = SiteForm(place.data, initial=initial, prefix="site")
    form.fields = {name: form.fields[name] for name in NAMES}
    return [form]


def _save(place: StepPlace, sheets: Sequence[Any]) -> bool:
    site = _find_site(place)
    usual = {name: getattr(site or Site(), name) for name in SITE_FACTS}
    facts = {**usual, **{name: sheets[0].cleaned_data[name] for name in NAMES}}
    if site is None:
        site = companies.add_site(company=place.company, facts=facts, by=place.by, now=place.now)
    else:
        companies.change_site(site=site, facts=facts, by=place.by, now=place.now)
        site.refresh_from_db(fields=["origins"])
    if place.is_manager:
        # That it is another site's too is nobody's business at a portal.
        warn_of_sharing(place.request, site)
    return True


def _facts(place: StepPlace) -> Mapping[str, Any]:
    return {"site": _find_site(place), "more_sites": max(place.company.sites.count() - 1, 0)}


STEP = Step(
    slug="site",
    title=gettext_lazy("Web site"),
    question=gettext_lazy("On which site does the chat stand?"),
    lead=gettext_lazy("The chat answers only on the addresses that you fill in here."),
    minutes=1,
    state=_state,
    make_forms=_make_forms,
    save=_save,
    facts=_facts,
)
