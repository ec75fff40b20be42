import io

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from zhida.web.read import proposing as read
from zhida.web.views.errors import nothing_screened


def index(request: HttpRequest) -> HttpResponse:
    """Every measure's list with its counts."""
    measures = read.index()
    return nothing_screened(request) if measures is None else render(request, "web/lists.html", {"measures": measures})


def proposed(request: HttpRequest, measure: str) -> HttpResponse:
    """One measure's proposed list, filtered and paged."""
    found = read.proposed(measure, read.Selection.asked(request.GET))
    if found is None:
        raise Http404(measure)
    return render(request, "web/list.html", {"l": found})


def download(_request: HttpRequest, measure: str) -> FileResponse:
    """The whole list as a workbook."""
    book = read.workbook(measure)
    if book is None:
        raise Http404(measure)
    return FileResponse(
        io.BytesIO(book.content),
        as_attachment=True,
        filename=book.name,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
