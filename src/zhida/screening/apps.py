from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """Screening: runs, frozen decisions."""

    name = "zhida.screening"
    label = "screening"
    default_auto_field = "django.db.models.BigAutoField"
