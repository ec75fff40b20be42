"""Addresses of the pages. Measures and subjects are addressed by their own ids, so links stay good."""

from django.urls import include, path

from zhida.web.views import imports, lists, overview, policies, subjects
from zhida.web.views.guard import guarded

urlpatterns = [
    path("", guarded(overview.overview), name="overview"),
    path("policies/", guarded(policies.library), name="policies"),
    path("policies/<str:measure>/", guarded(policies.measure), name="policy"),
    path("lists/", guarded(lists.index), name="lists"),
    path("lists/<str:measure>/", guarded(lists.proposed), name="list"),
    path("lists/<str:measure>.xlsx", guarded(lists.download), name="list-xlsx"),
    path("subjects/", guarded(subjects.search), name="subjects"),
    path("subjects/<str:uscc>/", guarded(subjects.subject), name="subject"),
    path("imports/", guarded(imports.index), name="imports"),
    path("imports/<str:batch>/", guarded(imports.report), name="import"),
    path("language/", include("django.conf.urls.i18n")),
]

handler404 = "zhida.web.views.errors.not_found"
handler500 = "zhida.web.views.errors.broken"
