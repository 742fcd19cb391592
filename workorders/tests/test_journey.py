"""The whole journey with two browsers, on the real server, database and worker, with files of other makers."""

import shutil
import subprocess
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Enterprise, PhoneCode, User
from signing.check.verify import check
from signing.enums import SealKind
from signing.pki.keys import trust_root
from signing.seals import lifecycle
from workorders.demo import driver, people
from workorders.enums import ContractMethod, PaperKind, Stage, State, UsageCategory
from workorders.models import WorkOrder
from workorders.tests.people import Customer, Desk, state_of

pytestmark = [pytest.mark.services, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = "19900000021"


@pytest.fixture
def customer_browser(new_context, live_site):
    return Customer(new_context, live_site)


@pytest.fixture
def desk(new_context, live_site, area, manager):
    desk = Desk(new_context, live_site)
    desk.log_in(manager.phone)
    return desk


@pytest.fixture
def supervisor_desk(new_context, live_site, supervisor):
    desk = Desk(new_context, live_site)
    desk.come_in(supervisor)
    return desk


@pytest.fixture
def surveyed(live_site, area, manager):
    """A small order of a shop, as it is after the survey: the other test walks there."""
    user = User.objects.create_user(PHONE, "演示客户")
    people.verify(user)
    order = driver.start(user, usage_category=UsageCategory.COMMERCE, capacity=400)
    return driver.drive(order, State.SURVEYING, manager=manager)


@pytest.fixture
def papers(new_context, tmp_path):
    """A PDF by Chromium, one by qpdf, a JPEG and a PNG by Chromium: none made by the project."""
    page = new_context().new_page()
    page.set_content("<h1>工程资料（演示）</h1><p>由浏览器打印。</p>")
    page.pdf(path=tmp_path / "图纸.pdf")
    page.pdf(path=tmp_path / "说明.pdf", landscape=True)
    page.screenshot(path=tmp_path / "照片.jpg", type="jpeg")
    page.screenshot(path=tmp_path / "扫描.png")
    page.close()
    if shutil.which("qpdf"):
        subprocess.run(
            ["qpdf", "--linearize", "--object-streams=generate", tmp_path / "说明.pdf", tmp_path / "记录.pdf"],
            check=True,
        )
    else:
        shutil.copy(tmp_path / "说明.pdf", tmp_path / "记录.pdf")
    return [tmp_path / name for name in ("图纸.pdf", "照片.jpg", "记录.pdf", "扫描.png")]


def in_days(days, form="%Y-%m-%d"):
    return (timezone.localtime() + timedelta(days=days)).strftime(form)


def file_application(customer, papers):
    """首页 → 更多 → 办电 → 新装 → 企业新装, down to the number."""
    page = customer.page
    customer.press("更多")
    customer.press("新装")
    customer.choose_region("浙江省", "杭州市", "西湖区")
    customer.shot("选择地区")
    customer.press("企业新装")
    page.get_by_label("企业名称（户名）").fill("演示精密制造有限公司")
    page.get_by_label("统一社会信用代码").fill("91330100 MABCDEF10F")
    page.get_by_label("行业分类").select_option("C")
    page.get_by_label("详细地址").fill("演示路 88 号")
    page.get_by_label("用电类别").select_option("large_industry")
    page.get_by_text("安装", exact=True).click()
    page.locator("[name=form-0-capacity]").fill("500")
    page.locator("[name=form-0-count]").fill("2")
    page.get_by_label("申请用电容量").fill("1000")
    page.get_by_label("意向供电电压").select_option("10")
    page.get_by_text("单电源", exact=True).click()
    page.get_by_text("三级负荷", exact=True).click()
    page.get_by_label("经办人证件号码").fill("890102198506150015")
    page.get_by_label("法定代表人姓名").fill("演示法人")
    page.get_by_label("法定代表人证件号码").fill("890101199003078881")
    customer.upload("licence", papers[1])
    customer.upload("handler_id", papers[3])
    customer.shot("企业新装")
    customer.press("下一步：检查并提交")
    page.locator("[name=declared]").check()
    customer.shot("检查")
    customer.press("提交")
    customer.shot("提交成功")
    return WorkOrder.objects.get(customer__phone=PHONE)


def go_on(customer, label):
    """服务记录 → the button of the step that waits."""
    customer.page.goto("/records/")
    customer.shot("服务记录")
    customer.press(label)


def hand_in(customer, order, label, uploads, papers, *, partner="", confirm="提交"):
    go_on(customer, label)
    if partner:
        customer.page.get_by_label(f"{partner}联系人姓名").fill("演示联系")
        customer.page.get_by_label(f"{partner}联系人电话").fill("13900000001")
    for number, kind in enumerate(uploads):
        customer.upload(kind, papers[number % len(papers)])
    declared = customer.page.locator("[name=declared]")
    if declared.count():
        declared.check()
    if customer.page.locator("[name=basic_charge]").count():
        customer.page.get_by_text("按合同最大需量", exact=True).click()
        customer.page.locator("[name=contract_demand]").fill("600")
    customer.shot(label)
    customer.press(confirm)


def sign_paper(customer, label):
    go_on(customer, label)
    customer.sign("确认签字")


def to_survey(customer, desk, papers, reviewer):
    """Register, be verified by a reviewer at the desk, file the application, and go on to the survey."""
    customer.register(PHONE, "演示客户")
    customer.claim_name("演示客户", "890102198506150015", papers[1])
    reviewer.approve_name("演示客户")
    customer.page.goto("/")
    order = file_application(customer, papers)
    desk.page.goto("/admin/workorders/workorder/")
    desk.shot("队列")
    desk.step(order, "受理并生成正式工单")
    go_on(customer, "预约勘察时间")
    customer.page.get_by_label("意向勘察时间").fill(f"{driver.visit_at(3):%Y-%m-%dT%H:%M}")
    customer.shot("预约勘察时间")
    customer.press("提交")
    desk.step(order, "勘察派工", surveyor="演示勘察")
    customer.page.goto(f"/orders/{order.pk}/")
    customer.shot("进度详情")
    customer.press("演示经理")
    customer.shot("客户经理介绍")
    return order


def sign_plan(customer, desk, order, *, full):
    """Have the plan answered, with all that follows it or without what it may waive, and sign it."""
    desk.step(
        order,
        "答复供电方案",
        {"metering": "high_high", "needs_design_review": full, "needs_mid_inspection": full},
        source="110 kV 演示变电站 10 kV 演示 101 线",
        demarcation="用户进线第一断路器电源侧接线端子处",
        suggested_connection_on=in_days(90),
    )
    sign_paper(customer, "供电方案签字确认")


def give_seal(order):
    """Give the customer an enterprise that was checked, and its contract seal."""
    answers, customer = order.application, order.customer
    customer.enterprise = Enterprise.objects.create(
        name=answers.company,
        credit_code=answers.credit_code,
        legal_representative=answers.legal_name,
        address=answers.address,
        verified_at=timezone.now(),
    )
    customer.save()
    lifecycle.apply(customer.enterprise, kind=SealKind.CONTRACT, by=customer)


def forget_codes():
    """Let the last code be a while ago: the test walks the journey in less than the minute between two codes."""
    PhoneCode.objects.filter(phone=PHONE).update(created_at=timezone.now() - timedelta(minutes=2))


def test_full_road_from_registration_to_archive(customer_browser, desk, supervisor_desk, papers):
    customer = customer_browser
    order = to_survey(customer, desk, papers, supervisor_desk)
    sign_plan(customer, desk, order, full=True)

    desk.step(order, "推送至设计文件送审")
    hand_in(customer, order, "提交设计文件送审", ["design_qualification", "design_files"], papers, partner="设计")
    failed = {"verdict": "fail"}
    desk.step(order, "出具设计文件审核意见单", failed, remarks="接地计算缺失，请补充。", mend_by=in_days(14))
    sign_paper(customer, "设计文件审核意见单签字")
    hand_in(customer, order, "提交设计文件送审", [], papers)  # the files of the last round are there
    # The manager's own PDF, by another maker and without a place to sign.
    own = {"verdict": "pass", "pdf": papers[0]}
    desk.step(order, "出具设计文件审核意见单", own, remarks="同意。")
    sign_paper(customer, "设计文件审核意见单签字")
    desk.step(order, "推送至中间检查")
    kinds = ["hidden_works", "earthing", "installer_licence"]
    hand_in(customer, order, "提交中间检查申请", kinds, papers)
    desk.step(order, "出具中间检查意见单", {"verdict": "pass"}, remarks="隐蔽工程符合要求。")
    sign_paper(customer, "中间检查意见单签字")
    desk.step(order, "推送至竣工报验")
    kinds = ["as_built", "protection", "builder_qualification", "safety_licence"]
    hand_in(customer, order, "提交竣工报验", kinds, papers, partner="施工", confirm="下一步：预览并签名")
    customer.sign("签名并提交")
    desk.step(order, "出具竣工检验意见单", {"verdict": "pass"}, remarks="检验合格，可以送电。")
    sign_paper(customer, "竣工检验意见单签字")
    desk.step(order, "推送至合同签订")
    give_seal(order)
    forget_codes()
    go_on(customer, "合同签订")
    customer.shot("合同签订")
    customer.seal_contract("合同专用章")
    desk.step(order, "送电并归档", meter_reading="12.50")

    assert state_of(order) == State.ARCHIVED
    assert order.events.get(name="sign_contract").data["contract_method"] == ContractMethod.SEAL
    customer.page.goto("/records/?tab=closed")
    customer.shot("已归档")
    customer.press("进度详情")
    customer.shot("归档详情")
    customer.press("高压供用电合同")
    customer.shot("合同预览")
    desk.open(order)
    _assert_every_signature_holds(order)
    assert customer.complaints == []
    assert desk.complaints == []


def test_short_road_with_a_stamped_contract(surveyed, customer_browser, desk, papers):
    customer, order = customer_browser, surveyed
    customer.come_in(order.customer)
    sign_plan(customer, desk, order, full=False)

    desk.step(order, "推送至竣工报验")
    kinds = ["as_built", "protection", "builder_qualification", "safety_licence"]
    go_on(customer, "提交竣工报验")
    customer.page.get_by_label("施工联系人姓名").fill("演示联系")
    customer.page.get_by_label("施工联系人电话").fill("13900000001")
    for kind, paper in zip(kinds, papers, strict=True):
        customer.upload(kind, paper)
    customer.page.get_by_text("按变压器容量").click()
    customer.press("下一步：预览并签名")
    customer.sign("签名并提交")
    desk.step(order, "出具竣工检验意见单", {"verdict": "pass"}, remarks="检验合格，可以送电。")
    sign_paper(customer, "竣工检验意见单签字")
    desk.step(order, "推送至合同签订")
    go_on(customer, "合同签订")
    customer.press("合同上传")
    customer.upload("contract_scan", *papers[1:3])
    customer.shot("合同上传")
    customer.press("下一步：短信确认")
    forget_codes()
    customer.confirm("确认并提交")
    desk.step(order, "送电并归档", {"scan_checked": True}, meter_reading="0")

    assert state_of(order) == State.ARCHIVED
    assert not order.submissions.filter(stage__in=[Stage.DESIGN, Stage.MID]).exists()
    assert order.submissions.get(stage=Stage.CONTRACT).attachments.count() == 2
    _assert_every_signature_holds(order, unsigned={PaperKind.CONTRACT})
    assert customer.complaints == []
    assert desk.complaints == []


def _assert_every_signature_holds(order, unsigned=()):
    """Every signed paper and form: intact and whole for pyHanko, valid for pdfsig, clean for qpdf, fonts embedded."""
    documents = [paper.document for paper in order.papers.all() if paper.kind not in unsigned]
    documents += [each.document for each in order.submissions.exclude(document=None)]
    assert len(documents) >= 3
    assert trust_root()
    for document in documents:
        with document.current.file.open() as file:
            (result,) = check(file.read())
        assert result.is_good
        assert result.covers_whole_file
        path = document.current.file.path
        assert "Signature is Valid" in _output("pdfsig", "-nocert", path)
        assert "No syntax or stream encoding errors" in _output("qpdf", "--check", path)
        fonts = [line.split() for line in _output("pdffonts", path).splitlines()[2:]]
        assert all(font[-5] == "yes" for font in fonts)


def _output(*command):
    return subprocess.run([*command], capture_output=True, text=True, check=True).stdout
