"""What every page knows of the site."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, bool]:
    """Whether this is the demo server, which says so on every page."""
    return {"demo": settings.DEMO}
