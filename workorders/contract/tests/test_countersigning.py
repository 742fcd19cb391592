"""供电企业盖章: the supplier's seal on a contract that the customer has signed."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import Enterprise
from notifications.models import Notification
from signing.check.verify import check
from signing.enums import Role, SealState
from signing.models import Seal, Signature
from signing.services import Superseded
from workorders import inputs
from workorders.conftest import known
from workorders.contract import countersigning
from workorders.contract.confirming import document_of
from workorders.contract.tests.contracts import hand, hash_of, state_of
from workorders.demo import driver
from workorders.enums import ContractMethod, State
from workorders.journey import flow

ARCHIVE = inputs.Archiving(energised_on=timezone.localdate(), meter_reading=Decimal(0))


@pytest.fixture
def supplier_seal(area, make_seal):
    area.enterprise = Enterprise.objects.create(
        id=known("supplier"),
        name="演示供电有限公司",
        credit_code="91320100MA1DEM0A9A",
        legal_representative="演示",
        address="演示路 9 号",
    )
    area.save()
    return make_seal(area.enterprise)


@pytest.fixture
def signed(make_contract, customer):
    """An order whose contract the customer has signed, and the supplier has not."""
    order = make_contract("customer", "supplier")
    return flow.advance(order, "sign_contract", by_hand(order), by=customer)


def by_hand(order):
    signing = {"hand": hand(), "sha256": hash_of(order), **driver.confirmed(order.customer)}
    return inputs.ContractSigning(contract_method=ContractMethod.SIGNATURE, **signing)


def address(order, *seal):
    return reverse(f"admin:workorders_workorder_countersign{'_picture' * len(seal)}", args=[order.pk, *seal])


def post(http, order, seal, sha256=None):
    return http.post(address(order), {"seal": seal.pk, "sha256": sha256 or hash_of(order)})


def test_manager_sees_the_preview_and_puts_the_seal_on(browser_of, manager, signed, supplier_seal):
    http = browser_of(manager)
    desk = reverse("admin:workorders_workorder_change", args=[signed.pk])
    assert address(signed) in http.get(desk).content.decode()
    picture = address(signed, supplier_seal.pk)
    assert picture in http.get(address(signed)).content.decode()
    assert http.get(picture).content.startswith(b"\x89PNG")

    assert post(http, signed, supplier_seal).url == desk

    document = document_of(signed)
    assert document.is_signed
    with document.current.file.open() as file:
        results = check(file.read())
    assert [result.field for result in results] == ["customer", "supplier"]
    assert all(result.is_good for result in results)
    event = signed.events.get(name="countersign")
    assert (event.by, event.data["seal"]) == (manager, str(supplier_seal))
    assert Notification.objects.filter(user=signed.customer, title="供电企业盖章").count() == 1
    assert address(signed) not in http.get(desk).content.decode()


def test_sg_03_supplier_seals_once_however_often_it_is_sent(browser_of, manager, signed, supplier_seal):
    http, seen = browser_of(manager), hash_of(signed)

    answers = [post(http, signed, supplier_seal, seen).status_code for _ in range(3)]

    assert answers == [302] * 3
    assert Signature.objects.filter(field__role=Role.SUPPLIER).count() == 1
    assert signed.events.filter(name="countersign").count() == 1


def test_sg_07_supplier_seal_is_for_the_areas_managers_and_supervisors(
    request, browser_of, signed, supplier_seal, make_seal, enterprise, manager
):
    for who, status in (("far_manager", 404), ("customer", 302), ("supervisor", 200)):
        assert browser_of(request.getfixturevalue(who)).get(address(signed)).status_code == status
    for who in ("far_manager", "customer"):
        with pytest.raises(PermissionDenied):
            countersign(signed, supplier_seal, by=request.getfixturevalue(who))
    with pytest.raises(ValidationError, match="不是本供电单位"):
        countersign(signed, make_seal(enterprise), by=manager)
    Seal.objects.update(state=SealState.CANCELLED)
    with pytest.raises(ValidationError):
        countersign(signed, supplier_seal, by=manager)
    assert not Signature.objects.filter(field__role=Role.SUPPLIER).exists()


def countersign(order, seal, *, by):
    return countersigning.countersign(order, by=by, seal=seal, sha256=hash_of(order), client=inputs.Client())


def test_supplier_does_not_seal_before_the_customer(browser_of, manager, make_contract, supplier_seal):
    order = make_contract("customer", "supplier")

    with pytest.raises(flow.Conflict):
        countersign(order, supplier_seal, by=manager)
    assert browser_of(manager).get(address(order)).status_code == 409


def test_sg_01_supplier_seals_the_version_that_was_shown(manager, signed, supplier_seal):
    with pytest.raises(Superseded):
        countersigning.countersign(signed, by=manager, seal=supplier_seal, sha256="0" * 64, client=inputs.Client())


def test_area_without_a_seal_is_told_what_to_do(browser_of, manager, signed):
    assert "没有可用的印章" in browser_of(manager).get(address(signed)).content.decode()


def test_contract_is_archived_only_with_the_suppliers_seal(manager, signed, supplier_seal):
    with pytest.raises(ValidationError, match="供电企业盖章"):
        flow.advance(signed, "archive", ARCHIVE, by=manager)

    countersign(signed, supplier_seal, by=manager)
    flow.advance(signed, "archive", ARCHIVE, by=manager)

    assert state_of(signed) == State.ARCHIVED


def test_versions_say_who_put_what_on_the_contract(signed, supplier_seal, seal, customer, manager, http):
    countersigning.countersign(signed, by=manager, seal=supplier_seal, sha256=hash_of(signed), client=inputs.Client())

    page = http.get(signed.paper("contract").get_absolute_url()).content.decode()

    assert "供电企业 盖章" in page
    assert f"{customer.name} 签字" in page
    assert f"{manager.name} 签字" not in page
    assert Signature(seal=seal, ink="{}").act == "签字并盖章"
