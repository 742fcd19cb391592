"""The people of the browser journeys: what a customer does on the phone, and a manager at the desk."""

import os
import re
from pathlib import Path

from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from workorders.models import WorkOrder

PASSWORD = "yanshi-2026"


class Person:
    """Someone with a browser of their own; complaints of the browser end up in `complaints`."""

    def __init__(self, new_context, site, name, **context):
        self.site, self.name = site, name
        self.context = new_context(locale="zh-CN", timezone_id="Asia/Shanghai", base_url=site, **context)
        self.page = self.context.new_page()
        self.complaints, self.shots = [], 0
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)
        self.page.on("request", self._watch)

    def _listen(self, message):
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def _watch(self, request):
        if not request.url.startswith((self.site, "blob:", "data:")):
            self.complaints.append(f"request to {request.url}")

    def shot(self, title):
        """Keep a picture of the page where the environment variable SCREENSHOTS names a folder."""
        if folder := os.environ.get("SCREENSHOTS"):
            self.shots += 1
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{folder}/{self.name}-{self.shots:02d}-{title}.png", full_page=True)

    def press(self, label):
        """Press the button of that name, or else the link, and wait for the page it leads to."""
        named = re.compile(re.escape(label))
        buttons = self.page.get_by_role("button", name=named).locator("visible=true")
        links = self.page.get_by_role("link", name=named).locator("visible=true")
        (buttons if buttons.count() else links).first.click()
        self.page.wait_for_load_state("load")

    def come_in(self, user):
        """Be logged in as `log_in` would do it, without the way through its page."""
        client, name = Client(), settings.SESSION_COOKIE_NAME
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        client.get("/account/terms/")  # from here on the session is one that has begun
        self.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.site}])

    def log_in(self, phone):
        self.page.goto("/account/login/")
        self.page.get_by_label("手机号").fill(phone)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.press("登录")


class Customer(Person):
    """On a phone 360 pixels wide."""

    def __init__(self, new_context, site):
        super().__init__(new_context, site, "customer", viewport={"width": 360, "height": 740}, has_touch=True)

    def register(self, phone, name):
        self.page.goto("/account/register/")
        self.page.get_by_label("手机号").fill(phone)
        self.press("获取验证码")
        self.shot("验证码")
        code = re.search(r"\b(\d{6})\b", self.page.locator(".notice", has_text="不发送真实短信").inner_text())[1]
        self.page.get_by_label("验证码").fill(code)
        self.press("下一步")
        self.page.get_by_label("真实姓名").fill(name)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.locator("[name=consent]").check()
        self.shot("注册")
        self.press("注册并登录")

    def claim_name(self, name, id_number, photo):
        """我的 → 实名认证."""
        self.page.goto("/account/me/")
        self.press("实名认证")
        self.page.get_by_label("真实姓名").fill(name)
        self.page.get_by_label("证件号码", exact=True).fill(id_number)
        self.page.locator("[name=photo]").set_input_files(str(photo))
        self.page.locator("[name=consent]").check()
        self.shot("实名认证")
        self.press("提交认证")

    def choose_region(self, *names):
        for level, name in enumerate(names):
            select = self.page.locator(f"select[data-level='{level}']")
            expect(select.locator("option", has_text=name)).to_have_count(1)
            select.select_option(label=name)

    def upload(self, kind, *files):
        """Choose files for a kind of paper, and wait until the row of each is there."""
        field = self.page.locator(f".upload[data-kind={kind}]")
        before = field.locator(".file-row[data-state=done]").count()
        field.locator(f"#upload-{kind}").set_input_files([str(file) for file in files])
        expect(field.locator(".file-row[data-state=done]")).to_have_count(before + len(files))

    def write_name(self):
        """Draw on the pad with two strokes."""
        canvas = self.page.locator("canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        mouse = self.page.mouse
        for stroke in ([(0.15, 0.3), (0.4, 0.7), (0.6, 0.25), (0.8, 0.7)], [(0.2, 0.8), (0.5, 0.5), (0.85, 0.35)]):
            points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
            mouse.move(*points[0])
            mouse.down()
            for point in points[1:]:
                mouse.move(*point, steps=8)
            mouse.up()

    def sign(self, button):
        self.write_name()
        self.page.locator("[name=agreed]").check()
        self.shot("签字")
        self.press(button)

    def seal_contract(self, kind):
        """合同签订 → 电子签章: choose a seal, sign, look, and confirm with the code."""
        self.press("电子签章")
        self.shot("电子签章")
        self.page.locator(".seal-choice", has_text=kind).click()
        self.page.wait_for_load_state("load")
        self.write_name()
        self.shot("合同签章")
        self.press("签章")
        self.shot("查看合同")
        self.press("返回合同签订页")
        self.shot("签章预览")
        self.press("确认并盖章")
        self.confirm("确认并盖章")

    def confirm(self, button):
        """Have a code sent for the act on the page, type it, and press the button that makes the act effective."""
        self.press("获取验证码")
        code = re.search(r"验证码 (\d{6})", self.page.locator(".notice", has_text="不发送真实短信").inner_text())[1]
        self.page.get_by_label("短信验证码").fill(code)
        for box in self.page.locator("[name=declared]").all():
            box.check()
        self.shot(button)
        self.press(button)


class Desk(Person):
    """A manager in the admin."""

    def __init__(self, new_context, site):
        super().__init__(new_context, site, "manager", viewport={"width": 1280, "height": 900})

    def open(self, order):
        self.page.goto(f"/admin/workorders/workorder/{order.pk}/change/")
        self.shot("工单")

    def approve_name(self, name):
        """实名审核: the waiting claim of that name."""
        self.page.goto("/admin/accounts/realname/?status__exact=pending")
        self.press(name)
        self.shot("实名审核")
        self.press("核对证件照片")
        self.shot("核对证件照片")
        self.press("核对一致，通过认证")
        expect(self.page.locator(".messagelist .success")).to_be_visible()

    def step(self, order, label, choices=(), **values):
        """Take a step: fill its form in by field name, confirm."""
        self.open(order)
        self.press(label)
        for name, value in values.items():
            self.page.locator(f"[name={name}]").fill(str(value))
        for name, value in dict(choices).items():
            field = self.page.locator(f"[name={name}]")
            if field.first.get_attribute("type") == "radio":
                self.page.locator(f"[name={name}][value={value}]").check()
            elif field.first.get_attribute("type") == "checkbox":
                field.set_checked(value)
            elif field.first.get_attribute("type") == "file":
                field.set_input_files(str(value))
            else:
                field.select_option(value)
        self.shot(label)
        self.press("确认")
        expect(self.page.locator(".messagelist .success")).to_be_visible()


def state_of(order):
    return WorkOrder.objects.get(pk=order.pk).state
