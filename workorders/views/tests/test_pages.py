"""Lists, the order page and files: who sees what, in how many queries."""

import re

import pytest
from django.urls import reverse

from bandian.web import paging
from workorders import inputs
from workorders.demo import driver
from workorders.enums import PaperKind, State
from workorders.journey import flow
from workorders.models import Application, Attachment, WorkOrder


@pytest.mark.parametrize("page", ["home", "functions", "assistant", "progress", "records", "new"])
def test_empty_pages_say_what_comes_next(page, browser_of, customer):
    response = browser_of(customer).get(reverse(f"workorders:{page}"))

    assert response.status_code == 200
    assert "新装" in response.content.decode()


def test_home_of_who_has_only_closed_orders_does_not_say_there_were_none(make_order, browser_of, customer):
    flow.advance(make_order(State.SUBMITTED), "withdraw", inputs.Reason(reason="不办了"), by=customer)

    page = browser_of(customer).get(reverse("workorders:home")).content.decode()

    assert "还没有办电工单" not in page
    assert "没有在办的工单" in page


@pytest.mark.parametrize("page", ["home", "records", "progress", "order"])
def test_strangers_are_asked_to_log_in(page, client, make_order):
    args = [make_order().pk] if page == "order" else []

    assert client.get(reverse(f"workorders:{page}", args=args)).status_code == 302


def test_home_names_what_waits_for_me(make_order, browser_of, customer):
    make_order(State.PLAN_ISSUED)
    make_order(State.SUBMITTED, address="演示路 2 号")

    page = browser_of(customer).get(reverse("workorders:home")).content.decode()

    assert "待您处理（1）" in page
    assert "供电方案签字确认" in page
    assert "供电企业办理中" in page


@pytest.mark.parametrize("state", [state for state in State if state.turn == "customer" and state != State.DRAFT])
def test_every_state_of_the_customer_leads_to_its_page(state, make_order, browser_of, customer, manager):
    if state == State.RETURNED:
        order = flow.advance(make_order(), "return_for_correction", inputs.Reason(reason="请补正"), by=manager)
    else:
        order = make_order(state)
    http = browser_of(customer)

    context = http.get(order.get_absolute_url()).context
    url = reverse(f"workorders:{context['todo'].page}", args=[order.pk])

    assert http.get(url, follow=True).status_code == 200


@pytest.mark.parametrize("name", ["order", "manager"])
def test_order_pages_are_for_those_concerned(name, make_order, browser_of, customer, manager, far_manager, outsider):
    order = make_order(State.ACCEPTED)
    url = reverse(f"workorders:{name}", args=[order.pk])

    assert [browser_of(user).get(url).status_code for user in (customer, manager, far_manager, outsider)] == [
        200,
        200,
        404,
        404,
    ]


def test_az_19_handling_persons_phone_opens_the_progress_only(make_order, browser_of, colleague, customer, manager):
    order = make_order(State.PLAN_ISSUED, handler_phone=colleague.phone)
    http, application = browser_of(colleague), order.application
    attachment = Attachment.objects.filter(submission__order=order).first()
    document = order.paper("supply_plan").document

    lists = [reverse(f"workorders:{name}") for name in ("home", "progress", "records")]
    shown = "".join(http.get(url).content.decode() for url in [*lists, order.get_absolute_url()])

    assert str(order) in shown
    assert order.get_state_display() in shown
    names = application.company, application.address, customer.name, attachment.original_name, document.title
    for secret in (*names, order.account_number):
        assert secret not in shown, secret
    assert not re.search(r'href="[^"]*/(attachments|documents|trace|chat/[0-9a-f-]{36})', shown)
    for name in ("trace", "submitted", "sign"):
        assert http.get(reverse(f"workorders:{name}", args=[order.pk])).status_code == 403
    for page in (attachment.get_absolute_url(), reverse("workorders:document", args=[order.pk, document.pk])):
        assert http.get(page).status_code == http.get(f"{page}download/").status_code == 403
        assert http.get(f"{page}pages/1/").status_code == 403
    assert http.post(reverse("workorders:evidence", args=[order.pk, document.pk])).status_code == 403
    assert not order.events.filter(by=colleague).exists()


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ARCHIVED])
def test_az_19_handling_persons_lists_name_nobody(make_order, browser_of, colleague, customer, state):
    order = make_order(state, short=True, handler_phone=colleague.phone)
    http = browser_of(colleague)

    shown = [http.get(reverse("workorders:home")), http.get(reverse("workorders:records") + "?tab=closed")]
    shown = "".join(page.content.decode() for page in shown)

    assert str(order) in shown
    assert order.application.company not in shown
    assert customer.name not in shown


def test_archive_is_found_in_the_records(make_order, browser_of, customer):
    order = make_order(State.ARCHIVED, short=True)
    http = browser_of(customer)

    assert str(order) not in http.get(reverse("workorders:records")).content.decode()
    assert str(order) in http.get(reverse("workorders:records") + "?tab=closed").content.decode()


@pytest.mark.parametrize("page", ["home", "records", "progress"])
def test_lists_take_the_same_queries_for_one_and_for_thirty(
    page, make_order, browser_of, customer, django_assert_max_num_queries, django_assert_num_queries
):
    make_order(State.ACCEPTED)
    http = browser_of(customer)
    url = reverse(f"workorders:{page}")
    http.get(url)  # the first page of a session also notes the browser
    with django_assert_max_num_queries(20) as first:
        http.get(url)

    _copies(customer, 29)

    with django_assert_num_queries(len(first)):
        http.get(url)


def test_records_page_by_key_shows_every_order_once(make_order, browser_of, customer, area):
    _copies(customer, 45)
    http, url, seen = browser_of(customer), reverse("workorders:records"), []

    while url:
        context = http.get(url).context
        seen += [order.pk for order, _ in context["rows"]]
        url = f"{reverse('workorders:records')}?after={context['after']}" if context["after"] else ""

    assert len(seen) == len(set(seen)) == 45
    assert paging.PAGE_SIZE < 45


@pytest.mark.parametrize("after", ["x", "1e9", "00000000-0000-0000-0000-000000000000"])
def test_nonsense_as_page_key_starts_at_the_beginning(after, browser_of, customer):
    assert browser_of(customer).get(reverse("workorders:records"), {"after": after}).status_code == 200


def test_order_page_tells_turn_limit_manager_and_trace(make_order, browser_of, customer):
    order = make_order(State.SURVEYING)

    page = browser_of(customer).get(order.get_absolute_url()).content.decode()

    for words in ("由供电企业办理", "个工作日", "演示经理", "tel:19900000015", "预计上门服务时间", "勘察时间变更"):
        assert words in page


def test_visit_that_is_over_is_not_announced_any_more(make_order, browser_of, customer):
    order = make_order(State.PLAN_ISSUED)

    assert "预计上门服务时间" not in browser_of(customer).get(order.get_absolute_url()).content.decode()


def test_waived_stages_are_not_shown(make_order, browser_of, customer):
    order = make_order(State.COMPLETION_OPEN, short=True)

    chapters = browser_of(customer).get(order.get_absolute_url()).context["chapters"]

    assert [part.chapter for part in chapters if part.status == "process"] == ["completion"]
    assert not {"design", "mid"} & {part.chapter for part in chapters}


def test_paper_is_previewed_downloaded_and_kept_in_every_version(make_order, browser_of, customer, outsider):
    order = make_order(State.PLAN_SIGNED)
    document = order.paper(PaperKind.SUPPLY_PLAN).document
    http = browser_of(customer)
    page = http.get(reverse("workorders:document", args=[order.pk, document.pk]))

    image = http.get(page.context["pages"][0])
    old, new = (
        b"".join(http.get(reverse("workorders:document_version", args=[order.pk, document.pk, n])).streaming_content)
        for n in (0, 1)
    )

    assert (image.status_code, image["Content-Type"]) == (200, "image/png")
    assert new.startswith(old)
    assert http.get(reverse("workorders:document_page", args=[order.pk, document.pk, 99])).status_code == 404
    assert browser_of(outsider).get(page.context["pages"][0]).status_code == 404


def test_file_of_another_order_is_not_there(make_order, browser_of, customer):
    mine, other = make_order(State.PLAN_ISSUED), make_order(State.PLAN_ISSUED, address="演示路 2 号")
    attachment = Attachment.objects.filter(submission__order=other).first()
    http = browser_of(customer)

    assert http.get(reverse("workorders:attachment", args=[mine.pk, attachment.pk])).status_code == 404
    document = other.paper(PaperKind.SUPPLY_PLAN).document
    assert http.get(reverse("workorders:document", args=[mine.pk, document.pk])).status_code == 404


def test_attachment_is_served_inert(make_order, browser_of, customer):
    order = make_order(State.SUBMITTED)
    attachment = Attachment.objects.filter(submission__order=order).first()

    response = browser_of(customer).get(reverse("workorders:attachment_download", args=[order.pk, attachment.pk]))

    response.close()
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment")


def _copies(customer, count):
    """Add orders of the customer that differ in nothing but their numbers."""
    whole = driver.start(customer).application
    for number in range(count - (WorkOrder.objects.count() == 1)):
        order = WorkOrder.objects.create(customer=customer, application_number=f"SQ{number:012d}")
        WorkOrder.objects.filter(pk=order.pk).update(state=State.ACCEPTED)
        Application.objects.create(order=order, company=f"演示公司 {number}", region=whole.region, address="演示路")
