"""Judging a document: claims → verdicts, conventions, corrections, reports."""
