"""Each error of docs/protocol.md is heard by some test."""

from tests.chat.live import test_writer, test_writer_resends
from tests.chat.realtime.scene import PROVEN, proves
from tests.chat.realtime.widget import test_endings
from tests.chat.realtime.wire import test_bad_frames, test_refused_commands, test_refused_sockets
from tests.contracts import protocol_page

# Their decorators say what is heard, whichever of the files runs in this process.
HEARD_IN = (
    test_bad_frames,
    test_endings,
    test_refused_commands,
    test_refused_sockets,
    test_writer,
    test_writer_resends,
)


def test_every_code_of_the_page_is_heard_by_a_test() -> None:
    assert all(module.proves is proves for module in HEARD_IN)
    assert set(protocol_page.error_codes()) == PROVEN
