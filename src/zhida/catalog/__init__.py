"""The catalog: policy packages as data — loaded, checked, compared, published."""

from zhida.catalog.library import Library
from zhida.catalog.loader import borrowed, load
from zhida.catalog.measures import MeasureDef
from zhida.catalog.places import Jurisdictions, UnknownPlace
from zhida.catalog.problems import CatalogError, CatalogProblem
from zhida.catalog.resolution import Resolved

__all__ = [
    "CatalogError",
    "CatalogProblem",
    "Jurisdictions",
    "Library",
    "MeasureDef",
    "Resolved",
    "UnknownPlace",
    "borrowed",
    "load",
]
