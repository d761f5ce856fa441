"""Tallystick: the doorstep, what a plugin may import."""
