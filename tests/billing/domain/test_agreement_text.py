"""The text of an agreement, and facts that would be marks in it."""

import pytest

from billing.domain.agreement_text import Passage, fill

SOURCE = """# For {name}

## One
First
  of {name}.
Second.
- fixed
- {several}
| Count | Cost |
| {rows}
"""


def test_lines_of_one_kind_are_one_block() -> None:
    facts = {"name": "Acme", "several": [("a",), ("b",)], "rows": [("100", "€ 5")]}
    assert fill(SOURCE, facts) == [
        Passage("title", (("For Acme",),)),
        Passage("heading", (("One",),)),
        Passage("paragraph", (("First of Acme.",), ("Second.",))),
        Passage("item", (("fixed",), ("a",), ("b",))),
        Passage("row", (("Count", "Cost"), ("100", "€ 5"))),
    ]


def test_a_fact_is_text_whatever_is_in_it() -> None:
    hostile = "{name} # | - \n<b>"
    found = fill("- {name}\n", {"name": hostile})
    assert found == [Passage("item", ((hostile,),))]


def test_a_fact_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{nobody} signs\n", {})
