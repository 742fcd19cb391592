"""AZ-02 to AZ-18: rights beyond the matrix of pages."""

import logging
import re
from uuid import UUID, uuid4

import pytest
from django import forms
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.forms.account_forms import EnterpriseForm
from accounts.forms.staff_forms import ManagerCardForm, StaffAddForm, UserForm
from accounts.models import User
from notifications.tasks import send_outbox, send_sms
from signing.tasks import check_documents
from workorders import inputs
from workorders.enums import AttachmentKind, State
from workorders.forms import (
    application_form,
    contract_forms,
    customer_forms,
    feedback_forms,
    manager_forms,
    supplement_forms,
)
from workorders.journey import flow
from workorders.models import Application, Attachment, WorkOrder
from workorders.tasks import anchor_trace, publish_figures, remind

# What no form may take from a request: whose it is, where it stands, what it may do.
FORGED = {
    "owner": "1", "customer": "1", "customer_id": "1", "user": "1", "state": State.ARCHIVED, "region": "110101",
    "service_area": "1", "is_staff": "on", "is_superuser": "on", "is_active": "", "amount": "1", "verified": "on",
    "verified_at": "2020-01-01", "number": "999999999999", "account_number": "9999999999999", "event_count": "99",
    "submitted_at": "2020-01-01", "order": "1", "stage": "design", "document": "1",
}  # fmt: skip
# The few forms that are there to set one of these.
MEANT = {
    UserForm: {"is_active"},
    feedback_forms.FeedbackForm: {"order"},  # one of the writer's own: the form's choices hold no other
}
IDS = re.compile(r"/(?:orders|attachments|documents|managers)/([^/\"?]+)")


def forms_of_the_site():
    modules = (application_form, contract_forms, customer_forms, feedback_forms, manager_forms, supplement_forms)
    found = {form for module in modules for form in vars(module).values() if isinstance(form, type)}
    found = {form for form in found if issubclass(form, forms.BaseForm)}
    return sorted(found | {EnterpriseForm, UserForm, StaffAddForm, ManagerCardForm}, key=lambda form: form.__name__)


def test_az_02_ids_in_pages_are_random(world):
    for model in (WorkOrder, Attachment, User, *(apps.get_model(name) for name in ("signing.Document",))):
        assert model._meta.pk.get_internal_type() == "UUIDField"

    for name in ("workorders:order", "workorders:attachment", "workorders:document"):
        page = world.send("customer", "GET", world.path(name, name.split(":")[1])).content.decode()

        assert {UUID(found).version for found in IDS.findall(page)} == {4}


def test_az_02_names_of_stored_files_are_random(world):
    assert re.search(r"[0-9a-f]{32}\.", world.attachment.file.name)
    assert world.attachment.original_name not in world.attachment.file.name


@pytest.mark.parametrize("name", ["attachment", "attachment_download", "attachment_page", "remove"])
def test_az_03_file_of_another_order_is_not_there(world, name):
    other = Attachment.objects.filter(submission__order=world.draft).first()
    changes = {"attachment": other.pk, "page": 1}
    url = world.path(f"workorders:{name}", "attachment", **changes)

    assert world.send("customer", "POST" if name == "remove" else "GET", url).status_code == 404


@pytest.mark.parametrize("name", ["document", "document_download", "document_page", "document_version"])
def test_az_03_paper_under_another_order_is_not_there(world, name):
    thing = name if name in world.things else "document"
    url = world.path(f"workorders:{name}", thing, pk=world.draft.pk)

    assert world.send("customer", "GET", url).status_code == 404
    assert world.send("customer", "GET", world.path(f"workorders:{name}", thing)).status_code == 200


def test_az_03_version_that_the_document_does_not_have_is_not_there(world):
    url = world.path("workorders:document_version", "document_version", number=99)

    assert world.send("customer", "GET", url).status_code == 404


@pytest.mark.parametrize("form", forms_of_the_site(), ids=lambda form: form.__name__)
def test_az_05_no_form_has_a_field_for_rights_or_state(form):
    assert not form.base_fields.keys() & FORGED.keys() - MEANT.get(form, set())


@pytest.mark.parametrize(
    ("actor", "page", "thing", "data"),
    [
        ("customer", "workorders:application", "draft", {"keep": "1", "company": "演示二号有限公司"}),
        ("customer", "workorders:autosave", "draft", {"company": "演示二号有限公司"}),
        ("customer", "workorders:object", "order", {"reason": "容量不足"}),
        ("manager", "admin:workorders_workorder_step", "step", {"reason": "客户不再需要"}),
    ],
)
def test_az_05_added_fields_change_nothing(world, actor, page, thing, data):
    pk = world.things[thing]["pk"]
    before = WorkOrder.objects.filter(pk=pk).values("customer", "service_area", "number", "account_number").get()
    region = Application.objects.get(pk=pk).region
    seen = {"seen": WorkOrder.objects.get(pk=pk).event_count}
    client = world.browser(actor)

    client.post(world.path(page, thing), FORGED | seen | data)

    after = WorkOrder.objects.get(pk=pk)
    assert WorkOrder.objects.filter(pk=pk).values(*before).get() == before
    assert after.state != State.ARCHIVED
    assert Application.objects.get(pk=pk).region == region
    person = User.objects.get(pk=world.users[actor].pk)
    assert (person.role, person.is_superuser, person.is_active) == (world.users[actor].role, False, True)


def test_az_05_enterprise_page_sets_no_right(world):
    data = {
        "name": "演示有限公司",
        "credit_code": "91110105MA0DEM013Y",
        "legal_representative": "演示",
        "address": "路",
    }

    world.browser("outsider").post(reverse("accounts:enterprise"), FORGED | data | {"role": Role.SUPERVISOR})

    person = User.objects.get(pk=world.users["outsider"].pk)
    assert (person.role, person.is_staff, person.is_superuser) == (Role.CUSTOMER, False, False)


QUEUE = reverse("admin:workorders_workorder_changelist")


@pytest.mark.parametrize(
    "query",
    [
        "", "?q=演示", "?q={number}", "?state=customer", "?state=plan_issued", "?area={area}", "?tab=all", "?tab=pool",
        "?after={order}", "?tab=all&after={order}", "?_popup=1", "?all=", "?o=1.2.3", "?p=0", "?q=19900000101",
    ],
)  # fmt: skip
def test_az_06_queue_of_another_area_holds_and_counts_nothing(world, query):
    order = world.order
    url = QUEUE + query.format(number=order.number, area=order.service_area_id, order=order.pk)

    there = world.send("far_manager", "GET", url)
    if there.status_code == 302:  # to the same under a seal
        there = world.send("far_manager", "GET", there.url)

    page = there.content.decode()
    assert str(order.pk) not in page.replace(f"after={order.pk}", "")
    assert str(order.number) not in page.replace(f'value="{order.number}"', "").replace(f"q={order.number}", "")
    assert order.application.company not in page
    assert there.context["rows"] == []
    assert {number for _, number in there.context["tabs"]} == {"0", ""}
    assert world.send("manager", "GET", f"{QUEUE}?tab=all").context["rows"]


def test_az_06_filter_offers_my_areas_only(world):
    page = world.send("far_manager", "GET", QUEUE).content.decode()

    assert "城西" not in page
    assert "城西" in world.send("supervisor", "GET", QUEUE).content.decode()


@pytest.mark.parametrize("field", ["enterprise", "customer", "manager", "service_area"])
@pytest.mark.parametrize("model", ["user", "workorder", "servicearea"])
def test_az_06_autocomplete_tells_a_manager_nothing(world, model, field):
    app = "accounts" if model == "user" else "workorders"
    data = {"app_label": app, "model_name": model, "field_name": field, "term": "演示"}

    assert world.send("far_manager", "GET", reverse("admin:autocomplete"), data).status_code == 403


@pytest.mark.parametrize("action", ["delete_selected", "export", "advance"])
def test_az_06_bulk_action_with_a_foreign_order_does_nothing(world, action):
    data = {"action": action, "_selected_action": [str(world.order.pk), str(uuid4())], "post": "yes", "index": "0"}
    client = world.browser("far_manager")

    client.post(QUEUE, data)

    assert WorkOrder.objects.get(pk=world.order.pk).state == State.PLAN_ISSUED


def test_az_06_forged_list_and_inline_posts_are_refused(world):
    editable = {
        "_save": "1", "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1",
        "form-0-id": str(world.order.pk), "form-0-state": State.ARCHIVED,
    }  # fmt: skip
    inline = {"regions-TOTAL_FORMS": "1", "regions-INITIAL_FORMS": "0", "regions-0-prefix": "11"}
    area = reverse("admin:workorders_servicearea_change", args=[world.order.service_area_id])

    world.browser("manager").post(QUEUE, editable)

    assert WorkOrder.objects.get(pk=world.order.pk).state == State.PLAN_ISSUED
    assert world.send("manager", "POST", area, inline).status_code == 403
    assert world.send("far_manager", "POST", area, inline).status_code == 403


@pytest.mark.parametrize(
    "lookup",
    [
        "customer__password__startswith=p", "manager__password__regex=.", "customer__phone__startswith=1",
        "service_area__managers__password__contains=a", "application__legal_id_number__startswith=1",
    ],
)  # fmt: skip
def test_az_07_lookup_through_relations_changes_nothing(world, lookup):
    """The queue reads no more of its address than it has fields for."""
    for actor in ("manager", "supervisor", "superuser"):
        plain, asked = (world.send(actor, "GET", f"{QUEUE}?tab=all{more}") for more in ("", f"&{lookup}"))
        assert asked.context["rows"] == plain.context["rows"]


@pytest.mark.parametrize("lookup", ["password__startswith=p", "enterprise__users__password__startswith=p"])
def test_az_07_password_hash_of_a_user_is_no_filter(world, lookup):
    url = reverse("admin:accounts_user_changelist")

    assert world.send("supervisor", "GET", f"{url}?{lookup}").status_code in (302, 400)


def test_az_08_contact_finds_no_order(world):
    for name in ("home", "progress", "records"):
        page = world.send("contact", "GET", reverse(f"workorders:{name}")).content.decode()

        assert str(world.order) not in page
        assert str(world.order.pk) not in page


def test_az_11_stored_files_have_no_address(world):
    for path in (
        f"/media/{world.attachment.file.name}",
        f"/{world.attachment.file.name}",
        f"/static/..%2fmedia/{world.attachment.file.name}",
        f"/static/../media/{world.attachment.file.name}",
        f"/protected/{world.attachment.file.name}",
    ):
        assert world.send("customer", "GET", path).status_code == 404


def test_az_11_right_is_checked_at_each_reading(world):
    url = world.path("workorders:attachment_page", "attachment_page")
    client = world.browser("manager")
    first = client.get(url)
    first.close()

    world.order.service_area.managers.clear()

    assert first.status_code == 200
    assert client.get(url).status_code == 404


def test_az_12_loss_of_a_right_counts_from_the_next_request(world):
    url = world.path("admin:workorders_workorder_change", "admin_order")
    manager, supervisor = world.browser("manager"), world.browser("supervisor")
    assert {manager.get(url).status_code, supervisor.get(url).status_code} == {200}

    User.objects.filter(pk=world.users["manager"].pk).update(role=Role.CONTACT)
    User.objects.filter(pk=world.users["supervisor"].pk).update(is_active=False)

    assert {manager.get(url).status_code, supervisor.get(url).status_code} == {302}
    assert manager.get(world.path("workorders:order", "order")).status_code == 404


def test_az_12_order_given_to_another_person_is_gone_for_the_first(world):
    client = world.browser("customer")

    WorkOrder.objects.filter(pk=world.order.pk).update(customer=world.users["outsider"])

    assert client.get(world.path("workorders:sign", "order")).status_code == 404


@pytest.mark.parametrize("page", ["application", "region", "autosave", "check"])
def test_az_13_answers_are_closed_after_the_submission(world, page):
    before = Application.objects.filter(pk=world.order.pk).values().get()
    url = world.path(f"workorders:{page}", "order")

    assert world.browser("customer").post(url, {"company": "演示二号", "keep": "1"}).status_code == 409
    assert Application.objects.filter(pk=world.order.pk).values().get() == before


def test_az_13_manager_cannot_change_what_the_customer_declared(world):
    before = Application.objects.filter(pk=world.order.pk).values().get()
    pages = [world.path(f"workorders:{name}", "order") for name in ("application", "autosave", "region")]
    pages.append(world.path("admin:workorders_workorder_change", "admin_order"))

    for url in pages:
        assert world.browser("manager").post(url, {"company": "演示二号"}).status_code == 403
    assert Application.objects.filter(pk=world.order.pk).values().get() == before


def test_az_15_tasks_carry_no_ids_of_rows():
    # A crafted message could only send a text, or start the jobs that run every day anyway.
    from bandian.celery import app

    own = {name for name in app.tasks if not name.startswith("celery.")}

    mine = {send_sms, send_outbox, remind, anchor_trace, check_documents, publish_figures}
    assert own == {task.name for task in mine}


def test_az_16_answers_for_one_person_are_kept_by_no_cache(world):
    urls = [
        "/", world.path("workorders:order", "order"), world.path("workorders:document_page", "document_page"),
        world.path("workorders:attachment_download", "attachment"), world.path("accounts:manager_photo", "manager"),
    ]  # fmt: skip
    for url in urls:
        mine, other = world.send("customer", "GET", url), world.send("outsider", "GET", url)

        assert mine.status_code == 200
        assert mine["Cache-Control"] == other["Cache-Control"] == "no-store, private"
        assert mine.headers != other.headers or mine.content != other.content or url.startswith("/account/managers/")


def test_az_16_same_address_gives_each_person_their_own_page(world):
    client = Client()
    pages = {}
    for actor in ("customer", "outsider", "handler"):
        client.force_login(world.users[actor], backend="django.contrib.auth.backends.ModelBackend")
        pages[actor] = client.get(reverse("workorders:progress")).content.decode()

    assert str(world.order) in pages["customer"]
    assert str(world.order) in pages["handler"]
    assert str(world.order) not in pages["outsider"]


@pytest.mark.parametrize(
    ("actor", "method", "page", "thing", "status"),
    [
        ("outsider", "GET", "workorders:order", "order", 404),
        ("handler", "POST", "workorders:sign", "order", 403),
        ("far_manager", "GET", "admin:workorders_workorder_step", "step", 404),
        ("manager", "GET", "admin:accounts_user_changelist", "-", 403),
        ("customer", "GET", "admin:index", "-", 302),
    ],
)
def test_az_18_refusal_is_written_down(world, caplog, actor, method, page, thing, status):
    url = world.path(page, thing)

    with caplog.at_level(logging.WARNING, logger="bandian.access"):
        world.send(actor, method, url)

    (line,) = [record.getMessage() for record in caplog.records if record.name == "bandian.access"]
    assert f"status={status} user={world.users[actor].pk} ip=127.0.0.1 method={method} path={url}" in line
    assert world.users[actor].phone not in line


def test_az_18_log_line_cannot_be_forged(world, caplog):
    with caplog.at_level(logging.WARNING, logger="bandian.access"):
        world.send("customer", "POST", "/x%0aRefused:%20status=200/", HTTP_SEC_FETCH_SITE="cross-site")

    (line,) = [record.getMessage() for record in caplog.records if record.name == "bandian.access"]
    assert "\n" not in line


def test_az_18_what_is_allowed_is_not_written_down(world, caplog):
    with caplog.at_level(logging.WARNING, logger="bandian.access"):
        world.send("customer", "GET", world.path("workorders:order", "order"))
        world.send("anonymous", "GET", world.path("workorders:order", "order"))

    assert not [record for record in caplog.records if record.name == "bandian.access"]


def test_az_13_step_of_the_wrong_person_is_refused_below_the_pages_too(world):
    for actor in ("handler", "outsider", "manager", "superuser"):
        with pytest.raises(flow.PermissionDenied):
            flow.advance(world.order, "object_to_supply_plan", inputs.Reason(reason="x"), by=world.users[actor])


def test_az_03_kind_of_file_that_does_not_exist_is_not_there(world):
    url = world.path("workorders:upload", "kind", kind="no-such-kind")

    assert "no-such-kind" not in AttachmentKind
    assert world.send("customer", "POST", url).status_code == 404
