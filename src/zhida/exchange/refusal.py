"""A whole file refused: nothing of it is taken and nothing changes."""

from __future__ import annotations


class FileRefused(Exception):
    """code: stable kebab-case name for scripts; zh, en: what is wrong with the file and what to do."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        self.code, self.zh, self.en = code, zh, en
        super().__init__(en)
