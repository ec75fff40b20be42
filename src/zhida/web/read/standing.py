"""Where things stand: the place screened, the date, the publication. Shown on every page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhida.web.text import Both


@dataclass(frozen=True, slots=True)
class Standing:
    place: Both
    as_of: dt.date
    synthetic: bool
    library: str


def standing() -> Standing | None:
    return None
