"""Every form that acts on an order or in its room: a second click, the way back, an ended session, a stale token."""

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from accounts.keeping import form_token
from bandian.tests import again, matrix
from bandian.tests.races import orders
from bandian.tests.races.actions import ACTIONS
from bandian.tests.test_keeping import BACKEND
from bandian.tests.tried import done, too_late
from bandian.web.posting import FORM_TOKEN

# Sent by a script, which has numbers of its own for what it sends, and answered in JSON or with a picture.
BY_SCRIPT = {"workorders:autosave", "workorders:submission_autosave", "workorders:upload", "chat:read"}


@pytest.fixture(scope="module")
def made_cast(settings_of_all, django_db_setup, django_db_blocker, tmp_path_factory):
    folders = {name: tmp_path_factory.mktemp(name.lower()) for name in again.FOLDERS}
    with django_db_blocker.unblock(), override_settings(**folders), transaction.atomic():
        cast = again.again("cast of acts", orders.make_cast)
        cast.folders = folders
        yield cast
        transaction.set_rollback(True)


@pytest.fixture
def cast(made_cast, db, settings, test_settings):
    for name, folder in made_cast.folders.items():
        setattr(settings, name, folder)
    made_cast.codes = {}
    return made_cast


def browser(user):
    client = Client(raise_request_exception=False)
    client.force_login(user, BACKEND)
    session = client.session
    session["code_browser"] = "A"
    session.save()
    client.get("/account/terms/")
    return client


def page_of(action, order, address):
    """Return where the form of an action stands: on its own page, or on that of the order or the room."""
    actor = {"contact": "contractor", "colleague": "manager"}.get(action.by, action.by)
    if matrix.read()[action.page][1]["GET"][actor] in (200, 409):
        return address
    if action.page.startswith("admin:"):
        return reverse("admin:workorders_workorder_change", args=[order.pk])
    return (order.room if action.page.startswith("chat:") else order).get_absolute_url()


ORDER_ACTS = [action for action in ACTIONS if action.page not in BY_SCRIPT | {"chat:join_start"}]


@pytest.mark.parametrize("action", ORDER_ACTS, ids=str)
def test_form_of_an_order_acts_once_and_keeps_what_was_typed(cast, action):
    cache.clear()
    order, user = orders.fresh(cast, action.states[0]), getattr(cast, action.by)
    client = browser(user)
    address, fields = action.form(order, cast)
    page = page_of(action, order, address)
    asked = RequestFactory().get(page)
    asked.user = user
    fields |= {FORM_TOKEN: form_token.issue(asked)}

    with transaction.atomic():
        late = too_late(browser(user), user, address, fields)
        transaction.set_rollback(True)
    assert late + done(client, page, address, fields) == []
