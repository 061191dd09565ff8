"""What a script of this folder finds around it, here as on the device: the block cipher, and its input."""

import sys

from baqylau.crypto.blocks import aes

__all__ = ["aes", "given"]

given = sys.stdin.read()
