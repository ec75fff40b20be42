"""The frame around every page: where we are, which place and date the figures are for, what is synthetic."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from zhida.web.read.standing import standing
from zhida.web.text import Both


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    href: str
    icon: str
    here: bool
    current: str


@dataclass(frozen=True, slots=True)
class Chrome:
    nav: tuple[NavItem, ...]
    searching: bool
    place: Both | None
    as_of: dt.date | None
    synthetic: bool
    library: str


def chrome_of(request: HttpRequest | None, *, bare: bool = False) -> Chrome:
    """The frame of the page being made; bare: without place and date, which cannot be read now."""
    path = request.path if request else ""
    now = None if bare else standing()
    return Chrome(
        nav=_nav(path),
        searching=path.startswith(reverse("subjects")),
        place=now.place if now else None,
        as_of=now.as_of if now else None,
        synthetic=bool(now and now.synthetic),
        library=now.run.catalog_hash if now else "",
    )


def _nav(path: str) -> tuple[NavItem, ...]:
    sections = (
        ("overview", _("总览"), "icon-[tabler--layout-dashboard]"),
        ("policies", _("政策"), "icon-[tabler--file-text]"),
        ("lists", _("名单"), "icon-[tabler--list-check]"),
        ("subjects", _("主体"), "icon-[tabler--building-store]"),
        ("imports", _("导入"), "icon-[tabler--table-import]"),
    )
    items = []
    for name, label, icon in sections:
        href = reverse(name)
        here = path == href if name == "overview" else path.startswith(href)
        items.append(NavItem(label, href, icon, here, "page" if path == href else "true"))
    return tuple(items)
