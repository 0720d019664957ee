"""A company's texts to read: what is in force and what is coming, and one version beside another."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agency.services.certification.receipts import list_receipts
from agency.views.query import asked_choice, asked_id
from chat.models import Text
from chat.services.texts import overview, texts
from chat.services.texts.overview import TextState
from chat.services.texts.texts import Found
from chat.views.texts.place import TextPlace
from chat.views.texts.words import BY_KIND, KINDS, LANGUAGE_NAMES, PREVIEWED, changes_between, shown_parts
from tenants import clock
from tenants.models import Company, Site

ADDRESS_LIMIT = 2_000


def show_list(request: HttpRequest, place: TextPlace) -> HttpResponse:
    """List every text in force or coming, by kind and language, and those withdrawn."""
    company, now = place.company, clock.now()
    states = overview.list_states(company, now)
    sites = list(Site.objects.filter(company=company).order_by("name"))
    language = asked_choice(request, "language", list(dict(LANGUAGE_NAMES)), company.language)
    holding = [state.holds for state in states if state.holds is not None]
    greetings = [t for t in holding if t.kind == Text.Kind.GREETING and t.language == language]
    context = {
        "groups": [_group(words, states) for words in KINDS],
        "asked": [state for state in states if state.draft is not None and _is_asked(place, state.draft)],
        "languages": LANGUAGE_NAMES,
        "asked_language": language,
        "unspoken": [
            {
                "language": dict(LANGUAGE_NAMES).get(code, code),
                "sites": [site.name for site in sites if site.language == code],
                "invites": any(site.invite_after for site in sites if site.language == code),
            }
            for code in texts.list_unspoken(holding, {site.language for site in sites})
        ],
        **test_on_page(greetings, request.GET.get("url", "")),
    }
    return show(request, place, "texts/list.html", context)


def show_one(request: HttpRequest, place: TextPlace, text_id: UUID) -> HttpResponse:
    """Show one version: its words, what changed since the one before (or another), and all versions.

    Raises:
        Http404: no such text of this company.
    """
    text, versions, state = find(place.company, text_id, clock.now())
    asked = asked_id(request, "with", [one.pk for one in versions])
    other = next((one for one in versions if one.pk == asked != text.pk), None)
    if other is None:
        other = next((one for one in versions if one.version < text.version), None)
    before, after = (other, text) if other is None or other.version < text.version else (text, other)
    with timezone.override(ZoneInfo(place.company.zone)):
        parts = shown_parts(text)
        changes = changes_between(before, after) if before is not None else []
    context = {
        "words": BY_KIND[text.kind],
        "text": text,
        "state": state,
        "versions": versions,
        "before": before,
        "after": after,
        "parts": parts,
        "changes": changes,
        "receipts": list_receipts(place.company, clock.now()) if text.kind == Text.Kind.INSTRUCTION else None,
    }
    return show(request, place, "texts/one.html", context)


def find(company: Company, text_id: UUID, now: datetime) -> tuple[Text, list[Text], TextState]:
    """One version, all versions of its text, newest first, and how the text stands.

    Raises:
        Http404: no such text of this company.
    """
    text = overview.find_text(company, text_id)
    if text is None:
        raise Http404
    versions = overview.list_versions(company, text)
    return text, versions, overview.state_of(versions, now)


def show(
    request: HttpRequest, place: TextPlace, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Render a page of the texts on the company's clock."""
    around = {"place": place, "company": place.company, "member": place.member, "previewed": PREVIEWED}
    with timezone.override(ZoneInfo(place.company.zone)):
        return render(request, template, {**around, **context}, status=status)


def test_on_page(greetings: list[Text], url: str) -> dict[str, Any]:
    """Which of these greetings a page gets."""
    url = url.replace("\x00", "").strip()[:ADDRESS_LIMIT]
    found: list[Found] = texts.explain_greeting(texts=greetings, url=url) if url else []
    return {"url": url, "found": found, "tested": bool(url)}


def _group(words: Any, states: list[TextState]) -> dict[str, Any]:
    own = [state for state in states if state.newest.kind == words.kind]
    return {
        "words": words,
        "states": [state for state in own if state.holds or state.coming],
        "withdrawn": [state for state in own if not state.holds and not state.coming],
    }


def _is_asked(place: TextPlace, draft: Text) -> bool:
    """Whether somebody here is waited for: the company, by a draft of the agency's."""
    return place.approves and draft.author_inside and draft.approved_at is None
