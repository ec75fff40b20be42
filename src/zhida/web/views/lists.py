from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from zhida.web.read import lists as read


def index(request: HttpRequest) -> HttpResponse:
    """Every measure's list with its counts."""
    return render(request, "web/lists.html", {"measures": read.index()})


def proposed(request: HttpRequest, measure: str) -> HttpResponse:
    """One measure's proposed list, filtered and paged."""
    found = read.proposed(measure, read.Selection.asked(request.GET))
    if found is None:
        raise Http404(measure)
    return render(request, "web/list.html", {"l": found})


def download(request: HttpRequest, measure: str) -> FileResponse:
    """The whole list as a workbook."""
    book = read.workbook(measure)
    if book is None:
        raise Http404(measure)
    return FileResponse(
        book.content,
        as_attachment=True,
        filename=book.name,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
