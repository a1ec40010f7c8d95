"""A net with its loss, as the trainer takes it; the command line's part that judges a document makes them."""

from verify_derivations.formulas.program import Draw, Net, Printed, Program, Source, per_sample

__all__ = ["Draw", "Net", "Printed", "Program", "Source", "per_sample"]
