from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhida.web.read.overview import overview as read_overview


def overview(request: HttpRequest) -> HttpResponse:
    """The last screening run at a glance."""
    return render(request, "web/overview.html", {"o": read_overview()})
