"""What a population does: how often each scenario is lived, as stated rates; one mix a TOML file in this folder."""

from scenarios.mixes.mix import MIXES, Lived, Mix, MixError, read_mix

__all__ = ["MIXES", "Lived", "Mix", "MixError", "read_mix"]
