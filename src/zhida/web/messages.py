"""Collects the texts pages ask a translation for. Run as a script to add missing ones to the catalogue:

python -m zhida.web.messages
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "src/zhida/web"
PO = ROOT / "locale/en/LC_MESSAGES/django.po"


def used() -> Iterator[tuple[str, str]]:
    """(file, text) for every text marked for translation in the templates and the views."""
    from django.utils.translation.template import templatize

    for path in sorted(WEB.rglob("*.html")):
        python = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        yield from _texts(path, python)
    for path in sorted(WEB.rglob("*.py")):
        yield from _texts(path, path.read_text(encoding="utf-8"))


def _texts(path: Path, python: str) -> Iterator[tuple[str, str]]:
    for _, text, _, _ in extract("python", io.BytesIO(python.encode()), keywords={"gettext": None, "_": None}):
        yield str(path.relative_to(ROOT)), text if isinstance(text, str) else text[0]


def known() -> Catalog:
    """The English catalogue as it stands."""
    if not PO.exists():
        return Catalog(locale="en", domain="django", fuzzy=False)
    with PO.open("rb") as file:
        return read_po(file, locale="en", domain="django")


def main() -> None:
    """Rewrite the catalogue with exactly the texts in use, keeping the translations it has."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)
    old, new = known(), Catalog(locale="en", domain="django", project="Zhida", version="1", fuzzy=False)
    for file, text in used():
        entry = old.get(text)
        flags = {"python-format"} if "%(" in text else set()
        new.add(text, entry.string if entry else "", locations=[(file, 1)], flags=flags)
    with PO.open("wb") as out:
        write_po(out, new, omit_header=False, sort_output=True, width=0, include_lineno=False)
    missing = sum(1 for message in new if message.id and not message.string)
    print(f"{len(new)} texts, {missing} without English")  # noqa: T201  a tool's answer


if __name__ == "__main__":
    main()
