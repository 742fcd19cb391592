import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import ManagerCard
from notifications.models import Notification
from workorders import regions
from workorders.desk import dispatch
from workorders.enums import State
from workorders.models import AreaRegion, ServiceArea


def test_longest_prefix_decides(area):
    assert ServiceArea.objects.serving("330106", 10) == area
    assert ServiceArea.objects.serving("330105", 10).name == "城东"


def test_voltage_rule_beats_the_district(area):
    centre = ServiceArea.objects.create(
        name="大客户中心", code="33010", company="演示", credit_code="0", address="演示"
    )
    AreaRegion.objects.create(area=centre, prefix="3301", min_voltage=35)

    assert ServiceArea.objects.serving("330105", 35) == centre
    assert ServiceArea.objects.serving("330105", 10).name == "城东"


def test_order_without_a_unit_waits_for_the_supervisor(make_order, area, manager, supervisor):
    order = make_order(State.SUBMITTED, region="110105")
    assert order.service_area is None
    assert Notification.objects.get(user=supervisor).body.endswith("没有对应的供电单位，请派发")
    assert not Notification.objects.filter(user=manager).exists()
    with pytest.raises(PermissionDenied):
        dispatch.assign(order, area=area, by=manager)

    dispatch.assign(order, area=area, by=supervisor)

    order.refresh_from_db(fields=["service_area"])
    assert order.service_area == area
    assert order.events.last().label == "派发供电单位"


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        (("44", "4403", ""), "4403"), (("33", "", ""), "33"), (("33", "3301", "330106"), "330106"),
        (("44", "4419", "441900003"), "441900003"), (("33", "4403", ""), "33"), (("99", "", ""), None),
        (("", "", ""), None), (("3O", "", ""), None),
    ],
)  # fmt: skip
def test_rule_of_dispatch_picks_a_region_that_exists_and_shows_its_name(area, browser_of, supervisor, chosen, kept):
    AreaRegion.objects.all().delete()
    inline = {"regions-TOTAL_FORMS": 1, "regions-INITIAL_FORMS": 0, "regions-0-min_voltage": 10}
    inline |= {f"regions-0-prefix_{level}": code for level, code in enumerate(chosen)}
    data = {field: getattr(area, field) for field in ("name", "code", "company", "credit_code", "address", "phone")}
    data |= {"representative": "演示", **inline}
    url = reverse("admin:workorders_servicearea_change", args=[area.pk])

    page = browser_of(supervisor).post(url, data)

    assert [rule.prefix for rule in AreaRegion.objects.all()] == ([kept] if kept else [])
    if kept is None:
        assert "请选择地区" in page.content.decode() or "没有这个地区" in page.content.decode()
    else:
        shown = browser_of(supervisor).get(reverse("admin:workorders_servicearea_changelist")).content.decode()
        assert f"{regions.full_name(kept)}，10 kV 及以上" in shown
        form = browser_of(supervisor).get(url).content.decode()
        assert f'<option value="{kept}" selected>' in form


def test_managers_are_offered_and_one_without_a_card_is_named(area, browser_of, supervisor, manager, customer):
    ManagerCard.objects.filter(user=manager).delete()
    url = reverse("admin:workorders_servicearea_change", args=[area.pk])

    page = browser_of(supervisor).get(url).content.decode()

    assert f"{manager.name} {manager.masked_phone} · 还没有名片" in page
    assert supervisor.masked_phone not in page
    assert customer.masked_phone not in page


def test_region_names_read_as_addresses_do():
    assert regions.full_name("330106") == "浙江省杭州市西湖区"
    assert regions.full_name("110105") == "北京市朝阳区"
    assert regions.full_name("429004") == "湖北省仙桃市"
    assert regions.full_name("441900003") == "广东省东莞市东城街道"
    assert regions.full_name("990000") == ""


def test_region_levels_lead_down_to_districts():
    assert ("33", "浙江省") in regions.children()
    assert ("3301", "杭州市") in regions.children("33")
    assert regions.is_district("330106")
    assert not regions.is_district("3301")
