"""The steps that begin with a code, as a browser takes them on a demo server."""

import re

from django.urls import reverse

NEW_PHONE = "15000150000"


def ask(client, name, phone, query=""):
    return client.post(reverse(f"accounts:{name}") + query, {"phone": phone})


def shown_code(client, name):
    """Return the code that the demo server shows on the page."""
    page = client.get(reverse(f"accounts:{name}")).content.decode()
    return re.search(r"演示.*?(\d{6}) 是您的", page, re.DOTALL)[1]


def verify(client, name, code=None, query=""):
    return client.post(reverse(f"accounts:{name}") + query, {"code": code or shown_code(client, name)})


def is_logged_in(client):
    return "_auth_user_id" in client.session
