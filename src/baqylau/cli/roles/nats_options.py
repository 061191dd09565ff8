"""The options that say where a NATS server is, and who we are there."""

from typing import Annotated

import typer

from baqylau.links.jetstream import Server

Nats = Annotated[
    str,
    typer.Option(
        "--nats",
        envvar="BAQYLAU_NATS",
        help="Where the site's NATS server is: nats:// or tls://, of a cluster several with a comma between.",
    ),
]
Credentials = Annotated[
    str, typer.Option("--nats-credentials", envvar="BAQYLAU_NATS_CREDENTIALS", help="File with a JWT and a seed.")
]
Ca = Annotated[
    str, typer.Option("--nats-ca", envvar="BAQYLAU_NATS_CA", help="File with who vouches for the server's certificate.")
]
Domain = Annotated[
    str,
    typer.Option(
        "--nats-domain",
        envvar="BAQYLAU_NATS_DOMAIN",
        help="JetStream domain of the site, when the server only leads there (leaf node).",
    ),
]
HERE = "nats://127.0.0.1:4222"


def server_of(url: str, credentials: str, ca: str, domain: str = "") -> Server:
    """Give the server that the options name."""
    return Server(url=url, credentials=credentials, ca=ca, domain=domain)
