"""What a formula is: documents → formulas → syntax trees → typed index notation."""
