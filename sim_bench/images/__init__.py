"""Bytes to pixels.

`discover.discover` finds the files, `decode.read_picture` makes an upright sRGB `picture.Picture`
of each, `degrade.degrade` damages one in a known way. Nothing is imported here, so that a command
pays only for what it uses.
"""
