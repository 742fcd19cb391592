"""An enterprise of the utility is corrected while nothing was signed with it, and changed with a date afterwards."""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.admin.tests.test_admin import change_url, shown_values
from accounts.models import Enterprise, EnterpriseChange, User
from accounts.services import ENTERPRISE_FACTS, change_enterprise
from bandian.tests.races.race import race
from bandian.web import review, versions
from signing.enums import SealKind
from signing.seals import lifecycle
from signing.services import Act, issue, sign
from signing.tests import making

ANSWERS = {
    "name": "示例供电有限公司",
    "credit_code": "91320100MA1DEM0A9A",
    "legal_representative": "钱进",
    "address": "南京市",
    "reason": "录入时企业名称多一字",
}


@pytest.fixture
def supplier(db):
    facts = {name: value for name, value in ANSWERS.items() if name not in ("name", "reason")}
    return Enterprise.objects.create(name="示例供电有限公司司", **facts)


@pytest.fixture
def change(client, supervisor, supplier):
    client.force_login(supervisor)
    url = reverse("admin:accounts_enterprise_change", args=[supplier.pk])

    def post(**changes):
        version = re.search(r'name="version" value="([^"]+)"', client.get(url).content.decode())[1]
        return client.post(url, ANSWERS | {"version": version} | changes, follow=True).content.decode()

    return post


def facts(enterprise):
    return versions.facts_of(enterprise, ENTERPRISE_FACTS)


@pytest.fixture
def signed(supplier, supervisor, customer):
    """The enterprise after its seal was put on a paper."""
    Enterprise.objects.filter(pk=supplier.pk).update(verified_at=timezone.now())
    seal = lifecycle.apply(Enterprise.objects.get(pk=supplier.pk), kind=SealKind.OFFICIAL, by=supervisor)
    paper = making.paper(((70, 300, "客户签字："), (330, 300, "供电企业签章：")))
    document = issue(paper, title="意见单", signers=("supplier", "customer"), sealed=("supplier",), by=supervisor)
    sign(document, Act(seen=document.current.sha256, seal=seal), role="supplier", by=supervisor)
    return document


def test_slip_is_corrected_with_a_reason_that_stays(change, supplier, supervisor):
    assert "请写明更改的原因" in change(reason="")
    assert "没有改动任何内容" in change(name=supplier.name)
    assert "更正" in change()

    supplier.refresh_from_db()
    line = EnterpriseChange.objects.get()
    assert (supplier.name, supplier.verified_by) == (ANSWERS["name"], supervisor)
    assert (line.words, line.effective_on) == ("企业名称：示例供电有限公司司 → 示例供电有限公司", None)
    assert ANSWERS["reason"] in LogEntry.objects.first().change_message
    with pytest.raises(DatabaseError), transaction.atomic():
        EnterpriseChange.objects.update(reason="别的原因")


def test_signed_with_it_is_changed_from_a_day_on(change, supplier, signed):
    assert "请填写营业执照上的变更日期" in change()
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "变更日期不能晚于今天" in change(effective_on=tomorrow)
    assert "统一社会信用代码不能更改" in change(effective_on="2026-11-01", credit_code="91330100MABCDEF10F")
    assert not EnterpriseChange.objects.exists()

    assert "2026年11月1日变更" in change(effective_on="2026-11-01")

    assert signed.fields.get(role="supplier").signature.party == "示例供电有限公司司"
    assert Enterprise.objects.get(pk=supplier.pk).name == ANSWERS["name"]


def test_enterprise_with_people_is_theirs_to_change(client, supervisor, owner):
    client.force_login(supervisor)
    url = reverse("admin:accounts_enterprise_change", args=[owner.enterprise_id])

    assert client.get(url).status_code == 200
    assert client.post(url, ANSWERS).status_code == 403


def test_az_24_page_without_a_version_changes_nothing(change, supplier):
    assert "别处改" in change(version="")

    assert not EnterpriseChange.objects.exists()
    assert Enterprise.objects.get(pk=supplier.pk).name == supplier.name


def test_az_24_what_changed_meanwhile_or_has_people_by_now_is_asked_under_the_lock(supplier, supervisor, customer):
    seen, mine = review.token(facts(supplier)), Enterprise.objects.get(pk=supplier.pk)
    mine.name = ANSWERS["name"]
    Enterprise.objects.filter(pk=supplier.pk).update(address="苏州市")

    with pytest.raises(review.Changed, match="address"):
        change_enterprise(mine, by=supervisor, reason="名称多一字", seen=seen)
    User.objects.filter(pk=customer.pk).update(enterprise=supplier)
    with pytest.raises(PermissionDenied):
        change_enterprise(mine, by=supervisor, reason="名称多一字", seen=review.token(facts(supplier)))

    assert not EnterpriseChange.objects.exists()


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_az_24_who_is_just_being_put_into_an_enterprise_keeps_it_from_being_changed(
    client, supplier, supervisor, customer
):
    client.force_login(supervisor)
    moved = shown_values(client.get(change_url(customer))) | {"enterprise": supplier.pk}
    mine = Enterprise.objects.get(pk=supplier.pk)
    mine.name = ANSWERS["name"]
    seen = review.token(facts(supplier))

    (answer,) = race(
        lambda: client.post(change_url(customer), moved),
        partial(change_enterprise, mine, by=supervisor, reason="名称多一字", seen=seen),
    )

    assert isinstance(answer, PermissionDenied)
    assert User.objects.get(pk=customer.pk).enterprise == supplier
