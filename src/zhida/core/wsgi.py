"""What the web server calls."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhida.core.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
