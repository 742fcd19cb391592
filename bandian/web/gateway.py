"""POST to a service of somebody else."""

import json
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

MAX_ANSWER_BYTES = 64 * 1024


class GatewayError(Exception):
    """The service was not reached (`status` 0), or did not answer 2xx."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class _NoRedirect(HTTPRedirectHandler):
    """Answers a redirect with an error: the token must not travel to another address."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def post(url: str, data: dict, *, token: str, timeout: float) -> bytes:
    """Send JSON with a bearer token; return the answer, cut at MAX_ANSWER_BYTES."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return post_bytes(url, json.dumps(data).encode(), headers=headers, timeout=timeout)


def post_bytes(url: str, body: bytes, *, headers: dict, timeout: float) -> bytes:
    """Send a body; wait `timeout` seconds at most for each step of the network; raises GatewayError."""
    request = Request(url, data=body, headers=headers)
    try:
        with build_opener(_NoRedirect).open(request, timeout=timeout) as answer:
            return answer.read(MAX_ANSWER_BYTES)
    except HTTPError as error:
        error.close()
        raise GatewayError(f"HTTP {error.code}", error.code) from error
    except (URLError, HTTPException, OSError) as error:
        raise GatewayError(type(error).__name__) from error
