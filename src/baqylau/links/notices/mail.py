"""E-mail by SMTP (RFC 5321), the line protected as the installation says."""

import smtplib
import ssl
from email.message import EmailMessage

from baqylau.domain.targets import Email, Security
from baqylau.links.notices.way import TIMEOUT_S, Letter, NotTakenError, TakenOver

LASTING = 500
"""From this reply code on, SMTP says that the same command will not be taken later either."""


class Mail:
    """Hands letters to one mail server, with a connection for each."""

    def __init__(self, email: Email, *, trust: ssl.SSLContext | None = None) -> None:
        """`trust` says which certificates are believed; the system's when it is left out."""
        self._email = email
        self._trust = trust or ssl.create_default_context()

    def send(self, letter: Letter) -> TakenOver:
        """Hand the letter over; its Message-ID comes from the notice, so that a second one is seen to be the same."""
        try:
            with self._server() as server:
                self._enter(server)
                server.send_message(self._message(letter))
        except smtplib.SMTPRecipientsRefused as refused:
            code = max(code for code, _ in refused.recipients.values())
            raise NotTakenError(f"smtp_{code}", lasting=code >= LASTING) from refused
        except smtplib.SMTPResponseException as refused:
            ours = isinstance(refused, smtplib.SMTPAuthenticationError)
            lasting = refused.smtp_code >= LASTING and not ours
            raise NotTakenError(f"smtp_{refused.smtp_code}", lasting=lasting) from refused
        except TimeoutError as late:
            raise NotTakenError("timeout") from late
        except ssl.SSLError as unproved:
            raise NotTakenError("tls") from unproved
        except (smtplib.SMTPException, OSError) as broken:
            raise NotTakenError("not_reached") from broken
        return TakenOver()

    def _server(self) -> smtplib.SMTP:
        email = self._email
        if email.security is Security.TLS:
            return smtplib.SMTP_SSL(email.host, email.port, timeout=TIMEOUT_S, context=self._trust)
        return smtplib.SMTP(email.host, email.port, timeout=TIMEOUT_S)

    def _enter(self, server: smtplib.SMTP) -> None:
        if self._email.security is Security.STARTTLS:
            server.starttls(context=self._trust)
        if self._email.login:
            server.login(self._email.login, self._email.password)

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._email.sender
        message["To"] = letter.address
        message["Subject"] = letter.subject
        message["Date"] = letter.at
        message["Message-ID"] = f"<{letter.id}@{self._email.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message
