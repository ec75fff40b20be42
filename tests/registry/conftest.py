"""The registry room is tested through the same desk as the exchange room."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_PATH = Path(__file__).parents[1] / "exchange" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("exchange_desk", _PATH)
assert _SPEC
assert _SPEC.loader
_MODULE = importlib.util.module_from_spec(_SPEC)
import sys  # noqa: E402

sys.modules["exchange_desk"] = _MODULE
_SPEC.loader.exec_module(_MODULE)

desk, definitions = _MODULE.desk, _MODULE.definitions
