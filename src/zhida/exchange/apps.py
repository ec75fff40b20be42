"""Django application of the exchange room."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "zhida.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
