import io

import pytest
from PIL import Image

from accounts.enums import Role
from accounts.identity import claims, id_photos
from accounts.models import Enterprise, User

NUMBER = "890101199003078881"
PASSWORD = "梧桐树下 42 只猫"


@pytest.fixture
def enterprise(db):
    return Enterprise.objects.create(
        name="示例机械有限公司",
        credit_code="91110105MA0DEM013Y",
        legal_representative="王建国",
        address="北京市朝阳区示例路 1 号",
    )


@pytest.fixture
def customer(enterprise):
    return User.objects.create_user("13800138000", "李晓明", PASSWORD, enterprise=enterprise)


@pytest.fixture
def outsider(db):
    return User.objects.create_user("13900139000", "赵强", PASSWORD)


@pytest.fixture
def manager(db):
    return User.objects.create_user("13700137000", "陈静", PASSWORD, role=Role.MANAGER)


@pytest.fixture
def supervisor(db):
    return User.objects.create_user("13600136000", "周敏", PASSWORD, role=Role.SUPERVISOR)


def jpeg(side=60):
    stream = io.BytesIO()
    Image.new("RGB", (side, side // 2), "#8899aa").save(stream, "JPEG")
    return stream.getvalue()


PHOTO = jpeg()


@pytest.fixture
def claimed(customer):
    return claims.claim(customer, name=customer.name, id_number=NUMBER, photo=PHOTO)


def approve(record, by):
    id_photos.show(record, by=by)
    return claims.decide(record, by=by, seen=claims.shown(record))
