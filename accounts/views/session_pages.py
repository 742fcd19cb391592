"""Where the user is logged in, and ending it there."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.login import sessions


@require_safe
def listing(request):
    return render(request, "accounts/sessions.html", {"sessions": sessions.list_of(request)})


@require_POST
def end(request, pk):
    if not sessions.end_one(request.user, pk):
        raise Http404
    messages.success(request, "已退出该设备上的登录。")
    return redirect("accounts:sessions")


@require_POST
def end_others(request):
    count = sessions.end_others(request)
    messages.success(request, f"已退出其他 {count} 处登录。" if count else "没有其他登录。")
    return redirect("accounts:sessions")
