"""The one error of the launcher."""

from __future__ import annotations


class PostgresError(RuntimeError):
    """The embedded database cannot be used; ``zh`` and ``en`` say why and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)
