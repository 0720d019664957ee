"""Words name the constants that rule: when one changes, every page, file and glossary that names it says the other."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, engines
from django.template.base import TokenType
from django.template.library import SimpleNode
from django.templatetags.i18n import BlockTranslateNode
from django.utils.translation import override

from agency.domain import certification
from agency.domain.pool import routing
from agency.domain.promise import bounce_reasons, sla
from agency.domain.promise.figures import FIGURES
from agency.services.constants import CONSTANTS, say
from agency.services.pool import seats
from agency.templatetags.constants import constant
from agency.views.companies.hours_forms import PromiseForm
from tenants import zone

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
# Where each constant holds, another value of it, and that value as words have it.
OTHERS: dict[str, tuple[Any, str, Any, str]] = {
    "short": (sla, "SHORT_ABANDON_SECONDS", 7_717, "7717"),
    "offer": (routing, "OFFER_SECONDS", 7_717, "7717"),
    "lease": (seats, "LEASE", timedelta(seconds=7_717), "7717"),
    "drain": (routing, "DRAIN_SECONDS", 7_717 * 60, "7717"),
    "soon": (certification, "SOON", timedelta(days=7_717), "7717"),
    "zone": (zone, "AGENCY_ZONE", "Asia/Tokyo", "Asia/Tokyo"),
}
ONE = {"short": 1, "offer": 1, "lease": timedelta(seconds=1), "drain": 60, "soon": timedelta(days=1)}
MARKED = {
    *(words for figure in FIGURES for words in (figure.name, figure.definition)),
    *bounce_reasons.NAMES.values(),
    *bounce_reasons.DEFINITIONS.values(),
}


class Two(int):
    """Two of whatever a page asks for besides its constants."""

    def __getattr__(self, _name: str) -> "Two":
        return self


class Page(Context):
    """A page's context, which knows everything."""

    def __getitem__(self, key: str) -> Any:
        return self.get(key, Two(2))


def list_uses() -> Iterator[tuple[str, str]]:
    """Each template with each constant that it asks for."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text()
        for name in CONSTANTS:
            if f'{{% constant "{name}" ' in text:
                yield str(path.relative_to(TEMPLATES)), name


def texts_of(path: str, name: str) -> list[str]:
    """Return the translated texts of a template that name this constant."""
    django = engines["django"].engine  # type: ignore[attr-defined]
    nodes, page = django.get_template(path).nodelist, Page()
    page.template = django.from_string("")
    asked = [node for node in nodes.get_nodes_by_type(SimpleNode) if node.func is constant]
    for node in asked:
        node.render(page)
    (own,) = {node.target_var for node in asked if node.args[0].resolve(page) == name}
    named = re.compile(rf"\b{own}\b")

    def names(node: BlockTranslateNode) -> bool:
        given = [node.counter, *node.extra_context.values()]
        inside = [token.contents for token in (*node.singular, *node.plural) if token.token_type == TokenType.VAR]
        return any(named.search(str(one)) for one in (*inside, *(value.token for value in given if value)))

    return [node.render(page) for node in nodes.get_nodes_by_type(BlockTranslateNode) if names(node)]


def test_every_constant_is_tried_and_named_somewhere() -> None:
    assert set(OTHERS) == set(CONSTANTS)
    named = {name for _, name in list_uses()} | set(re.findall(r"\{(\w+)\}", " ".join(MARKED)))
    assert named == set(CONSTANTS)


@pytest.mark.parametrize(("path", "name"), list(list_uses()))
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_page_names_what_holds(path: str, name: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, where, value, shown = OTHERS[name]
    with override(language):
        assert texts_of(path, name)
        monkeypatch.setattr(owner, where, value)
        assert [text for text in texts_of(path, name) if shown not in text] == []
        if name in ONE:
            monkeypatch.setattr(owner, where, ONE[name])
            assert not re.search(r"\b1 (second|minut|da[gy])\w*(s|en)\b", " ".join(texts_of(path, name)))


@pytest.mark.parametrize("words", sorted(words for words in MARKED if "{" in words))
@pytest.mark.parametrize("language", ["nl", "en"])
def test_words_of_the_domain_name_what_holds(words: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in re.findall(r"\{(\w+)\}", words):
        owner, where, value, shown = OTHERS[name]
        with override(language), monkeypatch.context() as changed:
            assert shown not in say(words)
            changed.setattr(owner, where, value)
            assert shown in say(words)


def test_a_form_s_help_follows_too(monkeypatch: pytest.MonkeyPatch) -> None:
    form = PromiseForm()
    monkeypatch.setattr(sla, "SHORT_ABANDON_SECONDS", 7_717)
    assert "7717 s" in form.fields["percent"].help_text
