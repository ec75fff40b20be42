"""What an import or a snapshot needs to know besides the files: feeds, facts with their limits, places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhida.catalog.library import Library
from zhida.exchange.feeds import FeedDef, from_mapping
from zhida.registry.places import Place
from zhida.rules.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Definitions:
    """One consistent set, taken from the published catalog or from the one we ship."""

    feeds: Mapping[str, FeedDef]
    vocabulary: Vocabulary
    places: tuple[Place, ...]


def of_library(library: Library) -> Definitions:
    """The definitions of a library. Raises feeds.FeedError for a feed that cannot be used."""
    places = (
        Place(code=j.code, zh=j.zh, level=j.level, parent=j.parent, aliases=tuple(j.aliases))
        for j in library.jurisdictions.values()
    )
    return Definitions(feeds=of_library_feeds(library), vocabulary=library.vocabulary, places=tuple(places))


def of_library_feeds(library: Library) -> dict[str, FeedDef]:
    """The feeds of a library by id."""
    return {
        name: from_mapping(shape.model_dump(mode="python", by_alias=True), f"feeds/{name}")
        for name, shape in sorted(library.feeds.items())
    }
