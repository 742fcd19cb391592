"""After a failed opinion or a rejected scan: why is said where the customer looks, only what was wrong is sent anew."""

import pytest
from django.urls import reverse

from workorders import inputs
from workorders.demo import driver, samples
from workorders.enums import AttachmentKind, ContractMethod, Stage, State
from workorders.journey import flow, setbacks, submissions
from workorders.models import WorkOrder
from workorders.requests import uploads

REASON = "第 3 页没有盖章，请重新拍摄。"


@pytest.fixture
def failed(make_order, customer, manager):
    order = make_order(State.DESIGN_OPINION_ISSUED, failed={"issue_design_opinion"})
    given = driver.prepare(order, driver.STEPS["sign_design_opinion"], manager=manager)
    return flow.advance(order, "sign_design_opinion", given, by=customer)


@pytest.fixture
def scanned(make_contract, customer, manager):
    order = make_contract()
    step = driver.STEPS["sign_contract"]
    given = driver.prepare(order, step, manager=manager, contract=ContractMethod.SCAN)
    return flow.advance(order, "sign_contract", given, by=customer)


def test_failed_opinion_says_why_and_when_on_every_page_before_the_next_round(failed, browser_of, customer):
    opinion = failed.paper("design_opinion")
    http = browser_of(customer)

    for url in (
        reverse("workorders:home"),
        reverse("workorders:records"),
        failed.get_absolute_url(),
        reverse("workorders:submission", args=[failed.pk]),
    ):
        page = http.get(url).content.decode()
        assert f"《{opinion}》不合格" in page, url
        assert "接地装置图缺少接地电阻计算" in page, url
        assert f"{opinion.issued_at:%Y年}" in page, url
        assert opinion.get_absolute_url() in page, url


def test_next_round_begins_with_the_files_of_the_last_and_keeps_that_round_as_it_was(
    failed, customer, manager, django_capture_on_commit_callbacks
):
    first, second = failed.submissions.filter(stage=Stage.DESIGN).order_by("round")
    kinds = [[file.kind for file in each.attachments.all()] for each in (first, second)]
    assert kinds[0] == kinds[1] == list(Stage.DESIGN.kinds)
    assert second.is_draft
    assert not submissions.missing(failed, Stage.DESIGN)

    bad = second.attachments.get(kind=AttachmentKind.DESIGN_FILES)
    with django_capture_on_commit_callbacks(execute=True):
        uploads.remove(failed, bad)
    better = samples.pdf("改过的设计文件")
    uploads.attach(failed, AttachmentKind.DESIGN_FILES, better, by=customer)

    old = first.attachments.get(kind=AttachmentKind.DESIGN_FILES)
    assert old.file.storage.exists(old.file.name)
    order = driver.drive(failed, State.DESIGN_OPINION_ISSUED, manager=manager)
    kept, changed = second.attachments.order_by("kind")[::-1]
    assert (kept.file.name, changed.file.name == old.file.name) == (
        first.attachments.get(kind=kept.kind).file.name,
        False,
    )
    assert order.submissions.handed_in().filter(stage=Stage.DESIGN).count() == 2


def test_file_goes_with_the_last_row_that_names_it(failed, django_capture_on_commit_callbacks):
    first, second = failed.submissions.filter(stage=Stage.DESIGN).order_by("round")
    file = second.attachments.first()
    first.attachments.filter(file=file.file.name).delete()

    with django_capture_on_commit_callbacks(execute=True):
        uploads.remove(failed, file)

    assert not file.file.storage.exists(file.file.name)


def test_rejected_scan_says_why_and_its_files_are_there(scanned, manager, browser_of, customer):
    order = flow.advance(scanned, "reject_contract_scan", inputs.Reason(reason=REASON), by=manager)
    http = browser_of(customer)

    for name in ("home", "records", "order", "contract", "contract_scan"):
        url = reverse(f"workorders:{name}", args=[] if name in ("home", "records") else [order.pk])
        page = http.get(url).content.decode()
        assert "合同扫描件被退回" in page, name
        assert REASON in page, name
    assert not submissions.missing(order, Stage.CONTRACT)
    assert "已盖章合同的照片或扫描件.jpg" in page or "上次上传的文件都在" in page


def test_contract_whose_scan_is_looked_at_is_not_called_unsigned(scanned, browser_of, customer, manager):
    paper = scanned.paper("contract")
    pages = [(customer, paper.get_absolute_url()), (customer, scanned.get_absolute_url()),
             (customer, reverse("workorders:home")), (manager, scanned.get_desk_url()),
             (manager, reverse("admin:workorders_workorder_changelist"))]  # fmt: skip

    for user, url in pages:
        page = browser_of(user).get(url).content.decode()
        assert "盖章扫描件审核中" in page, url
        assert "未签字" not in page, url
        assert 'badge--wait">合同已签' not in page, url


def test_order_on_its_way_has_no_setback_and_all_cost_two_queries(failed, make_order, django_assert_max_num_queries):
    orders = [WorkOrder.objects.get(pk=failed.pk), make_order(State.ACCEPTED, address="演示路 2 号")]

    with django_assert_max_num_queries(2):
        setbacks.attach(orders)

    assert [bool(order.setback) for order in orders] == [True, False]
