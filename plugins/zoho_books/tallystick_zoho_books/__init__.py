"""Zoho Books for Tallystick: the hook implementations, nothing else."""
