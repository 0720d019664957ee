"""Where the links of a mail about a chat lead: the company's own portal host, and pages of its own sites."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from agency.services import access
from chat.domain.links import is_web_link
from chat.models import Chat, Delivery, TranscriptRequest
from chat.services.finished.rate import rating_token
from chat.services.mail.confirm import confirm_token
from tenants.models import Company, Site


def page_url(chat: Chat) -> str:
    """The page of the chat, if it is on one of the site's own origins: the browser that named it may have lied."""
    if not is_web_link(chat.page_url):
        return ""
    parts = urlsplit(chat.page_url)
    site = Site.objects.filter(pk=chat.site_id).first()
    own = site.origins if site is not None else []
    return chat.page_url if f"{parts.scheme}://{parts.netloc}".lower() in own else ""


def privacy_url(chat: Chat) -> str:
    """The privacy page of the chat's site, if it is an address that a browser opens."""
    site = Site.objects.filter(pk=chat.site_id).first()
    return site.privacy_url if site is not None and is_web_link(site.privacy_url) else ""


def rating_urls(company: Company, chat: Chat) -> tuple[str, str] | None:
    """Return the addresses of Yes and No, or None where a company without a host can't offer them."""
    path = reverse("rating", settings.PORTAL_URLCONF, kwargs={"token": rating_token(company, chat.pk)})
    try:
        url = access.host_url(company, path)
    except LookupError:
        return None
    return f"{url}?good=1", f"{url}?good=0"


def confirm_url(delivery: Delivery, company: Company) -> str:
    """Where the recipient says that they want the chat.

    Raises:
        LookupError: the company has no host yet.
    """
    request = TranscriptRequest.objects.get(delivery=delivery)
    path = reverse("transcript", settings.PORTAL_URLCONF, kwargs={"token": confirm_token(company, request.pk)})
    return access.host_url(company, path)


def whole_url(delivery: Delivery, company: Company) -> str:
    """Return the address at which the whole chat is asked for, or "" where a company without a host can't offer it."""
    try:
        return confirm_url(delivery, company)
    except LookupError:
        return ""
