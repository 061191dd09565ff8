"""An LTE modem of the SIM7080 class on a UART: AT commands for the network, HTTPS with the modem's own TLS, and SMS.

Every command waits for its answer within a bound; a modem that does not answer is no network.
"""

import time

from machine import UART, Pin

TX_PIN, RX_PIN, KEY_PIN = 17, 18, 4
BAUD = 115_200
ANSWER_MS, REQUEST_MS = 2000, 40_000
KEY_MS = 1200
BODY_MAX = 24_576
REGISTERED = (b"1", b"5")


class LteModem:
    """The modem."""

    def __init__(self, server: str) -> None:
        """Take the server's address, as `https://host:8443`; switch the modem on."""
        self._server = server
        self._line = UART(2, baudrate=BAUD, tx=TX_PIN, rx=RX_PIN, timeout=50, rxbuf=4096)
        self._key = Pin(KEY_PIN, Pin.OUT, value=0)
        self._key.value(1)
        time.sleep(KEY_MS / 1000)
        self._key.value(0)

    def registered(self) -> bool:
        """Tell whether it is on the mobile network, at home or abroad."""
        said = self._asked(b"AT+CEREG?")
        _, _, state = said.partition(b"+CEREG: ")
        return state[2:3] in REGISTERED

    def post(self, path: str, body: bytes) -> "bytes | None":
        """Give the answer's body, or None when there is none."""
        steps = (
            b"AT+CNACT=0,1",
            b'AT+SHCONF="URL","' + self._server.encode() + b'"',
            b'AT+SHCONF="BODYLEN",4096',
            b'AT+SHCONF="HEADERLEN",350',
            b"AT+SHCONN",
            b'AT+SHAHEAD="Content-Type","application/cose"',
        )
        for step in steps:
            if b"OK" not in self._asked(step, REQUEST_MS):
                return self._ended(None)
        if len(body) > BODY_MAX or b">" not in self._asked(b"AT+SHBOD=%d,10000" % len(body), ANSWER_MS, b">"):
            return self._ended(None)
        self._line.write(body)
        said = self._asked(b'AT+SHREQ="' + path.encode() + b'",3', REQUEST_MS, b"+SHREQ:")
        _, _, told = said.partition(b'"POST",')
        status, _, length = told.strip().partition(b",")
        if status != b"200" or not length.isdigit():
            return self._ended(None)
        return self._ended(self._body(int(length)))

    def message(self, number: str, content: bytes) -> bool:
        """Send an SMS of bytes (PDU mode, 8 bits); tell whether the network took it."""
        digits = number.lstrip("+") + ("F" if len(number.lstrip("+")) % 2 else "")
        turned = "".join([digits[at + 1] + digits[at] for at in range(0, len(digits), 2)])
        head = "01000C91" if len(number.lstrip("+")) == 12 else "01000B91"  # noqa: PLR2004 - digits of a number
        pdu = head + turned + "0004" + "%02X" % len(content) + content.hex().upper()  # noqa: UP031 - short on a board
        if b"OK" not in self._asked(b"AT+CMGF=0"):
            return False
        if b">" not in self._asked(b"AT+CMGS=%d" % (len(pdu) // 2), ANSWER_MS, b">"):
            return False
        self._line.write(b"00" + pdu.encode())
        return b"+CMGS:" in self._asked(b"\x1a", REQUEST_MS)

    def _body(self, length: int) -> "bytes | None":
        """Read the answer's body out of the modem."""
        said = self._asked(b"AT+SHREAD=0,%d" % length, REQUEST_MS, b"+SHREAD: %d\r\n" % length)
        _, mark, body = said.partition(b"+SHREAD: %d\r\n" % length)
        until_ms = _now_ms() + ANSWER_MS
        while mark and len(body) < length and _now_ms() < until_ms:
            body += self._line.read() or b""
        return body[:length] if len(body) >= length else None

    def _ended(self, body: "bytes | None") -> "bytes | None":
        self._asked(b"AT+SHDISC")
        return body

    def _asked(self, command: bytes, within_ms: int = ANSWER_MS, until: bytes = b"OK") -> bytes:
        """Say a command and give what is said back, until the word that ends it or an error."""
        self._line.read()
        self._line.write(command + b"\r")
        said = b""
        end_ms = _now_ms() + within_ms
        while until not in said and b"ERROR" not in said and _now_ms() < end_ms:
            said += self._line.read() or b""
        return said


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
