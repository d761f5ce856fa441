"""Finds plugins by entry point, checks them, and lists problems instead of crashing."""

from tallystick.host.loading import ConnectorInfo, Host, Problem, RuleFile, load

__all__ = ["ConnectorInfo", "Host", "Problem", "RuleFile", "load"]
