"""The cache: Valkey, and this process's own memory while Valkey is away.

Only rate limits live in it. With Valkey away they hold per process instead of not at all, and signing in goes on.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from tenants import memory

log = structlog.get_logger(__name__)

# A Valkey that hangs costs a call 1 s. For so long nobody asks it again, or a first message would wait for each of its
# counts.
REST_S = 2.0
# Django's 300 would throw counts away in the midst of a flood.
MOST_KEYS = 20_000


# In this process: until when this Valkey isn't asked.
_away_until: dict[str, float] = memory.keep({})


def _forgiving(name: str) -> Callable[..., Any]:
    @wraps(getattr(RedisCache, name))
    def method(self: "ForgivingRedisCache", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= _away_until.get(self.server, 0.0):
            try:
                return getattr(RedisCache, name)(self, *args, **kwargs)
            except (RedisError, OSError) as problem:
                _away_until[self.server] = time.monotonic() + REST_S
                log.warning("cache_in_memory", problem=type(problem).__name__)
        return getattr(self.memory, name)(*args, **kwargs)

    return method


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache that falls back to memory, and asks Valkey again 2 s later."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        # 1 s: a server that is away must not hold up a sign-in for the default of no time-out at all.
        options = {"socket_timeout": 1, "socket_connect_timeout": 1, **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self.server = server
        self.memory = LocMemCache("forgiving", {**params, "OPTIONS": {"MAX_ENTRIES": MOST_KEYS}})

    add = _forgiving("add")
    get = _forgiving("get")
    set = _forgiving("set")
    touch = _forgiving("touch")
    delete = _forgiving("delete")
    get_many = _forgiving("get_many")
    set_many = _forgiving("set_many")
    delete_many = _forgiving("delete_many")
    has_key = _forgiving("has_key")
    incr = _forgiving("incr")
    clear = _forgiving("clear")
