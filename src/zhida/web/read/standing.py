"""Where things stand: the publication in force, the last screening run, the place it was about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhida.catalog import Jurisdictions, Library, publishing
from zhida.screening import queries as screening
from zhida.screening.models import ScreeningRun
from zhida.web.read.tally import Tally
from zhida.web.read.values import Speaker
from zhida.web.text import Both

MOST = 0.9
"""A run is said to be about the smallest division that holds this share of its subjects."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The last run and the library it was made with.

    code, place: the division screened; synthetic: it is a made-up one.
    """

    run: ScreeningRun
    rules: Library
    code: str
    place: Both
    synthetic: bool

    @property
    def as_of(self) -> dt.date:
        return self.run.as_of

    def measure(self, measure: str) -> tuple[Tally | None, int | None]:
        """Outcome counts of a measure in the run, and the money proposed (fen); None when it was not run."""
        counts = self.run.counts["measures"].get(measure)
        return (None, None) if counts is None else (Tally.of(counts), counts["amount_fen"])


def published() -> Library | None:
    """The library in force; None before the first publication."""
    try:
        return publishing.current()
    except publishing.NoPublication:
        return None


def standing() -> Standing | None:
    """How things stand now; None before the first screening run."""
    try:
        run = screening.latest_run()
    except screening.NoRun:
        return None
    library = screening.library_of(run)
    towns = run.counts["towns"]
    code = smallest(library.jurisdictions, tuple((town, found["subjects"]) for town, found in towns.items() if town))
    return Standing(run, library, code, Speaker(library).place(code), _synthetic(library.jurisdictions, code))


def smallest(places: Jurisdictions, subjects: tuple[tuple[str, int], ...]) -> str:
    """The smallest division above town level holding ``MOST`` of the subjects; "" when only the nation does."""
    held: dict[str, int] = {}
    for code, count in subjects:
        for above in places.ancestors(code) if code in places else ("",):
            held[above] = held.get(above, 0) + count
    whole = sum(count for _, count in subjects)
    fitting = [c for c, n in held.items() if n >= whole * MOST and (c not in places or places[c].level != "town")]
    return max(fitting, key=lambda code: len(places.ancestors(code)) if code in places else 0, default="")


def _synthetic(places: Jurisdictions, code: str) -> bool:
    return code in places and any(places[c].synthetic for c in places.ancestors(code) if c in places)
