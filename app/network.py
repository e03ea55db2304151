"""Where other devices find this machine, for `make run HOST=…`."""

import io
import ipaddress
import socket

import segno

LOOPBACK = "127.0.0.1"
# Kept for documentation (RFC 5737): asked for the way there, the system names our address and sends nothing.
ELSEWHERE = ("192.0.2.1", 9)


def listening_host(wanted: str) -> str:
    """The IPv4 address to listen on: what was asked for, and loopback where that is no address.

    Some shells set HOST to the machine's name by themselves; that opens nothing.
    """
    try:
        return str(ipaddress.IPv4Address(wanted))
    except ValueError:
        return LOOPBACK


def is_everywhere(host: str) -> bool:
    """Does listening there mean all of the machine's addresses?"""
    return ipaddress.IPv4Address(host).is_unspecified


def own_address() -> str:
    """This machine's address on its network; loopback where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
            return str(probe.getsockname()[0])
        except OSError:
            return LOOPBACK


def qr_lines(address: str) -> str:
    """An address as a QR code of text, which a phone's camera reads off a dark terminal."""
    drawn = io.StringIO()
    segno.make(address, error="l").terminal(drawn, border=2, compact=True)
    return drawn.getvalue()
