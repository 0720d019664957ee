"""A company from one file: all of it or nothing, and every problem at once under its path."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from agency.models import DatedHours, LogEntry, OpeningHours, PortalMember, Promise, User
from balie.company_file.company_file import read_company
from billing.models import InvoiceDetails, Price
from chat.models import Delivery, Text
from tenants.context import in_company
from tenants.models import Company
from tests.tenants.company import schemas

pytestmark = pytest.mark.django_db

EXAMPLE = settings.BASE_DIR / "docs" / "examples" / "company.yaml"
TODAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


class PlainDumper(yaml.SafeDumper):
    """Writes what stands twice twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def tree() -> dict[str, Any]:
    return yaml.safe_load(EXAMPLE.read_text())


def problems(change: Callable[[dict[str, Any]], Any]) -> list[str]:
    """Return what is said of the example after a change."""
    facts = tree()
    change(facts)
    return read_company(yaml.dump(facts, Dumper=PlainDumper, allow_unicode=True).encode(), TODAY)[1]


def run(tmp_path: Path, facts: dict[str, Any], *more: str, by: str = "maud@balie.test") -> str:
    User.objects.filter(email=by).update(language="en")
    path = tmp_path / "company.yaml"
    path.write_text(yaml.dump(facts, Dumper=PlainDumper, allow_unicode=True))
    out = StringIO()
    call_command("create_company", "--from-file", str(path), "--by", by, *more, stdout=out)
    return out.getvalue()


def to_come(facts: dict[str, Any]) -> dict[str, Any]:
    """Move the example's holidays to days that are still to come, whenever this runs."""
    first = timezone.now().date() + timedelta(days=30)
    facts["hours"]["exceptions"][0] |= {"starts_on": first, "ends_on": first + timedelta(days=7)}
    return facts


def test_the_example_makes_the_whole_company(tmp_path: Path) -> None:
    said = run(tmp_path, to_come(tree()))
    company = Company.objects.get(slug="nova-fietsen")
    assert (company.monogram, company.question_email, company.lead_escalation_email, company.transcript_email) == (
        "NF",
        "vragen@nova-fietsen.example",
        "chef@nova-fietsen.example",
        "archief@nova-fietsen.example",
    )
    assert (company.chat_months, company.lead_months, company.live_at) == (24, 12, None)
    first, second = company.sites.order_by("pk"), company.sites.get(name="Verhuur")
    site = first.get(name="Webwinkel")
    assert site.origins == ["https://www.nova-fietsen.example", "https://nova-fietsen.example"]
    assert (site.unstaffed, site.low_value, site.invite_after, second.language) == ("phone", ["/vacatures/*"], 30, "en")
    assert site.key in said
    assert InvoiceDetails.objects.get(company=company).vat_id == "NL123456782B90"
    assert OpeningHours.objects.filter(company=company, weekday=3).count() == 2
    assert not OpeningHours.objects.filter(company=company, weekday=6).exists()
    assert DatedHours.objects.get(company=company).note == "Kerst"
    assert Price.objects.get(company=company).amount == Decimal("4.50")
    assert Promise.objects.get(company=company).share == Decimal("0.900")
    owner = PortalMember.objects.get(company=company)
    assert (owner.user.email, owner.role) == ("noor@nova-fietsen.example", "owner")
    with in_company(company):
        assert [text.body for text in Text.objects.filter(kind="greeting")] == ["Hoi! Waarmee kan ik je helpen?"]
        assert Text.objects.filter(kind="instruction").count() == 1
        assert Delivery.objects.get(kind="invitation").recipient == owner.user.email
    made = LogEntry.objects.filter(company=company)
    assert {entry.actor_name for entry in made} == {"Maud Bakker"}


def test_a_check_says_so_and_makes_nothing(tmp_path: Path) -> None:
    before = schemas()
    assert "nothing was made" in run(tmp_path, to_come(tree()), "--check")
    assert (schemas(), Company.objects.filter(slug="nova-fietsen").exists()) == (before, False)


def test_every_problem_is_told_at_once_with_its_path(tmp_path: Path) -> None:
    facts = tree()
    del facts["price"], facts["leads"]["question_email"]
    facts["colour"] = "red"
    facts["slug"] = "acme"
    facts["brand"] = 123
    facts["sites"][0]["origins"][1] = "nova/path"
    facts["sites"][1]["origins"] = ["https://www.nova-fietsen.example"]
    facts["sites"][1]["langauge"] = "nl"
    facts["hours"]["week"]["monday"] = "9-8"
    facts["promise"]["percent"] = 900
    facts["texts"][0]["kind"] = "poem"
    facts["owners"].append(facts["owners"][0])
    before = schemas()
    with pytest.raises(CommandError) as refused:
        run(tmp_path, facts)
    said = str(refused.value)
    for path in (
        "colour: unknown. Allowed: name, slug",
        "slug: This address is taken.",
        "brand: a text, not 123",
        "sites[0].origins[1]: nova/path: ",
        "sites[1].langauge: unknown. Allowed: name, language, origins",
        "hours.week.monday: ",
        "promise.percent: A percentage from 50 to 100",
        "texts[0].kind: one of greeting, invitation, script, canned, instruction.",
        "leads.question_email: Fill this in.",
        "price.amount: Fill this in.",
        "owners[1].email: stands at owners[0] already.",
    ):
        assert path in said, said
    assert (schemas(), Company.objects.filter(name="Nova Fietsen").exists()) == (before, False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.update(name="x" * 101), "name: At most 100 characters"),
        (lambda t: t.update(name=""), "name: Fill this in."),
        (lambda t: t.update(name="Nova\u202eFietsen"), "name: One line, without hidden characters."),
        (lambda t: t.update(monogram="AC"), "monogram: Another company has these letters."),
        (lambda t: t.update(country=False), "country: a text, not False; put it between quotes."),
        (lambda t: t.update(tone="gij"), "tone: Choose one of the list."),
        (lambda t: t.update(sites=[]), "sites: at least one."),
        (lambda t: t.update(sites={"name": "x"}), "sites: a list"),
        (lambda t: t.update(sites=["x"]), "sites[0]: a mapping"),
        (lambda t: t.update(sites=t["sites"] * 11), "sites: at most 20"),
        (lambda t: t["sites"][0].update(origins=[1]), "sites[0].origins[0]: one line of text, not 1."),
        (lambda t: t["sites"][0].update(offset="high"), "sites[0].offset: A whole number from 0 to 400."),
        (lambda t: t["sites"][0].update(offset=10**400), "sites[0].offset: a number, not 1000"),
        (lambda t: t["sites"][0].update(offset=True), "sites[0].offset: a number, not True."),
        (
            lambda t: t["sites"][1].update(origins=["https://nova-fietsen.example"]),
            "sites[1].origins[0]: https://nova-fietsen.example stands at sites[0] already.",
        ),
        (lambda t: t.update(hours=None), "hours.week: Open on one day at least."),
        (lambda t: t["hours"]["exceptions"][0].update(ends_on="2027-12-01"), "hours.exceptions[0].ends_on: "),
        (lambda t: t["hours"]["exceptions"][0].update(starts_on=7), "starts_on: a day such as 2026-12-25, not 7."),
        (lambda t: t["invoice"].update(vat_id="NL123456783B90"), "invoice.vat_id: "),
        (lambda t: t["texts"][1].update(body="{onbekend}"), "texts[1].body: Nothing is known to fill in"),
        (lambda t: t["texts"][1].update(steps=["x"]), "texts[1].steps: unknown. Allowed: kind, "),
        (lambda t: t["texts"].append(t["texts"][2]), "texts[3]: another script"),
        (lambda t: t["retention"].update(chat_months=85), "retention.chat_months: A whole number of months"),
        (lambda t: t["price"].update(amount=float("nan")), "price.amount: a number, not nan."),
        (lambda t: t["price"].update(amount=1000), "price.amount: An amount from 0 to 999.99"),
        (lambda t: t["price"].update(amount=4.555), "price.amount: An amount from 0 to 999.99"),
        (lambda t: t["owners"][0].update(email="noor"), "owners[0].email: An address such as"),
    ],
)
def test_a_bad_value_is_named_by_its_path(change: Callable[[dict[str, Any]], Any], said: str) -> None:
    found = problems(change)
    assert any(said in one for one in found), found
    assert len(found) == 1, found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name: a\nname: b\n", "line 2: \u201cname\u201d stands here twice."),
        (b"name: &a x\nslug: *a\n", "line 2: write the value out"),
        (b"a: [" * 200, "nested too deeply."),
        (b"name: [", "line 1: "),
        (b"name: \xff", "The file isn't UTF-8."),
        (b"name: a\x00b", "special characters"),
        (b"# " + b"x" * 300_000, "The file is larger than 256 KB."),
        (b"name: !!python/object:os.system x", "line 1: "),
        (b"- a\n- b\n", "a mapping with name, slug"),
        (b"", "name: Fill this in."),
        (b"1" * 5000, "digits"),
    ],
)
def test_a_file_that_is_no_plain_yaml_is_refused_in_words(content: bytes, said: str) -> None:
    found = read_company(content, TODAY)[1]
    assert any(said in one for one in found), found


def test_an_owner_who_is_of_the_agency_undoes_everything(tmp_path: Path) -> None:
    facts = to_come(tree())
    facts["owners"].append({"name": "Alice", "email": "alice@balie.test"})
    before = schemas()
    with pytest.raises(CommandError, match=r"owners\[1\]\.email: This address belongs to somebody of the agency"):
        run(tmp_path, facts)
    assert (schemas(), Company.objects.filter(slug="nova-fietsen").exists()) == (before, False)


@pytest.mark.parametrize("by", ["", "carol@acme.test", "nobody@balie.test"])
def test_a_manager_makes_it(tmp_path: Path, by: str) -> None:
    with pytest.raises(CommandError, match="--by: the mail address of a manager"):
        run(tmp_path, tree(), by=by)
