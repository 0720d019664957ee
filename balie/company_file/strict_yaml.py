"""A YAML file read strictly: plain values only, no key twice, no anchors, not too large and not too deep."""

from collections.abc import Hashable
from typing import Any

import yaml
from django.utils.translation import gettext as _

MOST_BYTES = 256 * 1024
_DEEPEST = 20


class BadFile(Exception):
    """Raised where a file can't be read as YAML at all. The text says where and why."""


class _StrictLoader(yaml.SafeLoader):
    """The loader of plain values, without what a file of facts has no use for."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise BadFile(_at(self.peek_event(), _("write the value out: * and & aren't read.")))
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadFile(_at(self.peek_event(), _("nested too deeply.")))
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _value in node.value:
            name = str(key.value)
            if name in seen:
                raise BadFile(_at(key, _("“{name}” stands here twice.").format(name=name[:60])))
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


def read_yaml(content: bytes) -> Any:
    """Return the plain values of a file: mappings, lists, texts, numbers, days, yes and no.

    Raises:
        BadFile: it is too large, not UTF-8 or no such YAML.
    """
    if len(content) > MOST_BYTES:
        raise BadFile(_("The file is larger than {n} KB.").format(n=MOST_BYTES // 1024))
    try:
        return yaml.load(content.decode(), _StrictLoader)  # noqa: S506 -- a SafeLoader
    except UnicodeDecodeError:
        raise BadFile(_("The file isn't UTF-8.")) from None
    except yaml.MarkedYAMLError as problem:
        raise BadFile(_at(problem, problem.problem or _("no YAML"))) from None
    except (yaml.YAMLError, ValueError) as problem:
        raise BadFile(" ".join(str(problem).split())[:300]) from None


def _at(found: Any, words: str) -> str:
    """Say on which line something was found."""
    mark = getattr(found, "problem_mark", None) or found.start_mark
    return _("line {line}: {words}").format(line=mark.line + 1, words=words)
