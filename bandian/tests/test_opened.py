"""An address that only takes what is sent, opened all the same: by a reload, on the way back, after a login."""

from bandian.tests import matrix

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_address_that_is_only_sent_to_leads_to_the_page_it_belongs_to(world):
    """Everyone who may send there is led on, and to a page that they may open."""
    lost, led = {}, {}
    for page, (thing, answers) in matrix.read().items():
        url = world.path(page, thing)
        for actor in matrix.ACTORS:
            if answers.get("GET", {}).get(actor) != 405 or answers["POST"][actor] in (403, 404, 405):
                continue
            answer = world.send(actor, "GET", url, headers=BROWSER)
            led[page] = target = answer.headers.get("Location", "")
            opened = world.send(actor, "GET", target, headers=BROWSER) if target else answer
            while opened.status_code in (301, 302):  # a draft leads on to its form, the desk to the page of a row
                opened = world.send(actor, "GET", opened.headers["Location"], headers=BROWSER)
            if opened.status_code not in (200, 409) or not opened["Content-Type"].startswith("text/html"):
                lost[page, actor] = target, opened.status_code

    assert lost == {}
    assert len(led) > 30
    order = world.order.pk
    assert led["workorders:evidence"] == led["workorders:upload"] == f"/orders/{order}/"
    assert led["workorders:contract_code"] == f"/orders/{order}/contract/"
    assert led["chat:remove"] == f"/chat/{order}/members/"
    assert led["admin:workorders_workorder_close_request"] == f"/admin/workorders/workorder/{order}/"
    assert led["accounts:export"] == "/account/me/privacy/"


def test_page_says_that_nothing_was_sent(world):
    page = world.browser("customer").get("/account/me/privacy/export/", headers=BROWSER, follow=True)

    assert "没有提交任何内容" in page.content.decode()


def test_script_that_asks_there_is_told_so(world):
    assert world.send("customer", "GET", "/account/me/privacy/export/").status_code == 405
