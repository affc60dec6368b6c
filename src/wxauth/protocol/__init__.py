"""WHAT WECHAT SAYS. Pure: no I/O, no clock, no randomness. Imports nothing but errors and identity."""
