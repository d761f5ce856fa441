"""Rule text to decisions with reasons; pure, no I/O."""

from tallystick.decide.decider import Decider
from tallystick.decide.packs import Pack
from tallystick.decide.policies import Policies, load_policies
from tallystick.decide.rulebook import Rulebook, RuleSource, load_rulebook, parse_source

__all__ = [
    "Decider",
    "Pack",
    "Policies",
    "RuleSource",
    "Rulebook",
    "load_policies",
    "load_rulebook",
    "parse_source",
]
