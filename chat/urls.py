from django.urls import path

from chat.views import (
    archive_pages,
    file_pages,
    joining_pages,
    member_pages,
    recall_pages,
    reply_pages,
    room_pages,
    sync_pages,
)

app_name = "chat"
urlpatterns = [
    path("", room_pages.rooms, name="rooms"),
    path("join/<slug:token>/", joining_pages.start, name="join_start"),
    path("join/<slug:token>/code/", joining_pages.code, name="join_code"),
    path("join/<slug:token>/details/", joining_pages.details, name="join_details"),
    path("replies/", reply_pages.replies, name="replies"),
    path("<uuid:pk>/", room_pages.room, name="room"),
    path("<uuid:pk>/messages/", room_pages.post, name="post"),
    path("<uuid:pk>/messages/<uuid:message>/recall/", recall_pages.recall, name="recall"),
    path("<uuid:pk>/messages/<uuid:message>/original/", recall_pages.original, name="original"),
    path("<uuid:pk>/files/", file_pages.upload, name="upload"),
    path("<uuid:pk>/files/<uuid:attachment>/", file_pages.file, name="file"),
    path("<uuid:pk>/files/<uuid:attachment>/download/", file_pages.download, name="download"),
    path("<uuid:pk>/files/<uuid:attachment>/thumb/", file_pages.thumb, name="thumb"),
    path("<uuid:pk>/sync/", sync_pages.sync, name="sync"),
    path("<uuid:pk>/history/", sync_pages.page, name="history"),
    path("<uuid:pk>/read/", sync_pages.read, name="read"),
    path("<uuid:pk>/join/", room_pages.join, name="join"),
    path("<uuid:pk>/search/", archive_pages.search, name="search"),
    path("<uuid:pk>/transcript/", archive_pages.export, name="transcript"),
    path("<uuid:pk>/members/", member_pages.listing, name="members"),
    path("<uuid:pk>/members/mute/", member_pages.mute, name="mute"),
    path("<uuid:pk>/members/<uuid:member>/remove/", member_pages.remove, name="remove"),
    path("<uuid:pk>/invite/", member_pages.invite, name="invite"),
    path("<uuid:pk>/invitations/<uuid:invitation>/", member_pages.invitation, name="invitation"),
    path("<uuid:pk>/invitations/<uuid:invitation>/again/", member_pages.again, name="again"),
    path("<uuid:pk>/invitations/<uuid:invitation>/revoke/", member_pages.revoke, name="revoke"),
]
