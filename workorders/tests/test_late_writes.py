"""What is written while the order moves on, on the real PostgreSQL: it comes too late, and is refused."""

from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bandian.tests.races.race import race
from workorders.demo import driver, people, samples
from workorders.enums import AttachmentKind, Stage, State
from workorders.forms.application_form import ApplicationForm
from workorders.journey import flow
from workorders.locks import lock_order
from workorders.models import STEPS, Application, Attachment, Submission, Transformer, WorkOrder

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def post(customer):
    """Return a function that makes a job: the customer posts to a page of an order."""

    def make(order, name, data=None, *args):
        browser = Client(raise_request_exception=False)
        browser.force_login(customer, backend="django.contrib.auth.backends.ModelBackend")
        return partial(browser.post, reverse(f"workorders:{name}", args=[order.pk, *args]), data or {})

    return make


def design(order, name):
    """Return the answers of the design submission, with the name of another contact."""
    answers = {"intended_connection_on": timezone.localdate(), "contact_name": name, "contact_phone": "19900000011"}
    return answers | {
        "partner_name": "演示设计",
        "partner_phone": "19900000009",
        "declared": "on",
        "seen": order.event_count,
    }


@pytest.fixture
def design_order(make_order, manager):
    order = make_order(State.DESIGN_OPEN)
    driver.prepare(order, STEPS["submit_design"], manager=manager)
    return order


def test_wf_15_late_posts_leave_the_round_and_its_files_as_they_were_handed_in(design_order, post, customer):
    file = Attachment.objects.filter(submission__submitted_at=None).first()
    late = [
        post(design_order, "submission", design(design_order, "演示迟到")),
        post(design_order, "remove", None, file.pk),
    ]

    answers = race(lambda: flow.advance(design_order, "submit_design", by=customer), *late)

    assert [answer.status_code for answer in answers] == [409, 409]
    handed_in = Submission.objects.get(order=design_order, stage=Stage.DESIGN)
    assert handed_in.submitted_at
    assert handed_in.contact_name == customer.name
    assert Attachment.objects.filter(pk=file.pk).exists()


def test_wf_15_one_of_two_parallel_posts_hands_in_what_it_says(design_order, post):
    jobs = [post(design_order, "submission", design(design_order, name)) for name in ("演示甲", "演示乙")]

    answers = race(lambda: lock_order(design_order), *jobs)

    assert [answer.status_code for answer in answers] == [302, 409]
    handed_in = Submission.objects.get(order=design_order, stage=Stage.DESIGN)
    assert (handed_in.contact_name, handed_in.submitted_at is None) == ("演示甲", False)
    assert WorkOrder.objects.get(pk=design_order.pk).state == State.DESIGN_SUBMITTED


NUMBERS = {"legal_id_number": people.id_number(7), "handler_id_number": people.id_number(8)}
ROWS = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-capacity": "630", "form-0-count": "1",
        "form-0-kind": "oil", "form-0-duty": "main"}  # fmt: skip


LATE = [
    ("application", {"keep": "1", "company": "演示改写", "has_transformer": "True", **ROWS}),
    ("application", NUMBERS | {"company": ""} | ROWS),
    ("autosave", {"company": "演示改写", "has_transformer": "True", **NUMBERS, **ROWS}),
    ("region", {"province": "33", "city": "3301", "district": "330102"}),
]


def test_wf_16_application_stays_as_it_was_submitted_and_a_file_is_kept_where_it_may_follow(customer, area, post):
    order = driver.start(customer)
    before = declared(order)
    with_file = ("application", {"keep": "1", "company": "演示改写", "property": samples.pdf("产权证明")})
    late = [post(order, *each) for each in (*LATE, with_file)]

    answers = race(lambda: flow.advance(order, "submit", by=customer), *late)

    # One post has no words in it, so that it counts as another click on the step just taken.
    assert [answer.status_code for answer in answers] == [409, 302, 409, 409, 409]
    assert declared(order) == before
    assert Attachment.objects.filter(submission__order=order, kind=AttachmentKind.PROPERTY).count() == 1


def declared(order):
    """Return all that an application says, its transformers too."""
    application = Application.objects.get(order=order)
    said = {name: getattr(application, name) for name in ("region", *ApplicationForm.Meta.fields)}
    return said, list(Transformer.objects.filter(application=application).values_list("capacity", "count", "kind"))
