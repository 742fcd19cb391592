"""People in a room, each with a browser."""

from threading import Thread

from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import expect

# Rules of WCAG 2.2 AA and below.
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


class Talker:
    """What people do in a room, for any of the persons with a browser."""

    def __init__(self, person, room):
        self.person, self.page, self.room = person, person.page, room

    def enter(self):
        self.page.goto(self.room.get_absolute_url())
        expect(self.page.locator("[data-chat][data-ready]")).to_be_visible()

    def say(self, words):
        self.page.locator("#say").fill(words)
        self.page.get_by_role("button", name="发送", exact=True).click()

    def line(self, words):
        return self.page.locator(".line", has_text=words)

    def bodies(self):
        """Return what people said, in the order in which it is shown."""
        return self.page.locator(".line:not(.line--system) [data-body]").all_inner_texts()

    def check_access(self):
        found = Axe().run(self.page, options=RULES)
        assert found.violations_count == 0, found.generate_report()


def elsewhere(act, *args, **kwargs):
    """Run in a thread of its own: Playwright's event loop runs in this one."""

    def run():
        act(*args, **kwargs)
        connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()
