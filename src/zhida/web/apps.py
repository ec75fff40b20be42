from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "zhida.web"
    label = "web"
