"""POST of JSON with a bearer token to a service of somebody else."""

import json
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

MAX_ANSWER_BYTES = 64 * 1024


class GatewayError(Exception):
    """The service was not reached, or did not answer 2xx."""


class _NoRedirect(HTTPRedirectHandler):
    """Answers a redirect with an error: the token must not travel to another address."""

    def redirect_request(self, *args, **kwargs):
        return None


def post(url: str, data: dict, *, token: str, timeout: float) -> bytes:
    """Return the answer, cut at MAX_ANSWER_BYTES; wait `timeout` seconds at most for each step of the network."""
    request = Request(
        url,
        data=json.dumps(data).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    try:
        with build_opener(_NoRedirect).open(request, timeout=timeout) as answer:
            return answer.read(MAX_ANSWER_BYTES)
    except HTTPError as error:
        error.close()
        raise GatewayError(f"HTTP {error.code}") from error
    except (URLError, HTTPException, OSError) as error:
        raise GatewayError(type(error).__name__) from error
