"""Ports for programs that are started a little later."""

import socket

from baqylau.sim.free_ports import FreePorts

HOST = "127.0.0.1"


def test_no_port_is_given_twice_though_nobody_listens_there_yet() -> None:
    """The system alone gives one of two thousand again, as good as surely."""
    ports = FreePorts(HOST)
    given = [ports.take() for _ in range(2_000)]
    assert len(set(given)) == len(given)


def test_the_port_that_is_wanted_is_given_once_and_not_while_somebody_has_it() -> None:
    ports = FreePorts(HOST)
    wanted = ports.take()
    anew = FreePorts(HOST)
    with socket.create_server((HOST, wanted)):
        assert anew.take(wanted) != wanted
    assert anew.take(wanted) == wanted
    assert anew.take(wanted) != wanted
