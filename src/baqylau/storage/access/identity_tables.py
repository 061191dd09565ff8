"""The table of who somebody is at an identity provider of the installation's own."""

from sqlalchemy import Column, ForeignKey, Table, Text, UniqueConstraint

from baqylau.storage.columns import instant, metadata, word

account_identity = Table(
    "account_identity",
    metadata,
    Column("login", Text, ForeignKey("account.login"), primary_key=True),
    word("issuer"),
    word("subject"),
    instant("bound_at"),
    UniqueConstraint("issuer", "subject"),
)
"""By the first sign-in an account is bound to one subject; another one of the same name does not come in."""
