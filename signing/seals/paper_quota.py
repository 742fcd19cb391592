"""How many papers of seal applications are kept: enough for honest tries, too few to fill the disk."""

from collections.abc import Sequence
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from accounts.models import Enterprise, User
from bandian.db.locks import locking
from files.checks import Checked
from signing.models import SealPaper

# What an enterprise, or one person, may hand in of papers in so many days: ten applications of four.
PAPER_DAYS, MOST_PAPERS, MOST_PAPER_BYTES = 30, 40, 400 * 1024 * 1024


def check(enterprise: Enterprise, papers: Sequence[Checked], *, by: User) -> None:
    """Raise ValidationError where the papers would be more than may be kept; the enterprise's row is locked."""
    locking(User.objects).get(pk=by.pk)  # who may have come from another enterprise
    since = timezone.now() - timedelta(days=PAPER_DAYS)
    ours = Q(seal__enterprise=enterprise) | Q(seal__applied_by=by)
    kept = list(
        SealPaper.objects.filter(ours, seal__applied_at__gt=since).order_by("seal__applied_at").select_related("seal")
    )
    whole = sum(paper.file.size for paper in kept) + sum(len(paper.content) for paper in papers)
    if len(kept) + len(papers) > MOST_PAPERS or whole > MOST_PAPER_BYTES:
        again = (
            f"或在 {timezone.localdate(kept[0].seal.applied_at) + timedelta(days=PAPER_DAYS + 1):%m-%d} 之后再申请"
            if kept
            else ""
        )
        message = (
            f"{PAPER_DAYS} 天内提交的印章申请材料最多 {MOST_PAPERS} 个文件、{MOST_PAPER_BYTES // 1024 // 1024} MB，"
            f"这次申请没有提交。请压缩文件后重新提交{'，' if again else ''}{again}。"
        )
        raise ValidationError(message, code="quota")
