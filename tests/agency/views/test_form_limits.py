"""Each field with a limit, of every form: at the limit a text is taken whole, one past it the limit is named."""

from collections.abc import Iterator

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import get_resolver

HOUSE = ("agency.", "balie.", "billing.", "chat.")


def form_classes(of: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    """Every form of ours that some page's module defines."""
    # Reading the patterns imports every view, and with it every form.
    assert get_resolver().url_patterns
    for one in of.__subclasses__():
        if one.__module__.startswith(HOUSE):
            yield one
        yield from form_classes(one)


CASES = [
    pytest.param(field, id=f"{form.__name__}.{name}")
    for form in sorted(set(form_classes()), key=lambda one: (one.__module__, one.__qualname__))
    for name, field in getattr(form, "base_fields", {}).items()
    if getattr(field, "max_length", None)
]


def test_there_are_limits() -> None:
    assert len(CASES) > 25


@pytest.mark.parametrize("field", CASES)
def test_at_the_limit_and_one_past_it(field: forms.CharField) -> None:
    assert field.max_length
    end = "@example.nl" if "mail" in type(field).__name__.lower() else ""
    start = "https://x.example/" if isinstance(field, forms.URLField) else ""

    def codes(length: int) -> list[str]:
        try:
            taken = field.clean(start + "1" * (length - len(start) - len(end)) + end)
        except ValidationError as error:
            return [one.code for one in error.error_list]
        assert len(taken) >= length
        return []

    assert "max_length" not in codes(field.max_length)
    assert "max_length" in codes(field.max_length + 1)
