"""What every page knows of the site."""

from django.conf import settings


def site(request):
    """Whether this is the demo server, which says so on every page."""
    return {"demo": settings.DEMO}
