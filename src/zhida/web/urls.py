"""Addresses of the pages. Measures and subjects are addressed by their own ids, so links stay good."""

from django.urls import include, path

from zhida.web.views import imports, lists, overview, policies, subjects

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("policies/", policies.library, name="policies"),
    path("policies/<str:measure>/", policies.measure, name="policy"),
    path("lists/", lists.index, name="lists"),
    path("lists/<str:measure>/", lists.proposed, name="list"),
    path("lists/<str:measure>.xlsx", lists.download, name="list-xlsx"),
    path("subjects/", subjects.search, name="subjects"),
    path("subjects/<str:uscc>/", subjects.subject, name="subject"),
    path("imports/", imports.index, name="imports"),
    path("imports/<str:batch>/", imports.report, name="import"),
    path("language/", include("django.conf.urls.i18n")),
]

handler404 = "zhida.web.views.errors.not_found"
handler500 = "zhida.web.views.errors.broken"
