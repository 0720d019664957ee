"""/livez, /healthz and /metrics, with real servers and real silence."""

import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from django.test import Client
from django.utils import timezone

from agency.models import Heartbeat
from agency.services import alarms
from agency.services.system.health import FORGET_AFTER, LIMITS, note_heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def smtp(settings) -> Iterator[None]:
    """A mail server that answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(Sink(), hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield
    server.stop()


@pytest.fixture
def beats() -> None:
    """Every part spoke just now."""
    for part in LIMITS:
        note_heartbeat(part=part, node="here", now=timezone.now())


def test_all_parts_answering_is_200(smtp, beats):
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["missing"] == []
    assert {"web", "database", "dispatcher", "worker", "beat", "clock", "redis", "smtp"} == set(answer.json()["parts"])


@pytest.mark.parametrize("part", sorted(LIMITS))
def test_a_part_silent_for_too_long_is_named(smtp, beats, part):
    late = timezone.now() - timedelta(seconds=LIMITS[part] + 2)
    Heartbeat.objects.filter(part=part).update(at=late)
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["missing"] == [part]


def test_one_living_node_of_a_part_is_enough(smtp, beats):
    note_heartbeat(part="worker", node="dead", now=timezone.now() - timedelta(hours=1))
    assert Client().get("/healthz").status_code == 200


def test_a_mail_server_that_is_away_is_named(beats, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["smtp"])


def test_a_redis_that_is_away_is_named(smtp, beats, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["redis"])


@pytest.mark.parametrize("host", ["10.0.0.7", "nobody.localhost", "localhost"])
def test_a_balancer_may_ask_by_any_name(host):
    answer = Client().get("/livez", headers={"host": host})
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_database_that_is_away_is_503(monkeypatch):
    monkeypatch.setattr("agency.services.system.health.is_database_alive", lambda: False)
    assert Client().get("/livez").status_code == 503
    assert "database" in Client().get("/healthz").json()["missing"]


def test_rows_of_nodes_long_gone_are_swept():
    now = timezone.now()
    note_heartbeat(part="worker", node="old", now=now - FORGET_AFTER - timedelta(minutes=1))
    note_heartbeat(part="worker", node="new", now=now)
    assert list(Heartbeat.objects.filter(part="worker").values_list("node", flat=True)) == ["new"]


def test_a_beat_is_one_row_per_node():
    now = timezone.now()
    for second in range(3):
        note_heartbeat(part="beat", node="one", now=now + timedelta(seconds=second))
    row = Heartbeat.objects.get(part="beat", node="one")
    assert row.at == now + timedelta(seconds=2)


@pytest.mark.parametrize(("ahead", "is_wrong"), [(660.0, True), (-600.0, True), (4.0, False)])
def test_a_wrong_clock_is_named_here_and_shown_to_managers(smtp, beats, ahead, is_wrong):
    Heartbeat.objects.filter(part="dispatcher").update(clock_ahead=ahead)
    answer = Client().get("/healthz").json()
    assert answer["missing"] == (["clock"] if is_wrong else [])
    if is_wrong:
        assert f"dispatcher here {ahead:+.0f} s" in str(answer["parts"]["clock"])
    alarm = [alarms.Alarm("clock", 1, round(abs(ahead)))] if is_wrong else []
    alarms.count_alarms(timezone.now())
    found = alarms.list_alarms(timezone.now())
    assert [one for one in found if one.kind == "clock"] == alarm
    lines = Client().get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode().splitlines()
    assert f'balie_clock_ahead_seconds{{part="dispatcher",node="here"}} {ahead:g}' in lines


@pytest.mark.parametrize("jump", [660.0, -600.0])
def test_a_jump_of_the_database_s_clock_is_named_here_and_shown_to_managers(smtp, beats, jump):
    note_heartbeat(part="dispatcher", node="here", now=timezone.now(), clock_jumped=jump)
    answer = Client().get("/healthz").json()
    assert answer["missing"] == ["clock"]
    assert f"dispatcher here {jump:+.0f} s" in str(answer["parts"]["clock"])
    alarms.count_alarms(timezone.now())
    found = alarms.list_alarms(timezone.now())
    assert [one for one in found if one.kind == "clock"] == [alarms.Alarm("clock", 1, 600 if jump < 0 else 660)]


def test_a_clock_of_a_process_that_is_gone_is_no_alarm(smtp, beats):
    long_ago = timezone.now() - timedelta(minutes=2)
    note_heartbeat(part="worker", node="gone", now=long_ago)
    Heartbeat.objects.filter(node="gone").update(clock_ahead=660)
    assert Client().get("/healthz").json()["missing"] == []


# Metrics


def test_metrics_are_prometheus_text(smtp, beats):
    answer = Client().get("/metrics", REMOTE_ADDR="127.0.0.1")
    assert answer.status_code == 200
    lines = answer.content.decode().splitlines()
    assert 'balie_up{part="worker"} 1' in lines
    assert 'balie_chats{state="waiting"} 0' in lines
    for line in lines:
        assert line.startswith("#") or len(line.rsplit(" ", 1)) == 2
    assert len([line for line in lines if line.startswith("# TYPE balie_up")]) == 1


@pytest.mark.parametrize(
    "caller",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=203.0.113.9"},
        {"REMOTE_ADDR": ""},
    ],
)
def test_metrics_are_absent_for_strangers(caller, settings):
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", **caller).status_code == 404
    settings.METRICS_TOKEN = "right"
    wrong = Client().get("/metrics", headers={"authorization": "Bearer wrong"}, **caller)
    assert wrong.status_code == 404


def test_metrics_open_to_the_token(settings):
    settings.METRICS_TOKEN = "right"
    answer = Client().get("/metrics", REMOTE_ADDR="203.0.113.9", headers={"authorization": "Bearer right"})
    assert answer.status_code == 200
