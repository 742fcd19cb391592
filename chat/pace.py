"""How often one person may ask: counted in the cache, for limits that need not be exact to one."""

from django.core.cache import cache

from chat.refusals import Refused


def check(what: str, user, *, most: int, seconds: int) -> None:
    """Count one request; raises Refused beyond `most` within about `seconds`."""
    key = f"chat:{what}:{user.pk.hex}"
    cache.add(key, 0, seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out between the two
        return
    if count > most:
        raise Refused("too_fast", f"操作太频繁，请 {seconds} 秒后再试。", wait=seconds)
