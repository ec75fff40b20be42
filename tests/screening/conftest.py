"""A small synthetic county, taken in through the product's own imports and screened once per module."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import transaction

from zhida.catalog import shipped
from zhida.core.paths import packages_dir
from zhida.screening.models import ScreeningRun

AS_OF = dt.date(2022, 9, 30)
SUBJECTS = 150


@dataclass(frozen=True)
class County:
    """home: its ZHIDA_HOME; run: the screening of 2022-09-30."""

    home: Path
    run: ScreeningRun


@pytest.fixture(scope="module")
def county(
    django_db_setup: None, django_db_blocker: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[County]:
    """Everything happens inside one transaction that is rolled back when the module is done."""
    home = tmp_path_factory.mktemp("county")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        patch.setenv("ZHIDA_HOME", str(home))
        yield County(home, _load(home))
        transaction.set_rollback(True)


def _load(home: Path) -> ScreeningRun:
    from zhida.catalog.publishing import publish
    from zhida.exchange.definitions import of_library
    from zhida.exchange.feeds import REGISTRY
    from zhida.exchange.import_feed import Options, import_feed
    from zhida.exchange.import_registry import import_registry
    from zhida.screening.run import screen
    from zhida.synthetic.demo import write

    library = publish(packages_dir()).library
    definitions = of_library(library)
    files = write(home / "files", definitions, subjects=SUBJECTS, seed=11)
    import_registry(files[REGISTRY], definitions)
    for name, path in files.items():
        if name != REGISTRY:
            import_feed(name, path, definitions, Options(replace=True))
    return screen(AS_OF)


@pytest.fixture(scope="session")
def library() -> object:
    return shipped()
