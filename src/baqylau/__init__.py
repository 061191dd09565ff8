"""Baqylau: open electronic monitoring for court-ordered restriction of freedom."""

__version__ = "0.1.0"
