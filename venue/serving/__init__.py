"""What every facade is made of, whichever protocol it speaks: tape, sockets, faults, news."""

from __future__ import annotations
