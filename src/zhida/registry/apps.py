"""Django application of the registry room."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "zhida.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"
