"""What every page of the desk is given, whichever app it belongs to."""

from typing import Any

from django.contrib import admin
from django.db.models.options import Options
from django.http import HttpRequest


def desk_context(request: HttpRequest, opts: Options, title: str, **more: Any) -> dict[str, Any]:
    """Return a desk page's context: the admin site's own, `opts` of the model it is about, its title and facts."""
    return {**admin.site.each_context(request), "opts": opts, "title": title, **more}
