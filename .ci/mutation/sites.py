"""Python mutants: mutmut's own ways of breaking a line, of which one at a time is written into a copy of the tree."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random

import libcst as cst
from libcst import matchers
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import Mutation, MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

# Words to a person or to a log are judged by reading, not by a test: these calls are left as they are, and the texts
# of a file of words.
_WORDS = matchers.OneOf(
    matchers.Name("_"),
    matchers.Name("gettext"),
    matchers.Name("gettext_lazy"),
    matchers.Name("pgettext"),
    matchers.Name("ngettext"),
    matchers.Attribute(value=matchers.Name("log")),
    matchers.Attribute(value=matchers.Name("logging")),
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one line. `code` is the whole file with it."""

    file: str
    line: int
    was: str
    becomes: str
    code: str


class _Visitor(MutationVisitor):
    """The same as mutmut's, but for decorated functions too: they are written to a file of their own, not kept beside
    the first.
    """

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef):
            return False
        if isinstance(node, cst.Call) and matchers.matches(node.func, _WORDS):
            return True
        return super()._skip_node_and_children(node)


def choose_mutant(root: Path, file: str, random: Random) -> Mutant | None:
    """Choose one mutant of a file: first a kind of change that it has a place for, then one of those places."""
    wrapper = MetadataWrapper(cst.parse_module((root / file).read_text()))
    visitor = _Visitor(mutation_operators, IgnoredCode(set(), set(), set()))
    wrapper.visit(visitor)
    kinds: dict[str, list[Mutation]] = defaultdict(list)
    for one in visitor.mutations:
        if file.endswith("words.py") and isinstance(one.original_node, cst.BaseString):
            continue
        kinds[type(one.original_node).__name__].append(one)
    if not kinds:
        return None
    chosen = random.choice(kinds[random.choice(sorted(kinds))])
    module = wrapper.module
    line = wrapper.resolve(PositionProvider)[chosen.original_node].start.line
    changed = module.deep_replace(chosen.original_node, chosen.mutated_node)
    assert isinstance(changed, cst.Module)
    return Mutant(file, line, *_difference(module.code, changed.code), changed.code)


def _difference(before: str, after: str) -> tuple[str, str]:
    """Return the lines that differ, of both, as one line each."""
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return " ".join(" ".join(old).split()), " ".join(" ".join(new).split())
