from django.db import models
from django.utils import timezone

from bandian.db.locks import locking


class DailyCounter(models.Model):
    """The last number given on a day; its row is the lock that keeps numbers unique and without gaps."""

    series = models.CharField(max_length=12)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "day"], name="one_counter_per_series_and_day")]

    def __str__(self) -> str:
        return f"{self.series} {self.day}: {self.last}"

    @classmethod
    def draw(cls, series: str) -> str:
        """Return the next twelve-digit number YYMMDD + six digits of the local day; call inside a transaction."""
        day = timezone.localdate()
        cls.objects.get_or_create(series=series, day=day)
        counter = locking(cls.objects).get(series=series, day=day)
        counter.last += 1
        counter.save(update_fields=["last"])
        return f"{day:%y%m%d}{counter.last:06d}"
