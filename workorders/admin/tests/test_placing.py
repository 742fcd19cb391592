"""A paper is looked at before it is issued: its pages, the places for signing, the supplier's seal."""

import hashlib
import re

import pytest
from django.urls import reverse

from accounts.models import Enterprise
from bandian.tests import again
from signing import drafts
from signing.enums import SealKind
from signing.models import Draft
from signing.seals import lifecycle
from workorders import inputs
from workorders.admin.tests.test_admin import plan_data, step_url
from workorders.demo import samples
from workorders.enums import PaperKind, Sealing, State
from workorders.journey import flow, supplier_seals
from workorders.models import WorkOrder

OPINION = {"verdict": "pass", "remarks": "同意"}


@pytest.fixture
def supplier(area, supervisor):
    """The utility's own enterprise, with a seal for papers and one for contracts."""

    def make():
        enterprise = Enterprise.objects.create(
            name="演示城西供电有限公司", credit_code="91320100MA1DEM0A9A", legal_representative="演示",
            address="杭州市", verified_at="2026-01-01T00:00Z",
        )  # fmt: skip
        for kind in (SealKind.OFFICIAL, SealKind.CONTRACT):
            lifecycle.apply(enterprise, kind=kind, by=supervisor)
        return enterprise.pk

    area.enterprise = Enterprise.objects.get(pk=again.again("supplier", make))
    area.save()
    return area.enterprise


class Desk:
    """The manager at the pages of a step that issues a paper."""

    def __init__(self, browser, order, name):
        self.browser, self.order, self.name = browser, order, name

    def preview(self, data, **extra):
        url = reverse("admin:workorders_workorder_preview", args=[self.order.pk, self.name])
        self.page = self.browser.post(url, {"seen": self.order.event_count, **data, **extra}).content.decode()
        return self.page

    def hidden(self, **changes):
        """Return what the page of the places would send."""
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page)
        return {name: value for name, value in found if name != "csrfmiddlewaretoken"} | changes

    def confirm(self, **changes):
        return self.browser.post(step_url(self.order, self.name), self.hidden(**changes))

    def state(self):
        return WorkOrder.objects.get(pk=self.order.pk).state

    def document(self, kind):
        return WorkOrder.objects.get(pk=self.order.pk).paper(kind).document


@pytest.fixture
def opinion(make_order, browser_of, manager):
    return Desk(browser_of(manager), make_order(State.DESIGN_SUBMITTED), "issue_design_opinion")


def test_what_is_shown_is_what_is_issued(opinion):
    page = opinion.preview(OPINION)
    shown = drafts.read(Draft.objects.get(pk=opinion.hidden()["draft"])).content

    opinion.confirm()

    document = opinion.document(PaperKind.DESIGN_OPINION)
    assert hashlib.sha256(shown).hexdigest() == document.original_sha256 == opinion.hidden()["sha256"]
    assert "data-place" in page
    assert opinion.browser.get(re.search(r'<img src="([^"]+)"', page)[1])["Content-Type"] == "image/png"


def test_a_moved_box_is_where_the_customer_signs(opinion):
    opinion.preview(OPINION)

    opinion.confirm(place_customer="0,0.1,0.1,0.5,0.2")

    field = opinion.document(PaperKind.DESIGN_OPINION).fields.get()
    assert (field.page, *field.box) == pytest.approx((0, 59.53, 673.51, 297.64, 757.7), abs=0.1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"remarks": "改过的意见"}, "表单内容在预览之后有改动"),
        ({"sha256": "0" * 64}, "预览已过期"),
        ({"place_customer": "0,0.9,0.1,1.3,0.2"}, "超出了页面"),
        ({"place_customer": "0,nan,0.1,0.5,0.2"}, "签署位置不完整"),
        ({"place_customer": "乱写"}, "签署位置不完整"),
        ({"draft": "x"}, "签署位置不完整"),
    ],
)
def test_what_was_not_shown_is_not_issued(opinion, changes, message):
    opinion.preview(OPINION)

    page = opinion.confirm(**changes).content.decode()

    assert message in page
    assert opinion.state() == State.DESIGN_SUBMITTED


def test_anothers_draft_is_neither_shown_nor_issued(opinion, browser_of, supervisor):
    page = opinion.preview(OPINION)
    Draft.objects.update(by=supervisor)

    assert opinion.browser.get(re.search(r'<img src="([^"]+)"', page)[1]).status_code == 404
    assert "预览已过期" in opinion.confirm().content.decode()
    assert opinion.state() == State.DESIGN_SUBMITTED


def test_back_keeps_what_was_typed_and_the_own_file(opinion):
    own = samples.pdf("自备意见单", pages=1)
    opinion.preview(OPINION, pdf=own)

    back = opinion.preview(opinion.hidden(back="1"))

    assert "同意</textarea>" in back
    assert f'name="own" value="{Draft.objects.earliest("created_at").pk}" checked' in back
    kept = re.search(r'name="own" value="([^"]+)"', back)[1]
    opinion.browser.post(
        step_url(opinion.order, opinion.name), {"seen": opinion.order.event_count, **OPINION, "own": kept}
    )
    own.seek(0)
    assert opinion.document(PaperKind.DESIGN_OPINION).original_sha256 == hashlib.sha256(own.read()).hexdigest()


def test_the_suppliers_seal_stands_on_a_paper_when_it_is_issued(supplier, make_order, browser_of, manager):
    desk = Desk(browser_of(manager), make_order(State.SURVEYING), "issue_supply_plan")
    page = desk.preview(plan_data(sealing="on"))

    desk.confirm()

    document = desk.document(PaperKind.SUPPLY_PLAN)
    assert "演示城西供电有限公司 公章" in page
    assert document.fields.count() == 2
    signature = document.fields.get(role="supplier").signature
    assert (signature.seal.kind, signature.signer) == (SealKind.OFFICIAL, manager)
    assert document.awaits("customer")
    assert document.current.number == 1
    assert signature.seal.events.filter(label=lifecycle.USED, by=manager).exists()
    papers = WorkOrder.objects.get(pk=desk.order.pk).papers.with_signed()
    assert not papers.get().signed


def test_a_contract_is_sealed_at_issue_with_the_seal_for_contracts(supplier, make_order, manager):
    order = make_order(State.COMPLETION_OPINION_SIGNED, short=True)

    given = inputs.ContractIssue(term_years=3, sign_place="杭州市", sealing=Sealing.NOW, cross_page=True)
    flow.advance(order, "open_contract", given, by=manager)

    document = order.paper(PaperKind.CONTRACT).document
    assert document.fields.get(role="supplier").signature.seal.kind == SealKind.CONTRACT
    for field in document.fields.all():
        assert (field.x1 - field.x0, field.y1 - field.y0) == pytest.approx((250, 124), abs=0.6)
    assert order.events.get(name="open_contract").data["seal"] == "演示城西供电有限公司 合同专用章"


def test_a_contract_may_be_sealed_after_the_customer_or_not_at_all(supplier, make_order):
    order = make_order(State.SUBMITTED)

    after = supplier_seals.terms(order, PaperKind.CONTRACT, sealing=Sealing.AFTER, cross_page=True)
    none = supplier_seals.terms(order, PaperKind.CONTRACT)

    assert after == supplier_seals.Terms(("customer", "supplier"), ("supplier", "customer"))
    assert none == supplier_seals.Terms(("customer",), ("customer",))


def test_a_seal_that_is_gone_stops_the_issue(supplier, make_order, browser_of, manager, supervisor):
    desk = Desk(browser_of(manager), make_order(State.SURVEYING), "issue_supply_plan")
    desk.preview(plan_data(sealing="on"))
    for seal in supplier.seals.all():
        lifecycle.cancel(seal, by=supervisor, reason="换章")

    page = desk.confirm().content.decode()

    assert "可用的印章在预览之后有变化" in page
    assert desk.state() == State.SURVEYING


def test_without_a_seal_a_contract_offers_none(make_order, browser_of, manager):
    order = make_order(State.COMPLETION_OPINION_SIGNED, short=True)

    page = browser_of(manager).get(step_url(order, "open_contract")).content.decode()

    assert "不盖章" in page
    assert "签发时盖章" not in page
    assert "骑缝章" not in page


@pytest.mark.parametrize("page", ["step", "preview"])
def test_own_file_survives_an_error_elsewhere_and_is_what_the_next_press_issues(opinion, page):
    own = samples.pdf("自备意见单", pages=1)
    own.name = "审图意见 V2.pdf"
    url = reverse(f"admin:workorders_workorder_{page}", args=[opinion.order.pk, opinion.name])

    refused = opinion.browser.post(url, {"seen": opinion.order.event_count, "verdict": "fail", "pdf": own})

    text = refused.content.decode()
    kept = re.search(r'name="own" value="([^"]+)" checked', text)[1]
    assert "审图意见 V2.pdf" in text.split("将签发")[1]
    again = {"seen": opinion.order.event_count, **OPINION, "own": kept}
    assert "自备 PDF“<bdi>审图意见 V2.pdf</bdi>”" in opinion.preview(again).split("将签发")[1]
    opinion.browser.post(step_url(opinion.order, opinion.name), again)
    own.seek(0)
    assert opinion.document(PaperKind.DESIGN_OPINION).original_sha256 == hashlib.sha256(own.read()).hexdigest()


def test_what_will_be_issued_is_named_beside_the_button(opinion):
    made = "系统按工单生成的《客户受电工程设计文件审核意见单》"

    for page in (opinion.browser.get(step_url(opinion.order, opinion.name)).content.decode(), opinion.preview(OPINION)):
        assert made in page.split("将签发")[1]


def test_login_after_an_ended_session_leads_from_the_preview_to_the_form(opinion):
    url = reverse("admin:workorders_workorder_preview", args=[opinion.order.pk, opinion.name])

    assert opinion.browser.get(url).url == step_url(opinion.order, opinion.name)


def test_customers_enterprise_is_not_offered_as_the_suppliers(browser_of, supervisor, supplier, customer, area):
    customer.enterprise = Enterprise.objects.create(
        name="示例机械有限公司", credit_code="91110105MA0DEM013Y", legal_representative="王建国", address="北京市"
    )
    customer.save()
    add, change = reverse("admin:workorders_servicearea_add"), "admin:workorders_servicearea_change"

    for url in (add, reverse(change, args=[area.pk])):
        page = browser_of(supervisor).get(url).content.decode()
        assert f'value="{supplier.pk}"' in page
        assert f'value="{customer.enterprise_id}"' not in page
