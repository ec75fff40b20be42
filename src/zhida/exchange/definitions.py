"""What an import or a snapshot needs to know besides the files: feeds, facts with their limits, places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhida.exchange.feeds import FeedDef
from zhida.registry.places import Place
from zhida.rules.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Definitions:
    """One consistent set, taken from the published catalog or from the one we ship."""

    feeds: Mapping[str, FeedDef]
    vocabulary: Vocabulary
    places: tuple[Place, ...]
