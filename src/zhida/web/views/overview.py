from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhida.web.read.overview import overview as read_overview
from zhida.web.views.errors import nothing_screened


def overview(request: HttpRequest) -> HttpResponse:
    """The last screening run at a glance."""
    found = read_overview()
    return render(request, "web/overview.html", {"o": found}) if found else nothing_screened(request)
