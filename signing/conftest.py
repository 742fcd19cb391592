import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from accounts.enums import IdentityProvider, IdentityStatus, Role
from accounts.models import Enterprise, RealName
from signing.enums import SealKind
from signing.marks.handwriting import Strokes
from signing.seals import lifecycle
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
    return issue(making.admitted(), title="高压供电方案答复单", by=customer)


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
        name="示例机械有限公司",
        credit_code="91110105MA0DEM013Y",
        legal_representative="王建国",
        address="北京市朝阳区示例路 1 号",
        verified_at=timezone.now(),
    )


@pytest.fixture
def owner(enterprise):
    """One of the enterprise's people, under a proven name."""
    user = get_user_model().objects.create_user("13500135000", "孙丽", enterprise=enterprise)
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
    return get_user_model().objects.create_user("13400134000", "周杰", enterprise=enterprise)


@pytest.fixture
def outsider(db):
    """A customer of another enterprise."""
    other = Enterprise.objects.create(
        name="另一家有限公司", credit_code="91320100MA1DEM0A9A", legal_representative="钱进", address="南京市"
    )
    return get_user_model().objects.create_user("13900139000", "赵强", enterprise=other)


@pytest.fixture
def supervisor(db):
    return get_user_model().objects.create_user("13600136000", "周敏", role=Role.SUPERVISOR)


@pytest.fixture
def seal(owner):
    """The valid official seal of the enterprise, drawn by the system."""
    return lifecycle.apply(owner.enterprise, kind=SealKind.OFFICIAL, by=owner)
