"""How a line reads; the script says the same in static/chat/render.js."""

from bisect import bisect_left

from django import template

from chat.filekinds import THUMB_SIDE

register = template.Library()


@register.filter
def recalled_words(line, me) -> str:
    """Say who took a line back, and why where a manager did."""
    recalled = line.get("recalled")
    if not recalled:
        return ""
    if not recalled["by"]:
        return "您撤回了一条消息" if line["author"]["user"] == me else f"{line['author']['name']} 撤回了一条消息"
    reason = f"，原因：{recalled['reason']}" if recalled["reason"] else ""
    return f"{recalled['by']} 撤回了 {line['author']['name']} 的一条消息{reason}"


@register.filter
def read_count(line, reads) -> int:
    """Return how many of the others have read a line; `reads` are their numbers, sorted."""
    return len(reads) - bisect_left(reads, line["seq"]) if reads else 0


@register.filter
def shown_width(file) -> int:
    return _shown(file)[0]


@register.filter
def shown_height(file) -> int:
    return _shown(file)[1]


def _shown(file):
    """Return the size at which a thumbnail stands in a bubble, so that nothing jumps when it arrives."""
    scale = min(1, THUMB_SIDE / 2 / max(file["width"], file["height"]))
    return max(1, round(file["width"] * scale)), max(1, round(file["height"] * scale))
