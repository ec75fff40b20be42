"""The demonstration county: written as files, then taken in through the same doors as real ones.

Every step can be repeated without effect (publishing, imports and screening all recognise what they
already have), so an interrupted load is finished by loading again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from zhida.core.atomic import write_atomic
from zhida.core.paths import home

if TYPE_CHECKING:
    from zhida.exchange.definitions import Definitions

SUBJECTS, SEED = 20_000, 7
AS_OF = dt.date(2022, 9, 30)
_LOADING, _DONE = "loading", "done"

Step = Callable[[str, str], None]


def needed() -> bool:
    """True on an empty installation, and when an earlier load did not finish."""
    state = _marker().read_text(encoding="utf-8").strip() if _marker().is_file() else ""
    if state:
        return state != _DONE
    from zhida.catalog.models import Publication
    from zhida.exchange.models import Batch

    return not (Publication.objects.exists() or Batch.objects.exists())


def load(subjects: int = SUBJECTS, seed: int = SEED, say: Step | None = None) -> str:
    """Make the county and take it in: policies, registry, feeds, screening. Returns the run's id.

    ``say(zh, en)`` is told of each step. Raises what publishing, importing and screening raise.
    """
    from zhida.catalog.publishing import publish
    from zhida.core.paths import packages_dir
    from zhida.exchange.definitions import of_library
    from zhida.screening.run import screen

    tell = say or (lambda _zh, _en: None)
    _mark(_LOADING)
    tell("发布政策包", "Publishing the policy packages")
    library = publish(packages_dir(), by="demo").library
    definitions = of_library(library)
    tell("生成合成县数据", "Making the synthetic county")
    files = write(home() / "demo", definitions, subjects=subjects, seed=seed)
    _import(files, definitions, tell)
    tell(f"筛查（{AS_OF}）", f"Screening as of {AS_OF}")
    run = screen(AS_OF)
    _mark(_DONE)
    return str(run.pk)


def write(directory: Path, definitions: Definitions, *, subjects: int, seed: int) -> dict[str, Path]:
    """Only the files: registry and feeds as CSV in ``directory``; feed id → path."""
    from zhida.synthetic.files import write_files

    lists = definitions.vocabulary.code_lists
    return write_files(directory, definitions.feeds, lists, subjects=subjects, seed=seed)


def _import(files: dict[str, Path], definitions: Definitions, tell: Step) -> None:
    from zhida.exchange.feeds import REGISTRY
    from zhida.exchange.import_feed import Options, import_feed
    from zhida.exchange.import_registry import import_registry

    tell("导入名录库", "Importing the registry")
    import_registry(files[REGISTRY], definitions)
    for name, path in files.items():
        if name == REGISTRY:
            continue
        feed = definitions.feeds[name]
        tell(f"导入{feed.title_zh}", f"Importing {feed.title_en}")
        import_feed(name, path, definitions, Options(replace=True))


def _marker() -> Path:
    return home() / "demo.state"


def _mark(state: str) -> None:
    with write_atomic(_marker()) as file:
        file.write(state.encode())
