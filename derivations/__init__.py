"""What follows from formulas: differentiate, normal form, prove, refute, evaluate."""
