"""The base of HTTP simulators: state, virtual clock, fault plan, journal."""
