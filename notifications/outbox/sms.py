"""Send a text message, through the gateway that the settings name.

A gateway takes a POST of {"phone": …, "text": …} as JSON with a bearer token, and answers 2xx when it took
the message over. An "id" comes with a text that is tried again until then: a gateway that knows it already, because
its answer got lost, answers 2xx and sends nothing.
"""

from django.conf import settings

from bandian.web import gateway

TIMEOUT_SECONDS = 3


class SmsError(Exception):
    """The message was not taken over."""


def send(phone: str, text: str, *, reference: str = "") -> None:
    """Hand one message over, waiting TIMEOUT_SECONDS at most for the network; raise SmsError if it was refused."""
    {"console": _to_console, "http": _to_gateway}[settings.SMS_SENDER](phone, text, reference)


def _to_console(phone: str, text: str, reference: str) -> None:
    print(f"[短信] {phone}：{text}", flush=True)


def _to_gateway(phone: str, text: str, reference: str) -> None:
    data, token = {"phone": phone, "text": text}, settings.SMS_HTTP_TOKEN
    if reference:
        data["id"] = reference
    try:
        gateway.post(settings.SMS_HTTP_URL, data, token=token, timeout=TIMEOUT_SECONDS)
    except gateway.GatewayError as error:
        raise SmsError(str(error)) from error
