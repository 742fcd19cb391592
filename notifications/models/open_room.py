from django.conf import settings
from django.db import models


class OpenRoom(models.Model):
    """A page shows a chat room in front, so that its messages need no notice; `seen_at` is renewed while it does."""

    socket = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="用户")
    room = models.UUIDField("群聊")
    seen_at = models.DateTimeField("最近确认")

    class Meta:
        verbose_name = verbose_name_plural = "正在看的群聊"
        indexes = [models.Index(fields=["room", "seen_at"], name="open_room_fresh")]

    def __str__(self) -> str:
        return str(self.room)
