"""The initial that stands for a person where there is room for one character."""

from django import template

from agency.domain import text

register = template.Library()


@register.filter
def initial(name: str) -> str:
    """The first character of a name as a reader sees it, as a capital."""
    return text.initial(name)
