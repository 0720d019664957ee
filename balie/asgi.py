"""The web process: HTTP by Django, sockets by Channels consumers, the widget's config and invitations before both."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balie.settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()

from tenants.backend.probe import refuse_shared_at_start  # noqa: E402

refuse_shared_at_start()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from balie.proxies import ClientAddress  # noqa: E402
from chat.realtime.direct import HandOver  # noqa: E402
from chat.realtime.routing import sockets  # noqa: E402
from chat.realtime.widget.config import WidgetConfig  # noqa: E402
from chat.realtime.widget.invite import WidgetInvite  # noqa: E402
from chat.realtime.widget.longpoll import LongPoll  # noqa: E402

if "daphne.server" in sys.modules:
    # However daphne was started; other servers are spared Twisted.
    from balie import daphne_socket

    daphne_socket.use()

application = ProtocolTypeRouter(
    {
        "http": ClientAddress(WidgetConfig(WidgetInvite(LongPoll(http)))),
        "websocket": HandOver(ClientAddress(URLRouter(sockets))),
    }
)
