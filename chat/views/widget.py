"""Scripts that a client's page fetches from us: the loader by site key, and the panel's modules."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified

from agency.views.doors import READ, public_page
from chat.services import widget_files
from chat.services.files.picture import CONTENT_TYPE
from chat.services.files.store import read
from chat.services.widget_files import WireFile, takes_gzip
from tenants.models import Company
from tenants.resolve import find_site

# The loader's address never changes, so a new one must reach pages by itself: browsers ask again
# after an hour, and use the old one once more while they do. It finds the panel by its config.
LOADER_CACHE = "public, max-age=3600, stale-while-revalidate=86400"
# A panel's address names its content; another content has another address.
PANEL_CACHE = "public, max-age=31536000, immutable"
# A page of the release before still asks for its old modules: it gets the new ones, unkept.
OTHER_RELEASE_CACHE = "no-cache"


@public_page(READ)
def loader(request: HttpRequest, site_key: str) -> HttpResponse:
    """Serve the script that a company pastes into its pages, or 404 for a key that no site has."""
    if find_site(site_key) is None:
        raise Http404
    return _answer(request, widget_files.loader(), LOADER_CACHE)


@public_page(READ)
def panel(request: HttpRequest, release: str, name: str) -> HttpResponse:
    """One module of the panel."""
    file = widget_files.find_panel_file(name)
    if file is None:
        raise Http404
    same = release == widget_files.current().release
    return _answer(request, file, PANEL_CACHE if same else OTHER_RELEASE_CACHE)


@public_page(READ)
def logo(request: HttpRequest, logo: str) -> HttpResponse:
    """Serve the logo that a company has now. Another one gets another address."""
    company_id, file_id = (UUID(part) for part in logo.split("-"))
    company = Company.objects.filter(pk=company_id, ready=True, logo__file=str(file_id)).first()
    host_company = getattr(request, "company", None)
    if company is None or host_company not in (None, company):
        raise Http404
    try:
        response = HttpResponse(read(company, file_id), content_type=CONTENT_TYPE)
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = PANEL_CACHE
    response["Content-Security-Policy"] = "default-src 'none'"
    return _for_other_origins(response)


def _answer(request: HttpRequest, file: WireFile, cache: str) -> HttpResponse:
    packed = takes_gzip(request.headers.get("Accept-Encoding", ""))
    etag = file.packed_etag if packed else file.etag
    response: HttpResponse
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponseNotModified()
    else:
        body = file.packed if packed else file.body
        response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
        if packed:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    response["Cache-Control"] = cache
    response["Vary"] = "Accept-Encoding"
    return _for_other_origins(response)


def _for_other_origins(response: HttpResponse) -> HttpResponse:
    # Modules are fetched by other origins, also by pages that isolate themselves (COEP).
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    # Read by script_middleware: what the middleware of pages adds to these is taken off again.
    response.own_headers = dict(response.headers)  # type: ignore[attr-defined]
    return response
