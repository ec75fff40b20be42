from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from zhida.web.read import finding as read


def search(request: HttpRequest) -> HttpResponse:
    """Find a subject by code or name; a full code that exists goes straight to its page."""
    asked = request.GET.get("q", "").strip()
    page = read.search(asked)
    if len(asked) == 18 and page.total == 1 and "HX-Request" not in request.headers:
        return redirect("subject", page.rows[0].uscc)
    return render(request, "web/subjects.html", {"q": asked, "page": page})


def subject(request: HttpRequest, uscc: str) -> HttpResponse:
    """Everything decided about one subject."""
    open_all = "all" in request.GET
    found = read.subject(uscc, open_all=open_all)
    if found is None:
        raise Http404(uscc)
    return render(request, "web/subject.html", {"s": found, "open_all": open_all})
