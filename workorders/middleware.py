"""Answers to what stops a step: the order or the file has moved on, or the customer is not verified yet."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode

from signing.services import AlreadySigned, Superseded
from workorders.journey.flow import Conflict, NotVerified


class ConflictMiddleware:
    """Answer Conflict and its kin from signing with 409 and who moved the order when, NotVerified with the check."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, Conflict):
            return render(request, "409.html", _too_late(request, exception), status=409)
        if isinstance(exception, (AlreadySigned, Superseded)):
            return render(request, "409.html", {"back_url": request.path}, status=409)
        if isinstance(exception, NotVerified):
            messages.warning(request, "请先完成实名认证，再继续这一步；已填写的草稿和上传的资料都还在。")
            return redirect(f"{reverse('accounts:identity')}?{urlencode({'next': request.path})}")
        return None


def _too_late(request, conflict):
    order, event = conflict.order, conflict.event
    back = order.get_absolute_url()
    if request.path.startswith(reverse("admin:index")):
        back = reverse("admin:workorders_workorder_change", args=[order.pk])
    message = "工单状态已经变化，这次操作没有生效，您填写的内容没有提交。"
    if event:
        when = date_format(timezone.localtime(event.at), "Y年n月j日 H:i")
        who = "您" if event.by_id == request.user.pk else event.by.name
        message = f"{when}，{who}已办理“{event.label}”，工单现为“{order.get_state_display()}”。这次操作没有生效。"
    return {"message": message, "back_url": back}
