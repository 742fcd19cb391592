"""What a supervisor may do about another person's access: have the password set anew by its owner, end the sessions,
take the second factor away. Nobody sets another person's password.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse

from accounts import services
from accounts.keeping.repeats import acts_each_time
from accounts.login import second_factor, sessions
from accounts.models import User
from accounts.requests import UserRequest
from accounts.staff.pages import desk_context

View = Callable[..., HttpResponseBase]


class AccessActions:
    """Three confirm pages beside the change page of a user (a mixin for the ModelAdmin); each leaves a LogEntry."""

    change_form_template = "admin/accounts/user/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        def wrap(view: View) -> View:
            return acts_each_time(self.admin_site.admin_view(view))

        own = [
            path("<uuid:pk>/send-reset/", wrap(self.send_reset), name="accounts_user_send_reset"),
            path("<uuid:pk>/end-sessions/", wrap(self.end_sessions), name="accounts_user_end_sessions"),
            path("<uuid:pk>/reset-second-factor/", wrap(self.reset_second_factor), name="accounts_user_reset_otp"),
        ]
        return own + [url for url in super().get_urls() if url.name != "auth_user_password_change"]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        user = self.get_object(request, object_id)
        rights = {
            "may_end_sessions": user and self.has_change_permission(request, user),
            "may_reset_second_factor": user and self.may_reset_second_factor(request, user),
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **rights})

    def may_reset_second_factor(self, request: HttpRequest, user: User) -> bool:
        """Supervisors reset account managers; only a superuser resets another supervisor, and nobody themselves."""
        if user == request.user or not user.is_staff or not self.has_change_permission(request, user):
            return False
        return request.user.is_superuser or not user.is_supervisor

    def send_reset(self, request: UserRequest, pk: UUID) -> HttpResponse:
        user = self._target(request, pk, self.has_change_permission)
        warning = f"向 {user.masked_phone} 发送短信，由本人凭验证码设置新密码；此前原密码仍然有效，需要时请先停用账号。"
        return self._answer(request, user, "发送重置密码短信", warning, self._send_reset)

    def end_sessions(self, request: UserRequest, pk: UUID) -> HttpResponse:
        user = self._target(request, pk, self.has_change_permission)
        return self._answer(request, user, "结束全部登录", "该用户在所有设备上的登录立即退出。", self._end_sessions)

    def reset_second_factor(self, request: UserRequest, pk: UUID) -> HttpResponse:
        user = self._target(request, pk, self.may_reset_second_factor)
        warning = "请先当面或电话核实本人。原来的验证器和恢复码立即失效，全部登录退出，下次登录时重新绑定。"
        return self._answer(request, user, "重置两步验证", warning, self._reset_second_factor)

    def _send_reset(self, user: User) -> str:
        services.send_reset(user)
        return "发送重置密码短信。"

    def _end_sessions(self, user: User) -> str:
        return f"结束全部登录，共 {sessions.end_all(user)} 处。"

    def _reset_second_factor(self, user: User) -> str:
        second_factor.reset(user)
        return "重置两步验证。"

    def _target(self, request: HttpRequest, pk: UUID, may: Callable[[HttpRequest, User], bool]) -> User:
        user = self.get_object(request, str(pk))
        if user is None:
            raise Http404
        if not may(request, user):
            raise PermissionDenied
        return user

    def _answer(
        self, request: HttpRequest, user: User, title: str, warning: str, act: Callable[[User], str]
    ) -> HttpResponse:
        back = reverse("admin:accounts_user_change", args=[user.pk])
        if request.method == "POST":
            trace = act(user)
            self.log_change(request, user, trace)
            messages.success(request, f"{user}：{trace}")
            return redirect(back)
        facts = {"warning": warning, "back": back, "label": title}
        context = desk_context(request, self.opts, f"{title}：{user}", **facts)
        return render(request, "admin/accounts/user/confirm.html", context)
