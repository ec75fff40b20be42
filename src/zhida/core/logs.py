"""Logs for operators: one JSON object per line in ``var/log/zhida.log``, without personal data.

A message is a fixed text; what varies goes into ``extra`` under the few names listed here. Objects,
form input, names, numbers of people and companies are never logged.
"""

from __future__ import annotations

import json
import logging
import logging.config
import logging.handlers
import secrets
import traceback
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from zhida.core import paths

# the only extra fields that are written
FIELDS = ("kind", "ref", "run", "batch", "feed", "measure", "count", "seconds", "status_code", "crash")


class LogFile(logging.handlers.RotatingFileHandler):
    """A log file whose directory is made with the first line, not by loading settings."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return super()._open()


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message, and the allowed extra fields."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            # the template, not the filled-in text: what was filled in may be about a person
            "message": str(record.msg),
        }
        entry |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1]:
            entry["error"] = where(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=False, default=str)


def where(error: BaseException) -> list[str]:
    """The type of an exception and the code lines it passed through; not its text, which may quote data."""
    frames = traceback.extract_tb(error.__traceback__)
    return [type(error).__name__, *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)]


def record_crash(error: BaseException) -> Path:
    """Write a full report of an unexpected error to a file only its owner can read; the log names it."""
    path = paths.log_dir() / f"crash-{secrets.token_hex(4)}.txt"
    path.touch(mode=0o600)
    path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    logger = logging.getLogger("zhida")
    if not logger.handlers:  # it went wrong before Django was set up
        logging.config.dictConfig(configuration())
    logger.error("unexpected error", extra={"crash": path.name})
    return path


def configuration() -> dict[str, Any]:
    """Django's LOGGING: our file for everything from warnings up and for our own notes; nothing on screen."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "zhida.core.logs.JsonFormatter"}},
        "handlers": {
            "file": {
                "()": "zhida.core.logs.LogFile",
                "filename": str(paths.home() / "log" / "zhida.log"),
                "maxBytes": 10_000_000,
                "backupCount": 5,
                "encoding": "utf-8",
                "delay": True,
                "formatter": "json",
            }
        },
        "root": {"handlers": ["file"], "level": "WARNING"},
        "loggers": {
            "zhida": {"handlers": ["file"], "level": "INFO", "propagate": False},
            "django": {"handlers": ["file"], "level": "WARNING", "propagate": False},
        },
    }
