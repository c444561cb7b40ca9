"""Laws checked in real notebooks of four front ends, in a real Chromium."""
