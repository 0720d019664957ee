from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import override

from agency.domain.hours.periods import local_day
from agency.models import ChatRecord, OnboardingStep, Operator, PoolRule, PortalMember, SiteSighting, User
from agency.services.certification.certify import certify
from agency.services.companies.onboarding import mark_done
from balie.demo.coming import write_coming
from balie.demo.content import COMPANIES, MANAGER, OPERATORS, OWNERS, PASSWORD
from balie.demo.counters import write_counters
from balie.demo.history import write_history
from balie.demo.leads import write_leads
from balie.demo.offered import write_offered
from balie.demo.past import DAYS
from balie.demo.presence import write_presence
from balie.demo.shifts import write_plan
from balie.steps.onboard import onboard, open_always
from billing.domain.pricing import ZONE
from billing.services.agreements.accept import Consent, accept
from billing.services.agreements.proposals import list_proposals
from billing.services.invoice_details import FIELDS, change_details
from billing.services.prices import set_price
from tenants import clock
from tenants.models import Company, Site


class Command(BaseCommand):
    help = "Fill an empty database with the demo; on a demo that is there, rewrite origins and links to PORT."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            if not User.objects.exists() and not Company.objects.exists():
                _fill()
                self.stdout.write("demo loaded")
        _readdress()


def _fill() -> None:
    companies = {}
    for facts in COMPANIES:
        site = {key: value for key, value in facts["site"].items() if key != "host"}
        rest = {key: value for key, value in facts.items() if key not in ("site", "price", "invoice")}
        company, _ = onboard(site=site, now=clock.now(), **rest)
        open_always(company, "Demo")
        # At night one of the demo's operators is there.
        PoolRule.objects.create(company=company, min_certified=1)
        companies[company.slug] = company
    manager = User.objects.create_superuser(password=PASSWORD, **MANAGER)
    for person in OPERATORS:
        user = User.objects.create_user(person["email"], PASSWORD, name=person["name"])
        operator = Operator.objects.create(
            user=user,
            public_name=person["public_name"],
            level=person["level"],
            languages=["nl", "en"],
        )
        for slug in person["certified"]:
            certify(operator=operator, company=companies[slug])
    write_plan(list(Operator.objects.order_by("user__email")), now=clock.now())
    for person in OWNERS:
        user = User.objects.create_user(person["email"], PASSWORD, name=person["name"])
        PortalMember.objects.create(user=user, company=companies[person["company"]], role=PortalMember.Role.OWNER)
    _fill_past(companies, manager)
    for facts in COMPANIES:
        company = companies[facts["slug"]]
        _come_aboard(company, facts["invoice"], by=User.objects.get(portal_memberships__company=company))
    owner = User.objects.get(portal_memberships__company=companies["acme"])
    write_coming(companies["acme"], manager=manager, owner=owner, now=clock.now())


def _come_aboard(company: Company, invoice: dict[str, str], *, by: User) -> None:
    """Let a company's owner finish each step, and accept the processing agreement and the price."""
    now = clock.now()
    facts = {**dict.fromkeys(FIELDS, ""), "country": company.country, **invoice}
    change_details(company=company, facts=facts, expected=0, by=by, now=now)
    with override(company.language):
        for proposal in list_proposals(company, now):
            consent = Consent(proposal.kind, proposal.price_id, proposal.sum, by.name)
            accept(company=company, consent=consent, by=by, now=now)
    Company.objects.filter(pk=company.pk).update(tested_at=now)
    for step in OnboardingStep.Name.values:
        mark_done(company=company, step=step, by=by, now=now)


def _fill_past(companies: dict[str, Company], manager: User) -> None:
    now = clock.now()
    first_day = local_day(now, ZONE) - timedelta(days=DAYS + 1)
    for facts in COMPANIES:
        company = companies[facts["slug"]]
        price = Decimal(facts["price"])
        set_price(company=company, amount=price, valid_from=first_day, by=manager, now=now)
        write_history(company, by=manager, now=now)
        write_leads(company, now=now)
        arrived = ChatRecord.objects.filter(company=company).aggregate(
            first_at=Min("arrived_at"), last_at=Max("arrived_at")
        )
        SiteSighting.objects.create(site=company.sites.get(), **arrived)
    write_presence(now=now)
    write_offered(now=now)
    write_counters(now=now)


def _readdress() -> None:
    """The demo's own sites are on PORT + 1 of this start."""
    for facts in COMPANIES:
        origin = f"http://{facts['site']['host']}:{settings.PORT + 1}"
        site = Site.objects.filter(key=facts["site"]["key"])
        site.update(origins=[origin], privacy_url=f"{origin}/privacy.html")
        seen = SiteSighting.objects.filter(site__in=site)
        if not seen.filter(origin=origin).exists():
            seen.update(origin=origin)
