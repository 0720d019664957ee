"""Structured logs on stderr: one JSON object a line (plain text on a terminal), without a word of a visitor.

Three nets: known keys are dropped, what looks like an address or a token is masked, and a database error keeps its
first line only (its DETAIL shows the row).
"""

import logging
import re
import sys
from typing import Any

# structlog loads both where they are installed, a seventh of the processor time of a web process's start; nothing here
# uses them. Daphne, whose Twisted is loaded already, keeps it.
_UNUSED = {name: None for name in ("rich", "twisted") if name not in sys.modules}
sys.modules.update(_UNUSED)  # type: ignore[arg-type]
import structlog  # noqa: E402
from structlog.typing import EventDict, Processor  # noqa: E402

for _name in _UNUSED:
    del sys.modules[_name]

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# Keys that carry what people wrote, who they are, or what opens doors.
DROPPED = frozenset(
    {
        "address", "authorization", "body", "client_ip", "content", "cookie", "cookies", "email",
        "frame", "from", "headers", "html", "ip", "ip_address", "key", "mail", "message", "name",
        "password", "phone", "phone_number", "query", "question", "recipient", "recipients",
        "referrer", "remote_addr", "secret", "session", "session_key", "subject", "text", "to",
        "token", "url", "user_agent", "visitor_name",
    }
)  # fmt: skip
MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
# 20 or more characters of a token's alphabet with a digit in them: keys, signatures, reset links. UUIDs stay.
TOKEN = re.compile(r"[A-Za-z0-9_-]*[0-9][A-Za-z0-9_-]*")
TOKEN_LENGTH = 20
DETAIL = re.compile(r"(DETAIL|CONTEXT|QUERY):.*$", re.MULTILINE)
# A path of ours or Python's inside a traceback isn't a token, however long its names are.
FRAME = re.compile(r'^\s+(File "|\^|~)')


# Servers and libraries that bring handlers of their own, or a line for every task: theirs are removed, so that what
# they say passes the nets too.
OURS = {"handlers": [], "propagate": True}
QUIET = ("daphne", "uvicorn", "uvicorn.access", "celery", "kombu", "websockets", "twisted")


class SoundFrames(logging.Filter):
    """Leaves out uvicorn's traceback for a frame that isn't UTF-8: the socket says it in one line, on both servers."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is said."""
        return not (record.exc_info and isinstance(record.exc_info[1], UnicodeDecodeError))


def drop_private_keys(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Remove the keys that nobody should have put in a log."""
    return {key: value for key, value in event.items() if key.lower() not in DROPPED}


def mask_values(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Mask addresses and tokens in every text of the event, tracebacks included."""
    return {key: _masked(value) for key, value in event.items()}


def mask(text: str) -> str:
    """`text` with mail addresses and tokens replaced by `***`, and without the rows that a database error shows."""
    lines = DETAIL.sub(r"\1: ***", MAIL.sub("***", text)).splitlines()
    return "\n".join(line if FRAME.match(line) else TOKEN.sub(_mask_token, line) for line in lines)


def configuration(*, level: str, as_json: bool) -> dict[str, Any]:
    """The LOGGING setting: everything, also of libraries, goes through the same processors."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _chain(),
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    drop_private_keys,
                    mask_values,
                    structlog.processors.JSONRenderer()
                    if as_json
                    else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
                ],
            }
        },
        "filters": {"sound_frames": {"()": SoundFrames}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers would print a request a second time, in its own form.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # A wrong password is an ordinary thing; a 404 too.
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
            # Scanners ask for hosts that were never ours, all day.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            **{name: dict(OURS, level="WARNING") for name in QUIET},
            "uvicorn.error": dict(OURS, level="WARNING", filters=["sound_frames"]),
        },
    }


def configure_structlog() -> None:
    """Send structlog's own loggers through the standard library's, once, at start."""
    structlog.configure(
        processors=[*_chain(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _chain() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]


def _masked(value: object) -> object:
    return mask(value) if isinstance(value, str) else value


def _mask_token(match: re.Match[str]) -> str:
    found = match.group()
    return found if len(found) < TOKEN_LENGTH or UUID.match(found) else "***"
