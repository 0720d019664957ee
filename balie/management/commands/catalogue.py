"""Keep locale/<language>/LC_MESSAGES/django.po and .mo in step with the source, without GNU gettext."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

LANGUAGE = "nl"
ROOT: Path = settings.BASE_DIR
_PLACE = Path("locale", LANGUAGE, "LC_MESSAGES", "django.po")
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
SOURCES = ("tenants", "agency", "chat", "billing", "balie")
# The names by which source calls gettext; `_` and the lazy forms among them.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}

HEADER = """\
# Balie in Dutch. Written by `manage.py catalogue`; only the msgstr lines are for people.
msgid ""
msgstr ""
"Language: nl\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


class Command(BaseCommand):
    help = "Bring the Dutch catalogue in step with the source: new texts in, old ones out, .mo written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if not so")

    def handle(self, *args: object, check: bool, **options: object) -> None:
        problems = find_problems()
        if check:
            if problems:
                raise CommandError("\n".join(problems))
            self.stdout.write("the catalogue is complete and current")
            return
        folder = po_path().parent
        folder.mkdir(parents=True, exist_ok=True)
        catalogue = updated()
        po_path().write_bytes(as_po(catalogue))
        po_path().with_suffix(".mo").write_bytes(as_mo(stored()))
        for problem in find_problems():
            self.stdout.write(problem)
        self.stdout.write(f"{len(catalogue)} texts in {po_path().relative_to(ROOT)}")


def po_path() -> Path:
    """Where the Dutch catalogue lies."""
    return ROOT / _PLACE


def stored() -> Catalog:
    """Read the catalogue on disk, empty when there is none."""
    if not po_path().exists():
        return Catalog(locale=LANGUAGE)
    with po_path().open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def extracted() -> Catalog:
    """Every text of templates and Python code, without translations."""
    catalogue = Catalog(locale=LANGUAGE, project="Balie", charset="utf-8")
    for path in sorted(_files()):
        source = path.read_text()
        if path.suffix != ".py":
            # Within brackets, as a template's indentation is none of Python's.
            source = f"({templatize(source, origin=str(path))}\n)"
        where = str(path.relative_to(ROOT))
        for _line, message, comments, context in extract(
            "python", BytesIO(source.encode()), KEYWORDS, options={"encoding": "utf-8"}
        ):
            catalogue.add(message, locations=[(where, 0)], context=context, auto_comments=comments)
    return catalogue


def updated() -> Catalog:
    """The stored translations of the texts that exist now."""
    catalogue = stored()
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def find_problems() -> list[str]:
    """List what is missing, no longer used, wrongly filled in, or not compiled."""
    now, kept = extracted(), stored()
    wanted = {(m.context, _key(m.id)) for m in now if m.id}
    have = {(m.context, _key(m.id)): m for m in kept if m.id}
    problems = [f"not in the catalogue: {key}" for _context, key in sorted(wanted - have.keys(), key=str)]
    problems += [f"no longer used: {key}" for _context, key in sorted(have.keys() - wanted, key=str)]
    for (_context, key), message in have.items():
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        if not all(strings) or message.fuzzy:
            problems.append(f"not translated: {key}")
        problems += [f"{key}: {error}" for error in message.check()]
    problems += [f"means something else in Django, give it a context: {key}" for key in shadows(kept)]
    compiled = po_path().with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != as_mo(kept):
        problems.append("django.mo isn't compiled from django.po: run manage.py catalogue")
    return problems


def shadows(catalogue: Catalog) -> list[str]:
    """The texts without a context that Django itself translates otherwise: "May" is a month there.

    A project's catalogue wins over Django's, on every page and in every date. The texts of installed apps (allauth's
    "Save") may be worded anew: they stand on pages of ours.
    """
    with (Path(django.__file__).parent / "conf" / _PLACE).open("rb") as file:
        theirs = {_key(m.id): m.string for m in read_po(file, locale=LANGUAGE) if not m.context}
    return sorted(
        str(_key(m.id)) for m in catalogue if m.id and not m.context and theirs.get(_key(m.id), m.string) != m.string
    )


def as_po(catalogue: Catalog) -> bytes:
    """The catalogue as text: sorted, without line numbers or dates, so that a diff shows words only."""
    buffer = BytesIO()
    write_po(buffer, catalogue, sort_output=True, no_location=True, omit_header=True, width=100)
    return HEADER.encode() + buffer.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it. Without the minute of its making: the bytes depend on words alone."""
    plain = Catalog(
        locale=LANGUAGE,
        charset="utf-8",
        project="Balie",
        version="",
        creation_date=NO_DATE,
        revision_date=NO_DATE,
        fuzzy=False,
    )
    for message in catalogue:
        if message.id:
            plain.add(message.id, message.string, context=message.context)
    buffer = BytesIO()
    write_mo(buffer, plain)
    return buffer.getvalue()


def _files() -> Iterator[Path]:
    for path in (ROOT / "templates").rglob("*"):
        if path.suffix in {".html", ".txt"}:
            yield path
    for app in SOURCES:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path


def _key(identity: object) -> object:
    return tuple(identity) if isinstance(identity, list) else identity
