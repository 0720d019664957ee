"""`manage.py simulate_pool`: what it prints, what it refuses, and that it needs no database."""

import json

import pytest
from django.core.management import CommandError, call_command

SMALL = ("--poisson", "60", "--hours", "2", "--companies", "5", "--operators", "5", "--aht", "300")

CSV = "date,interval_start,weekday,offered\n1999-02-01,07:00,Mon,30\n1999-02-01,07:30,Mon,20\n"


def run(capsys, *options: str) -> str:
    call_command("simulate_pool", *options)
    return capsys.readouterr().out


def test_one_seed_prints_the_same_object_twice(capsys):
    options = (*SMALL, "--patience", "60", "--bounce", "0.1", "--hours", "4", "--json")
    first, again = run(capsys, *options), run(capsys, *options)

    assert first == again
    facts = json.loads(first)
    balie = facts["policies"]["balie"]
    assert (
        balie["offered"]["value"]
        == balie["answered"]["value"] + balie["abandoned"]["value"] + (balie["short_abandons"]["value"])
    )
    # Four hours see too few queues for an interval: null, and no NaN.
    assert balie["service_level_20"]["low"] is None
    assert {"occupancy_chat", "occupancy_slots", "occupancy_cap"} <= set(balie)
    assert facts["plan"]["patience_s"] == 60
    assert 0 < facts["erlang"]["bound"]["service_level_20"] <= 1


def test_the_table_sets_every_policy_side_by_side(capsys):
    table = run(capsys, *SMALL, "--compare", "--replications", "2", "--breadth", "0.4")

    for words in (
        "balie              silo       round_robin      longest_idle",
        "service level 20 s",
        "occupancy c: every slot taken",
        "balie above round_robin",
        "pooled Erlang bound",
        "Erlang C in practice",
        "over 2 days, each drawn anew",
    ):
        assert words in table


def test_a_recorded_day_is_played_with_its_shifts(capsys, tmp_path):
    file = tmp_path / "day.csv"
    file.write_text(CSV, encoding="utf-8")
    options = ("--arrivals", str(file), "--scale", "2", "--shifts", "4@0-0.5,4@0.5-1", "--json")
    facts = json.loads(run(capsys, *options))

    assert facts["arrivals"] == "day.csv 1999-02-01 from 07:00 x 2"
    assert [rate["per_hour"] for rate in facts["plan"]["rates"]] == [120, 80]
    assert facts["erlang"] == {"bound": None, "practice": None}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--poisson", "0"), "--poisson: above 0"),
        (("--poisson", "many"), "--poisson: a number, not 'many'"),
        (("--arrivals", "absent.csv"), "--arrivals: a CSV file that can be read"),
        ((*SMALL, "--date", "1999-02-01"), "--date: only with --arrivals"),
        ((*SMALL, "--breadth", "2"), "--breadth: a share from 0 to 1, not 2"),
        ((*SMALL, "--concurrency", "7"), "--concurrency: 1 to 6"),
        ((*SMALL, "--patience", "soon"), "--patience: seconds or \"none\", not 'soon'"),
        ((*SMALL, "--shifts", "4"), "--shifts: operators@from-to by comma"),
        ((*SMALL, "--promises", "20,x"), "--promises: whole numbers by comma"),
        ((*SMALL, "--factors", "1,0.5"), "--concurrency: 1 to 2"),
        ((*SMALL, "--replications", "0"), "--replications: 1 to 1000"),
        ((*SMALL, "--policy", "best"), "--policy: invalid choice"),
        ((), "--poisson --arrivals is required"),
    ],
)
def test_a_wrong_option_is_named_with_what_is_allowed(options, words):
    with pytest.raises(CommandError) as refused:
        call_command("simulate_pool", *options)
    assert words in str(refused.value)
