"""A net with its loss, as the trainer takes it; the command line's part that judges a document makes them."""

from verify_derivations.formulas.program import Net, Program, Source, per_sample

__all__ = ["Net", "Program", "Source", "per_sample"]
