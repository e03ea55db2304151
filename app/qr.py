"""Addresses as pictures for the camera of a telephone."""

import io

import segno

DOT, QUIET = 8, 4  # pixels a dot; dots of quiet around, as the standard asks


def svg(address: str) -> bytes:
    """The QR code of an address as an SVG file."""
    return _saved(address, "svg")


def png(address: str) -> bytes:
    """The QR code of an address as a PNG file."""
    return _saved(address, "png")


def picture(address: str, dot: int = 4) -> str:
    """The QR code of an address as the address of an SVG picture, for a page."""
    return str(segno.make(address, error="m").svg_data_uri(scale=dot, border=QUIET, light="#fff"))


def _saved(address: str, kind: str) -> bytes:
    file = io.BytesIO()
    segno.make(address, error="m").save(file, kind=kind, scale=DOT, border=QUIET, light="#fff")
    return file.getvalue()
