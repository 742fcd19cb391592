"""Send a text message, through the gateway that the settings name.

A gateway takes a POST of {"phone": …, "text": …} as JSON with a bearer token, and answers 2xx when it took
the message over.
"""

import json
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

TIMEOUT_SECONDS = 3


class SmsError(Exception):
    """The message was not taken over."""


class _NoRedirect(HTTPRedirectHandler):
    """Answers a redirect with an error: the token must not travel to another address."""

    def redirect_request(self, *args, **kwargs):
        return None


def send(phone: str, text: str) -> None:
    """Hand one message over, waiting TIMEOUT_SECONDS at most for the network; raise SmsError if it was refused."""
    {"console": _to_console, "http": _to_gateway}[settings.SMS_SENDER](phone, text)


def _to_console(phone, text):
    print(f"[短信] {phone}：{text}", flush=True)


def _to_gateway(phone, text):
    request = Request(
        settings.SMS_HTTP_URL,
        data=json.dumps({"phone": phone, "text": text}).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {settings.SMS_HTTP_TOKEN}"},
    )
    try:
        with build_opener(_NoRedirect).open(request, timeout=TIMEOUT_SECONDS):
            pass
    except (URLError, HTTPException, OSError) as error:
        raise SmsError(type(error).__name__) from error
