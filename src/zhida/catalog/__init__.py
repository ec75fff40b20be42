"""The catalog: policy packages as data — loaded, checked, compared, published.

``load``, ``overlay``, ``diff``, ``shipped`` need no database; ``publish``, ``current``, ``latest`` and
``of_publication`` need Django set up. ``catalog.golden`` and ``catalog.facts`` are modules of their own.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from zhida.catalog.differ import Change, diff
from zhida.catalog.library import Library
from zhida.catalog.loader import borrowed, load, overlay, shipped_dir
from zhida.catalog.measures import MeasureDef
from zhida.catalog.places import Jurisdictions, UnknownPlace
from zhida.catalog.problems import CatalogError, CatalogProblem
from zhida.catalog.resolution import Resolved

if TYPE_CHECKING:
    from zhida.catalog.models import Publication
    from zhida.catalog.publishing import Published

__all__ = [
    "CatalogError",
    "CatalogProblem",
    "Change",
    "Jurisdictions",
    "Library",
    "MeasureDef",
    "Resolved",
    "UnknownPlace",
    "borrowed",
    "current",
    "diff",
    "latest",
    "load",
    "of_publication",
    "overlay",
    "publish",
    "shipped",
]


@lru_cache(maxsize=1)
def shipped() -> Library:
    """The packages this program ships, loaded once per process, their rules not checked again."""
    return load(shipped_dir(), rules=False)


def publish(root: Path | str, *, by: str = "", note: str = "") -> Published:
    """Check a folder of packages and put it in force; see ``publishing.publish``."""
    from zhida.catalog import publishing

    return publishing.publish(root, by=by, note=note)


def latest() -> Publication:
    """The publication in force. Raises publishing.NoPublication."""
    from zhida.catalog import publishing

    return publishing.latest()


def current() -> Library:
    """The library in force, rebuilt from the database. Raises publishing.NoPublication."""
    from zhida.catalog import publishing

    return publishing.current()


def of_publication(publication: Publication) -> Library:
    """The library of an earlier publication, for replay."""
    from zhida.catalog import publishing

    return publishing.of_publication(publication)
