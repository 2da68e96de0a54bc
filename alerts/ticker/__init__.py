"""The tick of the live detector, and who judges which monitors."""
