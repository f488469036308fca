"""Room in memory, looked at before anything large is copied or read."""

from srm_widget.utils.memory import available_bytes, bytes_text
from srm_widget.utils.ways_out import Wanted

_LOOKED_AT = 1 << 26
"""Bytes from which on it is asked whether there is room for them."""


def check_room(n_bytes: int, wanted: Wanted, what: str) -> None:
    """Raise ``MemoryError`` if something takes more bytes than are left.

    Parameters
    ----------
    n_bytes
        What it takes.
    wanted
        What it is to be.
    what
        What it is, for the message.
    """
    if n_bytes < _LOOKED_AT:
        return
    room = available_bytes()
    if room is not None and n_bytes > room:
        raise MemoryError(
            f"expected {wanted.numbers} that fit into memory, got {what} of "
            f"{bytes_text(n_bytes)}, and {bytes_text(room)} are left; for batch in {wanted.name}: "
            "counts.append(batch) counts them part by part in a ResonanceCounts, which keeps no "
            "samples"
        )
