"""Reading pages changes nothing but the marks that somebody read."""

import pytest
from django.apps import apps

from bandian.tests import matrix, routes

# Sessions go on; staff who read leave a line in the trace; opening a message from the inbox marks it as read.
MARKS = {"accounts.session", "workorders.event", "signing.sealevent"}
IGNORED = {"event_count", "read_at"}
# What the first visit of a page prepares and nothing relies on: a round of papers, a second factor to confirm.
BEGUN = {"workorders.submission", "otp_totp.totpdevice"}


def rows():
    """Return every row of every table, but for the marks of reading."""
    found = {}
    for model in apps.get_models():
        if model._meta.label_lower in MARKS or model._meta.proxy:
            continue
        names = [field.attname for field in model._meta.concrete_fields if field.name not in IGNORED]
        for values in model._base_manager.order_by("pk").values_list("pk", *names):
            found[model._meta.label_lower, values[0]] = values
    return found


@pytest.mark.parametrize("actor", ["customer", "manager", "supervisor"])
def test_wf_06_get_never_changes_anything(world, actor):
    browser, before = world.browser(actor), rows()

    for name, (thing, answers) in matrix.read().items():
        if answers.get("GET", {}).get(actor) == 200:
            browser.get(routes.pages()[name].path(**world.things[thing])).close()

    after = rows()
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert {key for key in changed if key in before or key[0] not in BEGUN} == set()
