"""The embedded document: a transcription of the formulas of *Notes on CoveNet*."""
