"""How a process reaches PostgreSQL: the address, the pool of its connections, what each session has."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

OWN_DATABASE = "postgresql://balie@127.0.0.1:5432/balie"
# Set in every session after connecting: a pooler refuses it in the start packet.
# Compiling a statement takes longer than any of ours runs: without it the router reads its queue in half the time.
# Only the router's statements are prepared (agency/services/pool/router_sql.py): their plans are kept, not made anew.
SESSION = {
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "30000",
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
}


def database(url: str) -> dict[str, Any]:
    """Django's entry for the database at this address."""
    parts = urlsplit(url)
    return {
        "ENGINE": "tenants.backend",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or 5432,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # Small: each connection keeps about 0.16 MiB of catalogue per company that it touched.
            "pool": {
                "min_size": 1,
                "max_size": 10,
                "timeout": 10,
                "max_lifetime": 1800,
                # The pool doubles its patience at each vain try: after 33 s without a database it looked again 25 s
                # after that was back. Given up after 5 s, a try begins anew with the next question: 1.5 s.
                "reconnect_timeout": 5,
            },
            # A database host that is gone without a word is given up, not waited for 15 minutes.
            "tcp_user_timeout": 10_000,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 2,
            # Options behind the address's question mark: sslmode, sslrootcert and their like.
            **dict(parse_qsl(parts.query)),
        },
    }
