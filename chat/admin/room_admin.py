"""At the desk: the manager's rooms, who waits longest first; all else happens in the room itself."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from accounts.staff.pages import desk_context
from chat.models import Room
from chat.rooms import listing


def waiting(request: UserRequest) -> HttpResponse:
    context = desk_context(request, Room._meta, "群聊", rows=listing.waiting(request.user))
    return render(request, "admin/chat/room/waiting.html", context)


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [path("", self.admin_site.admin_view(require_safe(waiting)), name="chat_room_changelist")]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.is_active and request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Room | None = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Room | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Room | None = None) -> bool:
        return False
