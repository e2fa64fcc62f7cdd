"""Placeholder: filled by its room."""
