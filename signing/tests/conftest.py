import pytest
from django.contrib.auth import get_user_model

from signing.handwriting import Strokes
from signing.services import Act, issue, sign
from signing.tests import making


@pytest.fixture
def customer(db):
    return get_user_model().objects.create_user("13800138000", "李晓明")


@pytest.fixture
def strokes():
    return Strokes.parse(making.pad())


@pytest.fixture
def document(customer):
    return issue(making.paper(), title="高压供电方案答复单", by=customer)


@pytest.fixture
def sign_as(customer, strokes):
    """Sign a document as it stands, by default as the customer."""

    def sign_now(document, *, role="customer", by=customer, **changes):
        facts = {"hand": strokes, "seen": document.current.sha256, **changes}
        return sign(document, Act(**facts), role=role, by=by)

    return sign_now
