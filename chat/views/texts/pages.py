"""A company's texts for managers: what is in force, its versions, and writing the next one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agency.services.certification import certify
from agency.views.doors import FORM, READ, SignedInRequest, company_page
from agency.views.form_status import status_of
from agency.views.query import asked_choice, asked_id
from chat.models import Text
from chat.services.texts import edit, texts
from chat.services.texts.edit import NewText, NewVersion, Taken
from chat.services.texts.texts import Found, Outdated
from chat.views.texts.forms import TextForm
from chat.views.texts.words import BY_KIND, KINDS, LANGUAGE_NAMES, changes_between, shown_parts
from tenants import clock
from tenants.context import in_company
from tenants.models import Company, Site

ADDRESS_LIMIT = 2_000


@company_page(READ)
def text_list(request: HttpRequest, company: Company) -> HttpResponse:
    """List every text in force, by kind and language, and those withdrawn, and show which greeting a page gets."""
    with in_company(company):
        newest = texts.list_newest()
    groups = [
        {
            "words": words,
            "texts": [t for t in newest if t.kind == words.kind and not t.withdrawn_at],
            "withdrawn": [t for t in newest if t.kind == words.kind and t.withdrawn_at],
        }
        for words in KINDS
    ]
    sites = list(Site.objects.filter(company=company).order_by("name"))
    language = asked_choice(request, "language", list(dict(LANGUAGE_NAMES)), company.language)
    greetings = [t for t in newest if t.kind == Text.Kind.GREETING and t.language == language and not t.withdrawn_at]
    context = {
        "company": company,
        "groups": groups,
        "languages": LANGUAGE_NAMES,
        "asked_language": language,
        "unspoken": [
            {
                "language": dict(LANGUAGE_NAMES).get(code, code),
                "sites": [site.name for site in sites if site.language == code],
                "invites": any(site.invite_after for site in sites if site.language == code),
            }
            for code in texts.list_unspoken(newest, {site.language for site in sites})
        ],
        **_test(greetings, request.GET.get("url", "")),
    }
    return render(request, "texts/list.html", context)


@company_page(FORM)
def text_new(request: SignedInRequest, company: Company) -> HttpResponse:
    """Write a text that isn't there yet. The kind is in the address."""
    words = BY_KIND.get(request.GET.get("kind", ""))
    if words is None:
        raise Http404
    form = TextForm(words.kind, request.POST or None, initial={"language": company.language, "patterns": "*"})
    context = {"company": company, "words": words, "form": form}
    if request.method == "POST" and form.is_valid():
        if "test" in request.POST:
            context |= _test_draft(company, form, None, request.POST.get("url", ""))
            return render(request, "texts/edit.html", context)
        given = form.cleaned_data
        new = NewText(words.kind, given["language"], form.words(), given.get("shortcut", ""))
        try:
            made = edit.add_text(company=company, new=new, by=request.user, now=clock.now())
        except Taken as problem:
            context["taken"] = problem.text
            return render(request, "texts/edit.html", context, status=409)
        messages.success(request, _("Published: “%(name)s”.") % {"name": edit.name_of(made)})
        return redirect("manage_text", company_id=company.pk, text_id=made.pk)
    return render(request, "texts/edit.html", context, status=status_of(request))


@company_page(READ)
def text_one(request: HttpRequest, company: Company, text_id: UUID) -> HttpResponse:
    """One version: its words, what changed since the one before (or another), and all versions."""
    text = _text(company, text_id)
    with in_company(company):
        versions = texts.list_versions(text)
    asked = asked_id(request, "with", [one.pk for one in versions])
    other = next((one for one in versions if one.pk == asked != text.pk), None)
    if other is None:
        other = next((one for one in versions if one.version < text.version), None)
    before, after = (other, text) if other is None or other.version < text.version else (text, other)
    context = {
        "company": company,
        "words": BY_KIND[text.kind],
        "text": text,
        "newest": versions[0],
        "versions": versions,
        "other": other,
        "before": before,
        "after": after,
        "parts": shown_parts(text),
        "changes": changes_between(before, after) if before is not None else [],
    }
    return render(request, "texts/one.html", context)


@company_page(FORM)
def text_edit(request: SignedInRequest, company: Company, text_id: UUID) -> HttpResponse:
    """Write the next version, beginning with the words of the one in the address."""
    text = _text(company, text_id)
    with in_company(company):
        newest = texts.list_versions(text)[0]
    form = TextForm(text.kind, request.POST or None, text=text)
    # From an older version: its words, published as the next after the newest.
    form.initial["base"] = newest.version
    context = _edit_context(company, text, newest, form)
    if request.method != "POST" or not form.is_valid():
        return render(request, "texts/edit.html", context, status=status_of(request))
    if "test" in request.POST:
        context |= _test_draft(company, form, text, request.POST.get("url", ""))
        return render(request, "texts/edit.html", context)
    base = form.cleaned_data["base"]
    expected = -1 if base is None else base
    new = NewVersion(form.words(), expected, major=form.cleaned_data.get("major", False))
    try:
        made = edit.change_text(company=company, text=text, new=new, by=request.user, now=clock.now())
    except Outdated as problem:
        return _outdated(request, context, form, problem.current or newest)
    messages.success(
        request,
        _("Published: “%(name)s”, version %(n)s.") % {"name": edit.name_of(made), "n": made.version},
    )
    return redirect("manage_text", company_id=company.pk, text_id=made.pk)


@company_page(FORM)
def text_withdraw(request: SignedInRequest, company: Company, text_id: UUID) -> HttpResponse:
    """Ask whether to take a text out of force, saying what that does, then do it."""
    text = _text(company, text_id)
    if request.method == "POST":
        edit.withdraw(company=company, text=text, by=request.user, now=clock.now())
        messages.success(
            request,
            _("Withdrawn: “%(name)s”. Its versions are kept.") % {"name": edit.name_of(text)},
        )
        return redirect("manage_texts", company_id=company.pk)
    context = {"company": company, "text": text, "words": BY_KIND[text.kind]}
    return render(request, "texts/withdraw.html", context)


def _text(company: Company, text_id: UUID) -> Text:
    text = edit.find_text(company, text_id)
    if text is None:
        raise Http404
    return text


def _edit_context(company: Company, text: Text, newest: Text, form: TextForm) -> dict[str, Any]:
    context: dict[str, Any] = {
        "company": company,
        "words": BY_KIND[text.kind],
        "form": form,
        "text": text,
        "newest": newest,
        "url": "",
    }
    if text.kind == Text.Kind.INSTRUCTION:
        context["standings"] = certify.count_standings(company.pk, clock.now())
    return context


def _outdated(request: HttpRequest, context: dict[str, Any], form: TextForm, current: Text) -> HttpResponse:
    """The form again with all that was typed, beside what a colleague published meanwhile."""
    given = request.POST.copy()
    given["base"] = str(current.version)
    form.data = given
    context |= {"current": current, "changes": changes_between(current, form.words())}
    return render(request, "texts/edit.html", context, status=409)


def _test_draft(company: Company, form: TextForm, text: Text | None, url: str) -> dict[str, Any]:
    """Which greeting a page would get if these words were published."""
    words = form.words()
    language = text.language if text is not None else form.cleaned_data["language"]
    with in_company(company):
        others = texts.list_greetings(language)
    draft = Text(kind=form.kind, key=text.key if text else "", language=language, **words)
    kept = [one for one in others if text is None or one.key != text.key]
    ordered = sorted([*kept, draft], key=lambda one: one.key)
    return {**_test(ordered, url), "draft": draft}


def _test(greetings: list[Text], url: str) -> dict[str, Any]:
    url = url.replace("\x00", "").strip()[:ADDRESS_LIMIT]
    found: list[Found] = texts.explain_greeting(texts=greetings, url=url) if url else []
    return {"url": url, "found": found, "tested": bool(url)}
