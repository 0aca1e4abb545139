"""The exact check, compiled: it tells which registers are surely legal, and leaves the others to the judge in Python.

The rules and why they are exact are told in `sweep` and `rewrites`; here they are once more, without the explanations
that a violation needs. Most registers of most runs are legal, so that explaining the rest costs little.
"""
