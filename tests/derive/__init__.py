"""Tests of the derivation language."""
