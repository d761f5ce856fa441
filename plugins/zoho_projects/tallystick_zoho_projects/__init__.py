"""Zoho Projects for Tallystick: the hook implementations, nothing else."""
