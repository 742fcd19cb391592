"""Where a document is checked by anybody, as an address and as a picture of it."""

import segno
from django.conf import settings
from django.urls import reverse

from signing.models import Document


def address_of(document: Document) -> str:
    """Return the absolute address of the document's public check page."""
    return settings.SITE_URL + reverse("check:document", args=[document.code])


def picture_of(document: Document) -> str:
    """Return the QR code of the address as an SVG in a data: URL."""
    return segno.make(address_of(document), error="m").svg_data_uri(border=2, light="white")
