from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from zhida.web.read import imports as read
from zhida.web.read.page import number


def index(request: HttpRequest) -> HttpResponse:
    """Every file taken in, newest first."""
    return render(request, "web/imports.html", {"page": read.batches(number(request.GET.get("page")))})


def report(request: HttpRequest, batch: str) -> HttpResponse:
    """One file: how its rows add up, and what was found in them."""
    row = number(request.GET["row"]) if request.GET.get("row") else None
    found = read.report(batch, request.GET.get("severity", ""), number(request.GET.get("page")), row)
    if found is None:
        raise Http404(batch)
    return render(request, "web/import.html", {"r": found})
