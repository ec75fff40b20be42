"""What cannot be read is said on a page of its own, with what to do, never as a broken page."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhida.catalog.publishing import DamagedPublication
from zhida.screening.queries import LostFiles
from zhida.web.text import Both

View = Callable[..., HttpResponseBase]
log = logging.getLogger(__name__)


def guarded(view: View) -> View:
    """The view, with lost files, damaged publications and an absent database told in words (503)."""

    @functools.wraps(view)
    def answer(request: HttpRequest, **named: str) -> HttpResponseBase:
        try:
            return view(request, **named)
        except (LostFiles, DamagedPublication) as error:
            log.warning("stored data cannot be read", extra={"reason": error.en})
            return _sorry(request, str(Both(error.zh, error.en)), "")
        except OperationalError:
            log.exception("database unavailable")
            return _sorry(request, _("数据库暂时连不上，数据没有改动。运行："), "zhida db status")

    return answer


def _sorry(request: HttpRequest, text: str, command: str) -> HttpResponse:
    context = {"title": _("现在读不到数据"), "text": text, "command": command, "bare": True}
    return render(request, "web/nodata.html", context, status=503)
