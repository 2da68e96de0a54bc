"""Copies and stories."""
