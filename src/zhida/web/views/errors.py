"""Pages for when there is nothing to show."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Something failed on our side: a page that needs neither the database nor the frame."""
    return HttpResponse(render_to_string("500.html"), status=500)


def nothing_published(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "web/nodata.html",
        {
            "title": _("还没有发布政策"),
            "text": _("政策包检查通过并发布后，这里才有内容。运行："),
            "command": "zhida catalog publish packages",
        },
    )


def nothing_screened(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "web/nodata.html",
        {
            "title": _("还没有筛查结果"),
            "text": _("导入名录和部门数据后运行筛查；只想先看看，可以生成一个合成县。运行："),
            "command": "zhida screen --as-of 2022-09-30",
        },
    )
