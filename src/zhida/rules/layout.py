"""Which bit of which word means which condition: the key to a batch's T/U columns.

Word ``w`` of a batch has two BIGINT columns: ``t{w}`` (condition true) and ``u{w}`` (unknown); a bit
in neither is false. Equal conditions of different programs share one bit. Bits mean something only
together with the layout they were written under; ``hash`` covers everything in it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from zhida.rules.graph import Graph
from zhida.rules.outcome import Outcome, decide, main_output
from zhida.rules.program import OutputKind, Program

WORD_BITS: Final = 62  # bits 62 and 63 stay clear of the sign on every engine


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """An output and the batch column that holds it."""

    id: str
    kind: OutputKind
    column: str


@dataclass(frozen=True, slots=True)
class ProgramLayout:
    """Where one program's answers are: outcome column, (condition id, word, bit), output columns.

    has_main: the first output is the main result, whose absence makes the amount pending.
    """

    measure: str
    version: str
    place: str
    at: dt.date
    outcome: str
    conditions: tuple[tuple[str, int, int], ...]
    outputs: tuple[OutputColumn, ...]
    has_main: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole key. ``digests[i]`` identifies the meaning of bit ``i % 62`` of word ``i // 62``."""

    words: int
    digests: tuple[str, ...]
    programs: tuple[ProgramLayout, ...]

    @property
    def hash(self) -> str:
        text = json.dumps(self.as_data(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def mask(self, program: int) -> tuple[int, ...]:
        """The bits of one program, word by word."""
        masks = [0] * self.words
        for _, word, bit in self.programs[program].conditions:
            masks[word] |= 1 << bit
        return tuple(masks)

    def values(self, program: int, true: Sequence[int], unknown: Sequence[int]) -> dict[str, bool | None]:
        """Condition id to true, false or None (unknown), from a row's t and u words."""
        return {
            ident: None if unknown[word] >> bit & 1 else bool(true[word] >> bit & 1)
            for ident, word, bit in self.programs[program].conditions
        }

    def outcome(self, program: int, true: Sequence[int], unknown: Sequence[int], main: object) -> Outcome:
        """The outcome the bits imply; ``main`` is the main output's value (ignored without one)."""
        known = main is not None or not self.programs[program].has_main
        return decide(self.values(program, true, unknown).values(), known)

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data; ``Layout.from_data`` reads it back."""
        return {
            "words": self.words,
            "digests": list(self.digests),
            "programs": [
                {
                    "measure": p.measure,
                    "version": p.version,
                    "place": p.place,
                    "at": p.at.isoformat(),
                    "outcome": p.outcome,
                    "conditions": [list(c) for c in p.conditions],
                    "outputs": [[o.id, o.kind, o.column] for o in p.outputs],
                    "has_main": p.has_main,
                }
                for p in self.programs
            ],
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Layout:
        programs = tuple(
            ProgramLayout(
                p["measure"],
                p["version"],
                p["place"],
                dt.date.fromisoformat(p["at"]),
                p["outcome"],
                tuple((str(i), int(w), int(b)) for i, w, b in p["conditions"]),
                tuple(OutputColumn(i, cast(OutputKind, k), c) for i, k, c in p["outputs"]),
                p["has_main"],
            )
            for p in data["programs"]
        )
        return cls(data["words"], tuple(data["digests"]), programs)


def build_layout(programs: Sequence[Program], graph: Graph) -> tuple[Layout, tuple[int, ...]]:
    """The layout of ``programs`` and the graph number behind each bit, in order of first use."""
    numbers = [[graph.add(c.node) for c in p.conditions] for p in programs]
    distinct = tuple(dict.fromkeys(n for one in numbers for n in one))
    place = {number: divmod(i, WORD_BITS) for i, number in enumerate(distinct)}
    laid = tuple(
        ProgramLayout(
            program.measure,
            program.version,
            program.place,
            program.at,
            f"o{index}",
            tuple((c.id, *place[n]) for c, n in zip(program.conditions, conds, strict=True)),
            tuple(OutputColumn(o.id, o.kind, f"v{index}_{o.id}") for o in program.outputs),
            main_output(program) is not None,
        )
        for index, (program, conds) in enumerate(zip(programs, numbers, strict=True))
    )
    words = max(1, -(-len(distinct) // WORD_BITS))
    return Layout(words, tuple(graph.nodes[n].digest for n in distinct), laid), distinct
