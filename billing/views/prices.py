"""A company's prices, for managers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agency.templatetags.amounts import money
from agency.views.doors import FORM, SignedInRequest, company_page
from agency.views.form_status import status_of
from billing.services import ledger, prices
from billing.services.prices import CannotSetPrice
from billing.views.price_form import PriceForm, charged_words
from tenants import clock
from tenants.models import Company


@company_page(FORM, also_left=True)
def manage_prices(request: SignedInRequest, company: Company) -> HttpResponse:
    """Show what a chat costs, has cost and will cost. Set a price from a day on, or take back one that nothing was
    charged at.
    """
    if "remove" in request.POST:
        _remove(request, company)
        return redirect("manage_prices", company.pk)
    now = clock.now()
    if request.method == "POST":
        form = PriceForm(request.POST, now=now)
        if form.is_valid() and _set(request, company, form):
            return redirect("manage_prices", company.pk)
    else:
        form = PriceForm(now=now, initial={"valid_from": prices.first_free_day(company, now)})
    context = {
        "company": company,
        "form": form,
        "standings": prices.list_standings(company, now),
        "unpriced": ledger.count_unpriced(company),
    }
    return render(request, "billing/prices.html", context, status=status_of(request))


def _set(request: SignedInRequest, company: Company, form: PriceForm) -> bool:
    amount, day = form.cleaned_data["amount"], form.cleaned_data["valid_from"]
    try:
        prices.set_price(
            company=company,
            amount=amount,
            valid_from=day,
            by=request.user,
            now=clock.now(),
        )
    except CannotSetPrice as problem:
        form.add_problem(problem)
        return False
    told = _("A chat costs %(amount)s from %(day)s on.")
    messages.success(request, told % {"amount": money(amount), "day": date_format(day, "j F Y")})
    return True


def _remove(request: SignedInRequest, company: Company) -> None:
    try:
        prices.remove_price(
            company=company,
            price_id=UUID(request.POST["remove"]),
            by=request.user,
            now=clock.now(),
        )
    except ValueError:
        messages.error(request, _("This price isn't there any more."))
    except CannotSetPrice as problem:
        gone = problem.code == "not_found"
        messages.error(request, _("This price isn't there any more.") if gone else charged_words(problem))
    else:
        messages.success(request, _("The price was taken back."))
