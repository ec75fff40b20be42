"""Where things live on disk. Nothing here creates a directory unless it says so."""

from __future__ import annotations

import os
from pathlib import Path

import zhida

_SOURCE_ROOT = Path(zhida.__file__).resolve().parent


def home() -> Path:
    """The directory that holds everything this installation writes: ``ZHIDA_HOME``, else ``./var``."""
    return Path(os.environ.get("ZHIDA_HOME") or "var").expanduser().absolute()


def make_home(path: Path) -> Path:
    """Create a home when absent: its owner reads it, others (the database's account) only pass through."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o711, exist_ok=True)
    return path


def _below_home(name: str) -> Path:
    path = make_home(home()) / name
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def lake() -> Path:
    """The fact lake: Parquet batches, snapshots and decisions. Created when absent."""
    return _below_home("lake")


def log_dir() -> Path:
    """Log files. Created when absent."""
    return _below_home("log")


def run_dir() -> Path:
    """Locks and leases of running processes. Created when absent."""
    return _below_home("run")


def packages_dir() -> Path:
    """The policy packages we ship: inside an installed wheel, else ``packages/`` of the source tree."""
    installed = _SOURCE_ROOT / "_packages"
    return installed if installed.is_dir() else _SOURCE_ROOT.parents[1] / "packages"


def static_build_dir() -> Path:
    """The built front-end assets: inside an installed wheel, else ``build/static`` of the source tree."""
    installed = _SOURCE_ROOT / "_static"
    return installed if installed.is_dir() else _SOURCE_ROOT.parents[1] / "build" / "static"


def locale_dir() -> Path:
    """Translations of the pages: inside an installed wheel, else ``locale/`` of the source tree."""
    installed = _SOURCE_ROOT / "_locale"
    return installed if installed.is_dir() else _SOURCE_ROOT.parents[1] / "locale"
