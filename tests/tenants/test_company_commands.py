"""The commands that make a company and that run in each of them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tenants.models import Company, Site
from tests.tenants.company import make, schemas

pytestmark = pytest.mark.django_db

ORIGIN = ["--origin", "https://nova.example"]


def test_create_company_makes_a_site_too() -> None:
    out = StringIO()
    call_command(
        "create_company", "nova", "Nova", "--monogram", "no", "--origin", "https://nova.example", stdout=out
    )  # fmt: skip
    site = Site.objects.get(company__slug="nova")
    assert site.origins == ["https://nova.example"]
    assert site.key in out.getvalue()
    assert "t_nova" in out.getvalue()


@pytest.mark.parametrize(
    "given",
    [["Nova!", "Nova", "--monogram", "NO", *ORIGIN], ["acme", "Acme", "--monogram", "ZZ", *ORIGIN],
     ["nova", "Nova", "--monogram", "AC", *ORIGIN],
     ["nova", "Nova", "--monogram", "NO", "--origin", "https://nova.example/path"],
     ["nova", "Nova", "--monogram", "NO"]],
    ids=["slug", "slug-in-use", "monogram-in-use", "origin", "no-origin"],
)  # fmt: skip
def test_create_company_says_in_one_line_what_is_wrong_and_leaves_nothing(given: list[str]) -> None:
    before = schemas()
    with pytest.raises(CommandError) as error:
        call_command("create_company", *given, stdout=StringIO())
    said = str(error.value).strip()
    assert len(said.splitlines()) == 1
    assert any(field in said for field in ("slug", "monogram", "--origin"))
    assert schemas() == before


def test_each_company_runs_a_command_in_every_ready_one(capsys: pytest.CaptureFixture[str]) -> None:
    unready = make()
    Company.objects.filter(pk=unready.pk).update(ready=False)
    out = StringIO()
    call_command(
        "each_company",
        "shell",
        "-v0",
        "-c",
        "from chat.models import Text; print(Text.objects.get(kind='script').body)",
        stdout=out,
    )
    assert [line for line in out.getvalue().splitlines() if line.startswith("--")] == [
        "-- acme",
        "-- zen",
    ]
    assert capsys.readouterr().out.split() == ["LEAK-acme-script", "LEAK-zen-script"]


def test_each_company_enters_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from tenants.context import current_schema
    from tenants.management.commands import each_company

    entered = []
    monkeypatch.setattr(
        each_company,
        "call_command",
        lambda *given, **more: entered.append((current_schema(), given)),
    )
    call_command("each_company", "anything", "1", stdout=StringIO())
    assert entered == [("t_acme", ("anything", "1")), ("t_zen", ("anything", "1"))]
    assert current_schema() is None
