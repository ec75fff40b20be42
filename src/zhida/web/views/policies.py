from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from zhida.web.read.library import library_page, policy
from zhida.web.views.errors import nothing_published


def library(request: HttpRequest) -> HttpResponse:
    """All measures, narrowed by what the address asks for."""
    page = library_page(request.GET.dict())
    return render(request, "web/policies.html", {"page": page}) if page else nothing_published(request)


def measure(request: HttpRequest, measure: str) -> HttpResponse:
    """One measure in full."""
    found = policy(measure)
    if found is None:
        raise Http404(measure)
    return render(request, "web/policy.html", {"p": found})
