"""People who work by hand in the two simulated systems; they ship with property testing."""

from tallystick.testing.people import People

__all__ = ["People"]
