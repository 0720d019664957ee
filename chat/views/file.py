"""A file by its short signed address. The address is the key: nobody has to sign in."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from agency.views.doors import READ, guest_page
from chat.services.files.link import LINK_WITHIN, find_linked_file
from chat.services.files.store import read
from chat.views.gone import show_gone
from tenants import clock
from tenants.models import Company

# Shown by a browser as they are; everything else is saved, whatever it says that it is.
_SHOWN = frozenset({"image/webp"})


@guest_page(READ)
def file_link(request: HttpRequest, company: Company, token: str) -> HttpResponse:
    """Serve the file that the token names, for as long as it is good."""
    found = find_linked_file(company, token, clock.now())
    try:
        body = read(company, found[0].pk) if found is not None else None
    except FileNotFoundError:  # named by reconcile
        body = None
    if found is None or body is None:
        return show_gone(request, company, "files", LINK_WITHIN)
    file, left = found
    response = HttpResponse(body, content_type=file.content_type)
    kept = content_disposition_header(as_attachment=file.content_type not in _SHOWN, filename=file.name)
    response["Content-Disposition"] = kept or "attachment"
    # By its owner's browser and no longer than its address: files never change.
    response["Cache-Control"] = f"private, max-age={left}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
