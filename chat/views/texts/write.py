"""Writing a company's texts: a draft, its publication, and taking either back."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from agency.services.certification import certify
from agency.views.form_status import status_of
from chat.models import Text
from chat.services.texts import drafts, publish, texts
from chat.services.texts.drafts import NewText, NewVersion, Outdated, Taken, TextAuthor
from chat.services.texts.force import name_of
from chat.services.texts.overview import TextState
from chat.services.texts.publish import NotApproved
from chat.views.texts.forms import PublishForm, TextForm
from chat.views.texts.pages import find, show, test_on_page
from chat.views.texts.place import TextPlace
from chat.views.texts.words import BY_KIND, changes_between
from tenants import clock
from tenants.context import in_company
from tenants.models import Company


def new(request: HttpRequest, place: TextPlace) -> HttpResponse:
    """Write a text that isn't there yet. The kind is in the address.

    Raises:
        Http404: no such kind.
    """
    company, by, words = place.company, _writer(place), BY_KIND.get(request.GET.get("kind", ""))
    if words is None:
        raise Http404
    begin = {"language": company.language, "patterns": "*"}
    form = TextForm(words.kind, company.zone, request.POST or None, initial=begin)
    context = {"words": words, "form": form, "publishes": place.may_publish()}
    if request.method != "POST" or not form.is_valid():
        return show(request, place, "texts/edit.html", context, status_of(request))
    if "test" in request.POST:
        context |= _test_draft(company, form, None, request.POST.get("url", ""))
        return show(request, place, "texts/edit.html", context)
    given = form.cleaned_data
    text = NewText(words.kind, given["language"], form.words(), given.get("shortcut", ""))
    write = publish.add_text if _publishes(request, place) else drafts.add_draft
    try:
        made = write(company=company, new=text, by=by, now=clock.now())
    except Taken as problem:
        context["taken"] = problem.text
        return show(request, place, "texts/edit.html", context, 409)
    return _done(request, place, made)


def edit(request: HttpRequest, place: TextPlace, text_id: UUID) -> HttpResponse:
    """Write the next version, beginning with the words of the one in the address.

    Raises:
        Http404: no such text of this company.
    """
    company, by = place.company, _writer(place)
    text, _versions, state = find(company, text_id, clock.now())
    form = TextForm(text.kind, company.zone, request.POST or None, text=text)
    # From an older version: its words, as the next after the newest.
    form.initial["base"] = state.newest.edition
    context = _edit_context(place, text, state, form)
    if request.method != "POST" or not form.is_valid():
        return show(request, place, "texts/edit.html", context, status_of(request))
    if "test" in request.POST:
        context |= _test_draft(company, form, text, request.POST.get("url", ""))
        return show(request, place, "texts/edit.html", context)
    base = form.cleaned_data["base"]
    expected = -1 if base is None else base
    version = NewVersion(form.words(), expected, major=form.cleaned_data.get("major", False))
    write = publish.change_text if _publishes(request, place) else drafts.change_draft
    try:
        made = write(company=company, text=text, new=version, by=by, now=clock.now())
    except Outdated as problem:
        return _outdated(request, place, context, problem.current or state.newest)
    return _done(request, place, made)


def publish_draft(request: HttpRequest, place: TextPlace, text_id: UUID) -> HttpResponse:
    """Ask when a draft is to take force, then publish it.

    Raises:
        Http404: no such text of this company.
    """
    company, by = place.company, _writer(place)
    text, versions, state = find(company, text_id, clock.now())
    if state.draft is None or state.draft.pk != text.pk:
        messages.warning(request, _("This is no draft any more."))
        return redirect(place.url("text", text.pk))
    before = state.holds or next((one for one in versions if one.told_at is not None), None)
    form = PublishForm(text, company.zone, request.POST or None)
    context = {
        "words": BY_KIND[text.kind],
        "text": text,
        "state": state,
        "form": form,
        "before": before,
        "changes": changes_between(before, text) if before is not None else [],
        "publishes": place.may_publish(text),
    }
    if request.method != "POST" or not form.is_valid():
        return show(request, place, "texts/publish.html", context, status_of(request))
    given = form.cleaned_data
    try:
        made = publish.publish(
            company=company, text=text, expected=given["base"], by=by, now=clock.now(), at=given["at"]
        )
    except (Outdated, NotApproved) as problem:
        _say_refused(request, problem)
        return redirect(place.url("text", text.pk))
    return _done(request, place, made)


def act(request: HttpRequest, place: TextPlace, text_id: UUID) -> HttpResponse:
    """Approve a draft, put it away, or make one again of what waits for its moment.

    Raises:
        Http404: no such text of this company, or nothing that can be done here.
    """
    company, by = place.company, _writer(place)
    text, _versions, _state = find(company, text_id, clock.now())
    done = request.POST.get("do")
    base = request.POST.get("base", "")
    expected = int(base) if base.isascii() and base.isdecimal() and len(base) < 10 else -1
    now = clock.now()
    try:
        if done == "approve" and place.approves:
            drafts.approve(company=company, text=text, expected=expected, by=by.user, now=now)
            messages.success(request, _("Approved: “%(name)s”.") % {"name": name_of(text)})
        elif done == "put_away":
            drafts.put_away(company=company, text=text, expected=expected, by=by, now=now)
            messages.success(request, _("Put away. The draft stays among the versions."))
        elif done == "unschedule":
            publish.unschedule(company=company, text=text, expected=expected, by=by, now=now)
            messages.success(request, _("Taken back: it is a draft again."))
        else:
            raise Http404
    except Outdated as problem:
        _say_refused(request, problem)
    return redirect(place.url("text", text.pk))


def withdraw_text(request: HttpRequest, place: TextPlace, text_id: UUID) -> HttpResponse:
    """Ask whether to take a text out of force, saying what that does, then do it.

    Raises:
        Http404: no such text of this company.
    """
    by = _writer(place)
    text, _versions, state = find(place.company, text_id, clock.now())
    if request.method == "POST":
        publish.withdraw(company=place.company, text=text, by=by, now=clock.now())
        messages.success(request, _("Withdrawn: “%(name)s”. Its versions are kept.") % {"name": name_of(text)})
        return redirect(place.url("texts"))
    context = {"text": text, "words": BY_KIND[text.kind], "state": state}
    return show(request, place, "texts/withdraw.html", context)


def _writer(place: TextPlace) -> TextAuthor:
    """Return the author of what is written here. To somebody who only reads, pages of forms aren't there."""
    if place.by is None:
        raise Http404
    return place.by


def _publishes(request: HttpRequest, place: TextPlace) -> bool:
    return place.may_publish() and "draft" not in request.POST


def _done(request: HttpRequest, place: TextPlace, made: Text) -> HttpResponse:
    """Say what became of a version, and show it."""
    words = {"name": name_of(made), "n": made.version}
    if made.told_at is not None:
        messages.success(request, _("Published: “%(name)s”, version %(n)s.") % words)
    elif made.published_at is not None:
        words["moment"] = _moment_words(made.published_at, place.company)
        messages.success(request, _("“%(name)s”, version %(n)s, takes force on %(moment)s.") % words)
    elif place.may_publish(made):
        messages.success(request, _("Kept as a draft: “%(name)s”, version %(n)s.") % words)
    else:
        text = _("Kept as a draft: “%(name)s”, version %(n)s. The company must approve it.")
        messages.success(request, text % words)
    return redirect(place.url("text", made.pk))


def _moment_words(at: datetime, company: Company) -> str:
    return date_format(localtime(at, ZoneInfo(company.zone)), "j F Y, H:i")


def _say_refused(request: HttpRequest, problem: Outdated | NotApproved) -> None:
    if isinstance(problem, NotApproved):
        messages.warning(request, _("The company must approve this draft before it is published."))
    else:
        messages.warning(request, _("Something was done to this text meanwhile; nothing was changed. Look once more."))


def _edit_context(place: TextPlace, text: Text, state: TextState, form: TextForm) -> dict[str, Any]:
    draft = state.draft
    context: dict[str, Any] = {
        "words": BY_KIND[text.kind],
        "form": form,
        "text": text,
        "state": state,
        "newest": state.newest,
        "number": draft.version if draft is not None else state.newest.version + 1,
        "over_draft": draft if draft is not None and draft.pk != text.pk else None,
        "publishes": place.may_publish(),
        "url": "",
    }
    if text.kind == Text.Kind.INSTRUCTION:
        context["standings"] = certify.count_standings(place.company.pk, clock.now())
    return context


def _outdated(request: HttpRequest, place: TextPlace, context: dict[str, Any], current: Text) -> HttpResponse:
    """The form again with all that was typed, beside what a colleague did meanwhile."""
    form = context["form"]
    given = request.POST.copy()
    given["base"] = str(current.edition)
    form.data = given
    context |= {"current": current, "changes": changes_between(current, form.words()), "over_draft": None}
    return show(request, place, "texts/edit.html", context, 409)


def _test_draft(company: Company, form: TextForm, text: Text | None, url: str) -> dict[str, Any]:
    """Which greeting a page would get if these words were published."""
    words = form.words()
    language = text.language if text is not None else form.cleaned_data["language"]
    with in_company(company):
        others = [one for one in texts.list_greetings(language) if one.kind == Text.Kind.GREETING]
    draft = Text(kind=form.kind, key=text.key if text else "", language=language, **words)
    kept = [one for one in others if text is None or one.key != text.key]
    ordered = sorted([*kept, draft], key=lambda one: one.key)
    return {**test_on_page(ordered, url), "draft": draft}
