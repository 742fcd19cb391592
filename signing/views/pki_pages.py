"""What other programs need to check our signatures: the root certificate, and the list of revoked ones."""

from cryptography.hazmat.primitives.serialization import Encoding
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from signing.pki import authority, keys


@login_not_required
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    return HttpResponse(authority.root().public_bytes(Encoding.DER), content_type="application/pkix-cert")


@login_not_required
@require_safe
def crl(request: HttpRequest) -> HttpResponse:
    return HttpResponse(keys.revocation_list(), content_type="application/pkix-crl")
