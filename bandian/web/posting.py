"""What a page was sent."""

from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with; None, which leaves the form unbound, where the page is only looked at."""
    return request.POST if request.method == "POST" else None
