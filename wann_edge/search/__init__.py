"""The search: candidates, their scores, and the networks that it finds."""
