"""Addresses and names on the pages of a company's texts."""

from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def text_url(place: Any, page: str, text: Any = None) -> str:
    """The address of a page of the texts, where they are shown: `{% text_url place "text_edit" text %}`."""
    return str(place.url(page, text.pk if text is not None else None))


@register.simple_tag
def writer_of(place: Any, text: Any) -> str:
    """The author of a version, by the name that may be read here."""
    return str(place.name(text.author_name, inside=text.author_inside))


@register.simple_tag
def publisher_of(place: Any, text: Any) -> str:
    """The person who published a version, by the name that may be read here."""
    return str(place.name(text.published_name, inside=text.published_inside))


@register.filter
def publishable(place: Any, draft: Any) -> bool:
    """Whether a draft can be published here."""
    return bool(place.may_publish(draft))
