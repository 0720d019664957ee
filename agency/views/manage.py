"""The manager's pages."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agency.models import User
from agency.services import access, overview, palette
from tenants.models import Company


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Every company with its sites, code, portal, people and live chats."""
    access.require_manager(request.user)
    companies = overview.list_companies(timezone.now())
    live = {
        "waiting": sum(line.live.waiting for line in companies),
        "open": sum(line.live.open for line in companies),
        "wrap_up": sum(line.live.wrap_up for line in companies),
    }
    context = {"companies": companies, "live": live, "seats": overview.count_seats(timezone.now())}
    return render(request, "manage/home.html", context)


@login_required
def colours(request: HttpRequest) -> HttpResponse:
    """The colours of every company for a manager; for others nothing."""
    user = request.user
    is_manager = isinstance(user, User) and user.is_active and user.is_manager
    companies = Company.objects.filter(ready=True) if is_manager else Company.objects.none()
    return HttpResponse(palette.stylesheet(companies), content_type="text/css; charset=utf-8")
