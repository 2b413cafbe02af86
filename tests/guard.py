# SPDX-License-Identifier: GPL-3.0-or-later
"""No test reaches another machine: every connection and look-up outside loopback is refused."""

import ipaddress
import sys


class OutsideNetwork(AssertionError):
    """A test, or the code under it, tried to leave this machine."""


def forbid_network():
    """Refuse it from now on, for the whole process."""
    sys.addaudithook(_refuse)


def _refuse(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_near(str(address[0])):
            raise OutsideNetwork(f"{event} to {address}")
    elif event == "socket.getaddrinfo" and arguments[0] is not None:
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else str(arguments[0])
        if not _is_near(host) and not host.endswith(".invalid"):  # RFC 2606: never resolves
            raise OutsideNetwork(f"look-up of {host}")


def _is_near(host):
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback or host == "0.0.0.0"
    except ValueError:
        return False
