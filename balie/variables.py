"""Every variable of the environment that Balie reads: name, default, what is allowed, and what it is for.

`.env.example` and the tables of docs/setup.md and docs/operations.md are printed from the table below by
`manage.py variables`; a test holds it against every place in the code that reads one.
"""

import re
from dataclasses import dataclass
from typing import Literal

from balie.environment import ENVIRONMENTS, SWITCH
from balie.logging import LEVELS
from balie.run.launch import SERVERS

# Readers of a variable: one machine with `make run` and its tests, an installation, or both.
Need = Literal["machine", "installation", "both"]

HEADER = "| variable | default | |\n|---|---|---|\n"
_TABLE = re.compile(r"^" + re.escape(HEADER) + r"(?:\|.*\n)*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable. `default`: its value when it isn't set. `instead`: what happens then, where there is none.

    `allowed`: its only values, or none if it may be anything.
    """

    name: str
    default: str
    meaning: str
    need: Need = "installation"
    instead: str = ""
    allowed: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The purpose of the variable, and the values it may have."""
        values = ", ".join(value for value in self.allowed if value)
        return f"{self.meaning}. Allowed: {values}" if values else self.meaning


VARIABLES = (
    Variable(
        "BALIE_ENV",
        "development",
        "the kind of installation; production refuses to start on unsafe values",
        allowed=ENVIRONMENTS,
    ),
    Variable(
        "SECRET_KEY",
        "",
        "signs sessions and links, encrypts second steps and sites' secrets; at least 40 characters",
        instead="`make run` makes one",
    ),
    Variable("SECRET_KEY_FALLBACKS", "", "former keys, separated by commas", instead="none"),
    Variable(
        "PORT",
        "8000",
        "the desk; under `make run` the demo companies' own sites are on `PORT` + 1",
        "machine",
    ),
    Variable("BALIE_HOME", "var", "the folder of everything that a run keeps", "both"),
    Variable(
        "BALIE_FILES",
        "",
        "the folder of companies' files, the same for all web processes and workers",
        "both",
        instead="`files` in `BALIE_HOME`",
    ),
    Variable(
        "SERVER",
        "daphne",
        "the web server of `make run`; uvicorn is several times faster and behaves the same",
        "machine",
        allowed=SERVERS,
    ),
    Variable(
        "DATABASE_URL",
        "",
        "`postgresql://user:password@host:port/name`, PostgreSQL 15 or newer, with libpq's parameters behind `?`",
        "both",
        instead="the one that `make run` starts, else `postgresql://balie@127.0.0.1:5432/balie`",
    ),
    Variable(
        "REDIS_URL",
        "",
        "`redis://:password@host:port/0`, Valkey or Redis 6 or newer",
        "both",
        instead="the one that `make run` starts, else `redis://127.0.0.1:6379/0`",
    ),
    Variable("BALIE_AGENCY_NAME", "Balie", "what the agency is called, on pages and in mails"),
    Variable(
        "BALIE_AGENCY_PARTY",
        "",
        "the agency as party to agreements: its name in the trade register, address and number there",
        instead="the agency's name",
    ),
    Variable(
        "BALIE_SUBPROCESSORS",
        "",
        "who processes data for the agency, each with country and purpose, separated by semicolons",
        instead="none",
    ),
    Variable("BALIE_AGENCY_HOST", "localhost", "the host of the agency's own pages"),
    Variable("BALIE_PORTAL_SUFFIX", "localhost", "new companies' portals are named under it"),
    Variable(
        "BALIE_BASE_URL",
        "",
        "what links in mails of the agency begin with; https in production",
        instead="`http://` with agency host and port",
    ),
    Variable(
        "ALLOWED_HOSTS",
        "",
        "hosts that are answered, separated by commas; a dot in front stands for any host under it",
        instead="localhost; in production it must be set",
    ),
    Variable(
        "CSRF_TRUSTED_ORIGINS",
        "",
        "other origins (with scheme) whose forms are taken, separated by commas",
        instead="none",
    ),
    Variable("BALIE_PROXIES", "0", "how many proxies of yours stand in front"),
    Variable(
        "BALIE_PRIVATE_CALLS",
        "",
        "host:port pairs on private addresses that outgoing calls may reach; refused in production",
        instead="none; `make run` opens the demo's own sites",
    ),
    Variable(
        "BALIE_OWNER_SECOND_STEP",
        "",
        "1 lets owners of a portal in only with a second step, which they set up at their first page",
        "both",
        instead="1 in production, else 0",
        allowed=SWITCH,
    ),
    Variable(
        "BALIE_SIGN_UP",
        "",
        "1 lets companies that nobody invited sign up at /sign-up/; a manager still says when one goes live",
        "both",
        instead="0 in production, else 1",
        allowed=SWITCH,
    ),
    Variable(
        "BALIE_SIGN_UP_PRICE",
        "",
        "euro a chat, without VAT, of companies that sign up by themselves, such as 4.50",
        instead="none; a manager sets each one's price",
    ),
    Variable(
        "BALIE_METRICS_TOKEN",
        "",
        "opens `/metrics` to callers of other machines",
        instead="for loopback callers only",
    ),
    Variable("BALIE_RELEASE", "dev", "the release (a commit); part of every static address"),
    Variable(
        "BALIE_NODE",
        "",
        "the name of this process in signs of life",
        instead="host, pid and a random part",
    ),
    Variable("BALIE_LOG_LEVEL", "INFO", "what is logged from", allowed=LEVELS),
    Variable("BALIE_MAIL_FROM", "Balie <no-reply@balie.test>", "the sender of every mail"),
    Variable(
        "BALIE_AGENCY_EMAIL",
        "",
        "where people answer to mails of the agency's own",
        instead="the sender",
    ),
    Variable("SMTP_HOST", "127.0.0.1", "the mail server; `make run` has one that keeps every mail"),
    Variable("SMTP_PORT", "25", "its port"),
    Variable("SMTP_USER", "", "the account at the mail server", instead="none"),
    Variable("SMTP_PASSWORD", "", "its password", instead="none"),
    Variable("SMTP_TLS", "", "1 encrypts by STARTTLS", instead="0", allowed=SWITCH),
    Variable("BALIE_FRAME_RATE", "10", "frames a second of one visitor; for benches"),
    Variable("BALIE_FRAME_BURST", "30", "frames at once of one visitor; for benches"),
    Variable(
        "PYTHON",
        "",
        "which Python makes `.venv`",
        "machine",
        instead="the newest of 3.11 to 3.13 found",
    ),
    Variable(
        "EMBEDDED_SERVICES_USER",
        "",
        "as root only: the existing account the two servers run as",
        "machine",
        instead="`postgres`, else `nobody`",
    ),
    Variable(
        "BALIE_CHROMIUM",
        "",
        "the browser that the tests drive",
        "machine",
        instead="found or installed",
    ),
    Variable("BALIE_TEST_PROCESSES", "3", "how many processes run the tests", "machine"),
    Variable("BALIE_TEST_MINUTES", "30", "when a whole run of the tests gives up", "machine"),
)


def env_example() -> str:
    """Print `.env.example`: every variable as a comment, with its default as the value."""
    lines = [
        "# Every variable that Balie reads, each with its default. Written by `manage.py variables`.",
        "# Nothing reads this file by itself. For a run: copy it to .env, take the `#` away where you choose",
        "# otherwise, and",
        "#   set -a; . ./.env; set +a; make run",
        "# An installation has its own, deploy/systemd/balie.env; docs/operations.md explains both.",
    ]
    for one in VARIABLES:
        said = f"{one.sentence}." if one.default else f"{one.sentence}. Not set: {one.instead}."
        lines += [
            "",
            f"# {said[0].upper()}{said[1:]}".replace("`", ""),
            f"#{one.name}={_quoted(one.default)}",
        ]
    return "\n".join(lines) + "\n"


def variables_table(*needs: Need) -> str:
    """Print the table of a page: the variables that are for these."""
    rows = (
        f"| `{one.name}` | {f'`{one.default}`' if one.default else one.instead} | {one.sentence} |\n"
        for one in VARIABLES
        if one.need in needs
    )
    return HEADER + "".join(rows)


def with_table(page: str, table: str) -> str:
    """Return a page with its table of variables replaced.

    Raises:
        ValueError: it has none, or several.
    """
    changed, count = _TABLE.subn(lambda _found: table, page)
    if count != 1:
        raise ValueError(f"{count} tables of variables instead of one")
    return changed


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search(r"[^\w./:,@-]", value) else value
