"""AZ-01 and AZ-04: every page answers every actor as the matrix says, and there is no page without a row."""

from itertools import product

import pytest
from django.urls import path

from bandian.tests import matrix, routes

ROWS = matrix.read()
# Who tells the most about a method that a page does not know.
FEW = ("customer", "outsider", "far_manager")
STRANGERS = ("outsider", "contact", "far_manager")
OBJECTS = [name for name, (thing, _) in ROWS.items() if thing not in ("-", "app", "nothing", "on_site_rest", "manager")]


def test_az_01_every_page_has_its_row():
    matrix.check(ROWS, routes.pages())


def test_az_01_every_socket_has_its_row():
    assert matrix.read(matrix.SOCKETS).keys() == routes.sockets()


def test_az_01_page_without_a_row_fails_and_says_which_row_to_add(settings):
    added = routes.pages(type("Resolver", (), {"url_patterns": [path("export/<uuid:pk>/", print, name="export")]}))

    with pytest.raises(matrix.NoRow, match=r"    export pk$"):
        matrix.check(ROWS, routes.pages() | added)


def test_az_01_row_without_a_page_fails():
    with pytest.raises(matrix.NoRow, match="accounts:gone"):
        matrix.check({"accounts:gone": ("-", {})}, {})


@pytest.mark.parametrize("name", ROWS)
def test_az_01_page_answers_everyone_as_declared(world, name):
    thing, answers = ROWS[name]
    url = world.path(name, thing)

    got = {method: {actor: world.look(actor, url, method).status_code for actor in matrix.ACTORS} for method in answers}

    assert got == answers


@pytest.mark.parametrize("name", OBJECTS)
def test_az_01_what_is_not_yours_looks_like_what_is_not_there(world, name):
    thing, answers = ROWS[name]
    missing = world.missing(thing)
    for actor, method in product(STRANGERS, answers):
        there = world.look(actor, world.path(name, thing), method)

        if there.status_code == 404 or (there.status_code == 302 and actor == "far_manager"):
            gone = world.look(actor, routes.pages()[name].path(**missing), method)
            assert fingerprint(there, world.things[thing]) == fingerprint(gone, missing), (actor, method)


def fingerprint(answer, values):
    """Return all that a browser learns, with the ids that it asked for itself taken out."""
    # Expires is the time of the answer, to the second.
    headers = sorted((name, value) for name, value in answer.headers.items() if name != "Expires")
    assert not answer.streaming
    told = f"{answer.status_code} {headers} {answer.cookies} {answer.content}"
    for value in values.values():
        told = told.replace(str(value), "ID")
    return told


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("name", ROWS)
def test_az_04_other_methods_open_nothing(world, name):
    thing, answers = ROWS[name]
    url = world.path(name, thing)
    # To whoever may read the page its head opens nothing; that it is answered shows on the first of them.
    readers = [actor for actor in FEW if answers["GET"][actor] == 200]
    for actor, method in product(FEW, ("HEAD", "OPTIONS", "DELETE")):
        if method == "HEAD" and actor in readers[1:]:
            continue
        response = world.send(actor, method, url)

        is_bare_list_of_methods = method == "OPTIONS" and response.has_header("Allow") and not body(response)
        allowed = {answers["GET"][actor], answers["POST"][actor], 403, 405}
        assert response.status_code in allowed or is_bare_list_of_methods, (actor, method)


@pytest.mark.parametrize("name", OBJECTS)
def test_az_04_spelling_variants_open_nothing(world, name):
    thing, answers = ROWS[name]
    url = world.path(name, thing)
    encoded = "/" + url[1:].replace("/", "%252f")
    variants = (f"{url.rstrip('/')}.json", url.upper(), encoded, f"/.{url}", f"{url}/", url.rstrip("/"))
    for variant in variants:
        assert world.send("outsider", "GET", variant).status_code in (301, 302, 404), variant

    for method in ("GET", "DELETE", "PUT"):
        overridden = world.send("outsider", "POST", url, {"_method": method}, HTTP_X_HTTP_METHOD_OVERRIDE=method)
        assert overridden.status_code == answers["POST"]["outsider"]


def test_az_17_public_pages_are_exactly_these():
    public = {name for name, route in routes.pages().items() if route.is_public}

    assert public == {
        "accounts:login", "accounts:logout", "accounts:login_code", "accounts:login_verify", "accounts:register",
        "accounts:register_verify", "accounts:register_details", "accounts:reset", "accounts:reset_verify",
        "accounts:reset_password", "accounts:session", "accounts:terms", "accounts:privacy", "admin:login", "livez",
        "readyz", "csp_report", "check:start", "check:document", "pki:crl", "pki:root", "workorders:help",
        "workorders:figures", "workorders:figures_csv", "workorders:figures_json",
        "service_worker", "chat:join_start", "chat:join_code", "chat:join_details",
    }  # fmt: skip


def test_az_02_no_address_of_ours_holds_a_number_that_can_be_guessed():
    counted = {name for name, route in routes.pages().items() if "<int:" in route.pattern}

    # Pages and versions, counted within what a random id names.
    assert counted == {
        "workorders:attachment_page",
        "workorders:document_page",
        "workorders:document_version",
        "admin:signing_seal_paper",
        "admin:workorders_workorder_draft_page",
    }
