"""The request of somebody who is logged in, for annotations."""

from django.http import HttpRequest

from accounts.models import User


class UserRequest(HttpRequest):
    """A request as views get it that LoginRequiredMiddleware guards: its user is no stranger."""

    user: User
