"""邮件 by SMTP."""

from __future__ import annotations

import smtplib
import ssl
import uuid
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import localtime
from typing import Final

from portal.config import Settings
from portal.messages.channels.base import (
    CONNECT_SECONDS,
    TOTAL_SECONDS,
    Permanent,
    Receipt,
    Temporary,
    plain_id,
)
from portal.messages.channels.http import HANGS, UNREACHABLE, cut_after

SUBJECT: Final = "督办督查提醒"
"""Says nothing of the item: subjects stand in logs."""


class Mail:
    """One mail to one address over one connection."""

    def __init__(
        self, host: str, port: int, security: str, user: str, password: str, sender: str
    ) -> None:
        self.host, self.port, self.security = host, port, security
        self.user, self.password, self.sender = user, password, sender

    @classmethod
    def of(cls, settings: Settings) -> Mail:
        """As the settings say."""
        return cls(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            settings.smtp_user,
            settings.smtp_password,
            settings.smtp_from,
        )

    def send(self, to: str, text: str, link: str, key: uuid.UUID) -> Receipt:
        """The key is the mail's id: mailboxes show one that comes twice only once."""
        try:
            mail = self._mail(to, f"{text}\n\n{link}" if link else text, key)
        except (ValueError, IndexError, MessageError) as error:
            raise Permanent("邮件地址无法识别") from error
        server = self._server()
        try:
            with cut_after(TOTAL_SECONDS, lambda: server.sock):
                self._hand_over(server, mail)
        except TimeoutError as error:
            raise Temporary(HANGS) from error
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(min(code for code, _ in error.recipients.values())) from error
        except smtplib.SMTPAuthenticationError as error:
            raise Temporary("邮件服务未接受账号") from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Temporary(UNREACHABLE) from error
        finally:
            server.close()
        return Receipt(plain_id(mail["Message-ID"]))

    def _server(self) -> smtplib.SMTP:
        """Not connected yet, so that a hanging greeting is cut off too."""
        if self.security == "tls":
            return smtplib.SMTP_SSL(timeout=CONNECT_SECONDS, context=ssl.create_default_context())
        return smtplib.SMTP(timeout=CONNECT_SECONDS)

    def _hand_over(self, server: smtplib.SMTP, mail: EmailMessage) -> None:
        server._host = self.host  # type: ignore[attr-defined]  # whose certificate is asked for
        server.connect(self.host, self.port)
        if self.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if self.user:
            server.login(self.user, self.password)
        server.send_message(mail)
        # It is accepted; how the other end says goodbye changes nothing.

    def _mail(self, to: str, text: str, key: uuid.UUID) -> EmailMessage:
        """ValueError, IndexError or MessageError for an address that is none."""
        mail = EmailMessage()
        mail["Subject"] = SUBJECT
        mail["From"] = Address(addr_spec=self.sender)
        mail["To"] = Address(addr_spec=to)
        mail["Date"] = localtime()
        mail["Message-ID"] = f"<{key.hex}@{self.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text)
        return mail


def _refused(code: int) -> Temporary | Permanent:
    reason = f"邮件服务返回{code}"
    return Temporary(reason) if 400 <= code < 500 else Permanent(reason)
