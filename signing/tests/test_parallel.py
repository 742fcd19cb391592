"""Many documents signed at the same moment, on the real PostgreSQL."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from files import storage
from signing.check.verify import check
from signing.marks import handwriting
from signing.models import Document, Revision, SignatureField
from signing.pdf.freeze import freeze
from signing.services import Act, sign
from signing.tests import making

DOCUMENTS, THREADS = 100, 8

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def documents():
    """A hundred frozen documents, each with bytes of its own."""
    frozen = freeze(making.paper(), signers=("customer",), title="演示")
    return [_document(frozen, number) for number in range(DOCUMENTS)]


@transaction.atomic
def _document(frozen, number):
    data = frozen.data + b"%% number %d\n" % number
    document = Document(title=f"演示文件 {number}", original_sha256="0" * 64)
    storage.store(document, "original", io.BytesIO(b""))
    document.save()
    [field] = frozen.fields
    box = dict(zip(("x0", "y0", "x1", "y1"), field.box, strict=True))
    SignatureField.objects.create(document=document, role=field.role, name=field.name, page=field.page, **box)
    base = Revision(document=document, number=0, sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    storage.store(base, "file", io.BytesIO(data))
    base.save()
    return document


def test_sg_14_hundred_documents_signed_at_once_are_valid_and_not_mixed(documents):
    people = [get_user_model().objects.create_user(f"1990000{n:04d}", f"演示{'甲乙丙丁戊己庚辛'[n]}") for n in range(8)]
    hand = handwriting.Strokes.parse(making.pad())
    seen = [document.current.sha256 for document in documents]

    def put(number):
        try:
            by = people[number % len(people)]
            return sign(documents[number], Act(seen=seen[number], hand=hand), role="customer", by=by)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        revisions = list(pool.map(put, range(DOCUMENTS)))

    for number, revision in enumerate(revisions):
        with revision.file.open() as file:
            data = file.read()
        (result,) = check(data)
        assert result.is_good
        assert result.covers_whole_file
        assert (revision.document, revision.previous_sha256) == (documents[number], seen[number])
        assert b"%% number %d\n" % number in data
        assert revision.signature.signer == people[number % len(people)]
        assert result.signer == revision.signature.signer.name
