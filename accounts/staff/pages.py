"""What every page of the desk is given, whichever app it belongs to."""

from django.contrib import admin
from django.http import HttpRequest


def desk_context(request: HttpRequest, opts, title: str, **more) -> dict:
    """Return a desk page's context: the admin site's own, `opts` of the model it is about, its title and facts."""
    return {**admin.site.each_context(request), "opts": opts, "title": title, **more}
