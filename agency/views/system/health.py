"""/livez for balancers, /healthz for people and the launcher, /metrics for Prometheus."""

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse

from agency.services.system import health
from tenants import clock

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


def livez(request: HttpRequest) -> HttpResponse:
    """Answer 200 when this process and the database answer, else 503."""
    alive = health.is_database_alive()
    return _no_store(JsonResponse({"ok": alive}, status=200 if alive else 503))


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when every part answered within its limit, else 503 naming the parts that didn't."""
    answers = health.check_all(clock.now())
    missing = [answer.part for answer in answers if not answer.ok]
    parts = {answer.part: {"ok": answer.ok, "detail": answer.detail} for answer in answers}
    body = {"ok": not missing, "missing": missing, "parts": parts}
    return _no_store(JsonResponse(body, status=503 if missing else 200))


def metrics(request: HttpRequest) -> HttpResponse:
    """Serve Prometheus text, for loopback or the bearer of BALIE_METRICS_TOKEN. Everybody else gets 404."""
    if not (_is_loopback(request) or _has_token(request)):
        return HttpResponseNotFound(b"", content_type="text/plain")
    lines: list[str] = []
    seen: set[str] = set()
    for name, help_, labels, value in health.gauges(clock.now()):
        if name not in seen:
            seen.add(name)
            lines += [f"# HELP {name} {help_}.", f"# TYPE {name} gauge"]
        inside = ",".join(f'{key}="{text}"' for key, text in labels.items())
        lines.append(f"{name}{{{inside}}} {value:g}" if inside else f"{name} {value:g}")
    body = "\n".join(lines) + "\n"
    return _no_store(HttpResponse(body, content_type="text/plain; version=0.0.4; charset=utf-8"))


def _is_loopback(request: HttpRequest) -> bool:
    # Behind a proxy on the same machine every caller has a loopback address; a forwarded request isn't one.
    if any(request.META.get(name) for name in FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    wanted = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(wanted) and hmac.compare_digest(given.encode(), f"Bearer {wanted}".encode())


def _no_store(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    # A poller asks each second during a start: 503 is the answer then, not an error to log each time.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
