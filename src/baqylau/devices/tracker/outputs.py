"""What a tracker wants to be done, in its order. Runs in MicroPython."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.protocols.batch.short_message import Short


class Write:
    """Keep this record surely; its number is whatever comes next."""

    def __init__(self, content: bytes, *, urgent: bool) -> None:
        """Take its content (`protocols/batch/on_device.record_bytes`)."""
        self.content = content
        self.urgent = urgent


class Keep:
    """Keep what must outlive a loss of power, in place of what was kept before."""

    def __init__(self, kept: bytes) -> None:
        """Take it."""
        self.kept = kept


class Upload:
    """There is something to send; at once when it is urgent."""

    def __init__(self, *, urgent: bool) -> None:
        """Take which."""
        self.urgent = urgent


class Receiver:
    """Switch the satellite receiver."""

    def __init__(self, *, on: bool) -> None:
        """Take which."""
        self.on = on


class Warn:
    """Tell the wearer: by vibration and tone, and aloud where there is a voice."""

    def __init__(self, word: str, language: str, text: str = "", *, urgent: bool = True) -> None:
        """Take why (a code of the catalogue, or `message`), and the text of a message."""
        self.word = word
        self.language = language
        self.text = text
        self.urgent = urgent


class Message:
    """Send this by SMS: there is no other way, or no time."""

    def __init__(self, said: "Short") -> None:
        """Take what it says; whoever holds the secret seals it."""
        self.said = said


class Restart:
    """Start anew."""
