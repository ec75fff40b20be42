"""The catalog's tables: published, immutable versions of policy packages."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "zhida.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Policy catalog"
