"""The answer to a signed link that is old, forged, cut off or another company's: the same for all of them, so that who
holds one learns nothing about which it is.
"""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenants.models import Company


def show_gone(request: HttpRequest, company: Company, topic: str, within: timedelta) -> HttpResponse:
    """Say that the link doesn't work, and for how long such links do.

    Args:
        topic: the folder of templates whose `gone.html` says it.
    """
    return render(request, f"{topic}/gone.html", {"company": company, "days": within.days}, status=404)
