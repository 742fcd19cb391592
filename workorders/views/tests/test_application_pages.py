"""办电 → 新装, from the region to the number."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from workorders.demo import samples
from workorders.enums import AttachmentKind, State
from workorders.forms.application_form import ApplicationForm
from workorders.models import Transformer, WorkOrder

ANSWERS = {
    "company": "演示精密制造有限公司",
    "credit_code": "91330100 MABCDEF10F",
    "address": "演示路 88 号",
    "usage_category": "large_industry",
    "industry": "C",
    "has_transformer": "True",
    "applied_capacity": "1630",
    "voltage": "10",
    "supply_mode": "single",
    "load_grade": "third",
    "legal_name": "演示法人",
    "legal_id_number": "890101199003078881",
    "handler_name": "演示客户",
    "handler_id_number": "89010319991231002x",
    "handler_phone": "199 0000 0011",
    "form-TOTAL_FORMS": "2",
    "form-INITIAL_FORMS": "0",
    "form-0-capacity": "1000",
    "form-0-count": "1",
    "form-0-kind": "dry",
    "form-0-duty": "main",
    "form-1-capacity": "315",
    "form-1-count": "2",
    "form-1-kind": "oil",
    "form-1-duty": "main",
}
PAPERS = {AttachmentKind.LICENCE: "营业执照", AttachmentKind.HANDLER_ID: "身份证"}


@pytest.fixture
def http(browser_of, customer, area):
    return browser_of(customer)


@pytest.fixture
def draft(http, customer):
    http.post(reverse("workorders:new"), {"province": "33", "city": "3301", "district": "330106", "go": "1"})
    return customer.orders.get()


def fill(http, order, **changes):
    papers = {kind.value: samples.photo(name) for kind, name in PAPERS.items()}
    return http.post(reverse("workorders:application", args=[order.pk]), {**ANSWERS, **papers, **changes})


def test_region_list_works_without_js(http):
    page = http.post(reverse("workorders:new"), {"province": "33", "city": "", "reload": "1"}).content.decode()

    assert "杭州市" in page
    assert "错误" not in page


def test_region_must_reach_the_district(http, customer):
    response = http.post(reverse("workorders:new"), {"province": "33", "city": "3301", "district": "", "go": "1"})

    assert "请继续选择，直到区县。" in response.content.decode()
    assert not customer.orders.exists()


def test_rows_that_autosave_has_kept_meanwhile_still_count(http, draft):
    http.post(reverse("workorders:autosave", args=[draft.pk]), ANSWERS)

    assert fill(http, draft).url == reverse("workorders:check", args=[draft.pk])


def test_whole_application_is_checked_then_submitted(http, draft, area):
    to_check = fill(http, draft)
    assert to_check.url == reverse("workorders:check", args=[draft.pk])
    check = http.get(to_check.url).content.decode()
    assert "1000 kVA × 1" in check
    assert "890103********002X" in check

    done = http.post(to_check.url, {"declared": "on", "seen": "0"})

    order = WorkOrder.objects.get(pk=draft.pk)
    assert (order.state, order.service_area) == (State.SUBMITTED, area)
    assert order.application_number in http.get(done.url).content.decode()
    assert order.application.handler_phone == "19900000011"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("credit_code", "9135O100M000100Y43", "统一社会信用代码"),
        ("handler_id_kind", "passport", "护照号码应为 5 至 15 位"),
        ("legal_name", "John Smith", "改选证件类型"),
        ("handler_name", "演示 客户", "“演示·客户”"),
        ("legal_id_number", "890101199003078880", "身份证"),
        ("handler_phone", "12012345678", "11 位手机号"),
        ("applied_capacity", "2000", "变压器容量合计 1630 kVA，与申请用电容量 2000 kVA 不一致"),
        ("company", "", ">请填写企业名称（户名）。</a>"),
        ("load_grade", "", ">请选择负荷等级。</a>"),
        ("form-0-capacity", "", "主用变压器"),
    ],
)
def test_wrong_answer_is_named_and_nothing_typed_is_lost(http, draft, field, value, message):
    changes = {field: value} | ({"form-1-capacity": ""} if field == "form-0-capacity" else {})

    page = fill(http, draft, **changes).content.decode()

    assert message in page
    assert 'value="演示路 88 号"' in page
    assert "营业执照.jpg" in page
    assert WorkOrder.objects.get(pk=draft.pk).state == State.DRAFT


def test_draft_is_kept_unfinished_and_found_again(http, draft):
    data = {**ANSWERS, "company": "", "credit_code": "", "applied_capacity": "", "keep": "1"}

    assert http.post(reverse("workorders:application", args=[draft.pk]), data).url == reverse("workorders:records")

    page = http.get(reverse("workorders:application", args=[draft.pk])).content.decode()
    assert 'value="演示路 88 号"' in page
    assert 'value="315"' in page


def test_autosave_keeps_what_is_right_and_leaves_the_rest(http, draft):
    data = {**ANSWERS, "credit_code": "123"}

    assert http.post(reverse("workorders:autosave", args=[draft.pk]), data).json()["saved_at"]

    application = WorkOrder.objects.get(pk=draft.pk).application
    assert (application.address, application.credit_code) == ("演示路 88 号", "")
    assert application.transformer_capacity == 1630


def test_no_transformer_is_allowed_and_says_what_it_costs(http, draft):
    without = {"has_transformer": "False", "form-TOTAL_FORMS": "1", "form-0-capacity": "", "form-0-count": ""}

    response = fill(http, draft, **without)

    assert "无法发起群聊" in http.get(response.url).content.decode()
    assert not Transformer.objects.exists()


def test_standby_transformer_does_not_count(http, draft):
    fill(http, draft, **{"form-1-duty": "standby", "applied_capacity": "1000"})

    assert draft.application.transformer_capacity == 1000


def test_another_transformer_row_without_js(http, draft):
    page = http.post(reverse("workorders:application", args=[draft.pk]), {**ANSWERS, "more": "1"}).content.decode()

    assert 'name="form-TOTAL_FORMS" value="3"' in page
    assert 'value="演示路 88 号"' in page


def test_missing_identity_paper_stops_the_way_to_the_check(http, draft):
    response = http.post(reverse("workorders:application", args=[draft.pk]), ANSWERS)

    assert "请上传《用电人主体证明（营业执照等）》。" in response.content.decode()


def test_submission_needs_the_declaration(http, draft):
    fill(http, draft)

    page = http.post(reverse("workorders:check", args=[draft.pk]), {"seen": "0"}).content.decode()

    assert "请核对后勾选确认" in page
    assert WorkOrder.objects.get(pk=draft.pk).state == State.DRAFT


def test_staff_cannot_file(browser_of, manager):
    assert browser_of(manager).get(reverse("workorders:new")).status_code == 403


def test_errors_stand_in_one_list_in_the_order_of_the_page_with_the_missing_files_in_it(http, draft):
    wrong = {"company": "", "form-0-capacity": "5", "applied_capacity": "", "legal_id_number": "1", "industry": ""}
    answers = {**ANSWERS, **wrong, "remarks": "长" * 501}

    page = http.post(reverse("workorders:application", args=[draft.pk]), answers).content.decode()

    summary = page.split("data-error-summary")[1].split("</ul>")[0]
    links = re.findall(r'href="#([\w-]+)"', summary)
    assert links == ["id_company", "id_industry", "id_form-0-capacity", "id_applied_capacity", "id_legal_id_number",
                     "upload-licence", "upload-handler_id", "id_remarks"]  # fmt: skip
    places = [page.split("</form>")[0].rindex(f'id="{name}"') for name in links]
    assert places == sorted(places)
    for words in ("请填写企业名称（户名）。", "请选择行业分类。", "请填写申请用电容量。", "请上传《经办人身份证件》。"):
        assert words in summary
    assert "必填项" not in page


def test_capacity_that_is_not_the_transformers_sum_is_told_with_what_else_is_wrong(http, draft):
    answers = {**ANSWERS, "applied_capacity": "900", "legal_id_number": "1"}
    page = http.post(reverse("workorders:application", args=[draft.pk]), answers).content.decode()

    summary = page.split("data-error-summary")[1].split("</ul>")[0]
    assert ("与申请用电容量 900 kVA 不一致" in summary, "id_legal_id_number" in summary) == (True, True)


def test_transformers_that_the_script_hid_come_back_with_their_defaults(http, draft):
    """What is hidden is not sent: so is the row, until somebody says that transformers are installed."""
    sent = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "go": "1"}

    page = http.post(reverse("workorders:application", args=[draft.pk]), sent).content.decode()

    assert 'name="form-0-count" inputmode="numeric" value="1"' in page
    assert re.search(r'<select name="form-0-duty".*?<option value="main" selected>', page, re.DOTALL)
    assert page.count("data-formset-row>") == 2  # the row and the pattern


def test_numbers_are_typed_as_text_so_that_no_wheel_changes_them(http, draft, browser_of, manager):
    page = http.get(reverse("workorders:application", args=[draft.pk])).content.decode()

    assert 'type="number"' not in page
    assert 'name="applied_capacity" inputmode="numeric"' in page


def test_region_that_nobody_serves_is_said_at_the_choice(http, customer):
    chosen = {"province": "44", "city": "4403", "district": "440305", "go": "1"}

    page = http.post(reverse("workorders:new"), chosen).content.decode()

    assert "广东省深圳市南山区还没有供电单位在线受理" in page
    assert not customer.orders.exists()
    other = {**chosen, "district": "440304", "unserved": "440305"}
    assert "还没有供电单位" in http.post(reverse("workorders:new"), other).content.decode()
    http.post(reverse("workorders:new"), {**chosen, "unserved": "440305"})
    draft = customer.orders.get()
    assert draft.application.region == "440305"
    again = http.post(reverse("workorders:region", args=[draft.pk]), {**chosen, "district": "440304"})
    assert "广东省深圳市福田区还没有供电单位在线受理" in again.content.decode()


def test_person_with_a_passport_hands_in_and_no_word_calls_it_an_identity_card(
    http, draft, customer, manager, browser_of
):
    passport = {"handler_name": "José Müller", "handler_id_kind": "passport", "handler_id_number": "ｃ01x 00t47"}

    check = http.get(fill(http, draft, **passport).url).content.decode()
    http.post(reverse("workorders:check", args=[draft.pk]), {"declared": "on", "seen": "0"})

    application = WorkOrder.objects.get(pk=draft.pk).application
    assert application.handler_id_number == "C01X00T47"
    assert "护照 C0*****47" in check
    assert "经办人身份证号" not in check
    desk = browser_of(manager).get(reverse("admin:workorders_workorder_change", args=[draft.pk])).content.decode()
    assert "（护照 C0*****47）" in desk


def test_document_of_another_kind_that_autosave_kept_is_found_at_the_submission(http, draft):
    """Autosave keeps what is right by itself; the whole is asked again."""
    fill(http, draft)
    http.post(reverse("workorders:autosave", args=[draft.pk]), {**ANSWERS, "handler_id_kind": "taiwan"})

    application = WorkOrder.objects.get(pk=draft.pk).application
    assert any("台湾居民来往大陆通行证" in problem for problem in application.problems())
    assert http.get(reverse("workorders:check", args=[draft.pk])).status_code == 302


def test_representative_of_fifty_signs_reaches_the_application(http, customer, enterprise):
    """On PostgreSQL the application's column refused what the enterprise's had taken."""
    name = "示" * 50
    type(enterprise).objects.filter(pk=enterprise.pk).update(legal_representative=name)
    http.post(reverse("workorders:new"), {"province": "33", "city": "3301", "district": "330106", "go": "1"})

    application = customer.orders.get().application
    application.clean_fields({field.name for field in application._meta.fields} - {"legal_name"})
    assert application.legal_name == name


def test_code_with_a_wrong_check_digit_is_warned_of_and_confirmed_at_the_acceptance(
    http, draft, manager, area, browser_of
):
    fill(http, draft, credit_code="91350203M0001QKT19")
    check = reverse("workorders:check", args=[draft.pk])
    assert "校验码（第 18 位）与前 17 位不符" in http.get(check).content.decode()
    http.post(check, {"declared": "on", "seen": "0"})
    url = reverse("admin:workorders_workorder_step", args=[draft.pk, "accept"])
    desk, taken = browser_of(manager), {"manager": manager.pk, "seen": 1}

    assert "91350203M0001QKT19" in desk.get(url).content.decode()
    assert "请对照营业执照核对代码" in desk.post(url, taken).content.decode()
    desk.post(url, taken | {"code_confirmed": "on"})

    order = WorkOrder.objects.get(pk=draft.pk)
    assert order.state == State.ACCEPTED
    assert "已对照营业执照确认" in order.events.get(name="accept").note


def test_form_has_its_fields_in_the_order_of_the_page():
    page = (settings.BASE_DIR / "templates/workorders/application.html").read_text(encoding="utf-8")

    assert [*ApplicationForm().fields] == re.findall(r"\{\{ form\.(\w+)\.as_field_group", page)
