import uuid

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from accounts.enums import IdentityProvider, IdentityStatus, Role
from accounts.models import Enterprise, RealName
from bandian.tests import again
from signing.enums import SealKind
from signing.marks.handwriting import Strokes
from signing.models import Document, Seal
from signing.seals import lifecycle
from signing.services import Act, issue, sign
from signing.tests import making


def person(phone, name, **fields):
    """Make a person with an id that is the same in every test, so that what was made once fits into the next world."""
    return get_user_model().objects.create_user(phone, name, id=uuid.uuid5(uuid.NAMESPACE_OID, phone), **fields)


@pytest.fixture
def customer(db):
    return person("13800138000", "李晓明")


@pytest.fixture
def strokes():
    return Strokes.parse(making.pad())


@pytest.fixture
def document(customer):
    made = again.again("document", lambda: issue(making.admitted(), title="高压供电方案答复单", by=customer).pk)
    return Document.objects.get(pk=made)


@pytest.fixture
def sign_as(customer, strokes):
    """Sign a document as it stands, by default as the customer."""

    def sign_now(document, *, role="customer", by=customer, **changes):
        facts = {"hand": strokes, "seen": document.current.sha256, **changes}
        return sign(document, Act(**facts), role=role, by=by)

    return sign_now


@pytest.fixture
def enterprise(db):
    """An enterprise that was compared with its licence."""
    return Enterprise.objects.create(
        id=uuid.uuid5(uuid.NAMESPACE_OID, "enterprise"),
        name="示例机械有限公司",
        credit_code="91110105MA0DEM013Y",
        legal_representative="王建国",
        address="北京市朝阳区示例路 1 号",
        verified_at=timezone.now(),
    )


@pytest.fixture
def owner(enterprise):
    """One of the enterprise's people, under a proven name."""
    user = person("13500135000", "孙丽", enterprise=enterprise)
    now = timezone.now()
    RealName.objects.create(
        user=user,
        name=user.name,
        id_number="890101199003078881",
        id_index="0" * 64,
        status=IdentityStatus.APPROVED,
        provider=IdentityProvider.REVIEW,
        submitted_at=now,
        decided_at=now,
    )
    return user


@pytest.fixture
def colleague(enterprise):
    return person("13400134000", "周杰", enterprise=enterprise)


@pytest.fixture
def outsider(db):
    """A customer of another enterprise."""
    other = Enterprise.objects.create(
        id=uuid.uuid5(uuid.NAMESPACE_OID, "other enterprise"),
        name="另一家有限公司",
        credit_code="91320100MA1DEM0A9A",
        legal_representative="钱进",
        address="南京市",
    )
    return person("13900139000", "赵强", enterprise=other)


@pytest.fixture
def supervisor(db):
    return person("13600136000", "周敏", role=Role.SUPERVISOR)


@pytest.fixture
def seal(owner):
    """The valid official seal of the enterprise, drawn by the system."""
    made = again.again("seal", lambda: lifecycle.apply(owner.enterprise, kind=SealKind.OFFICIAL, by=owner).pk)
    return Seal.objects.get(pk=made)
