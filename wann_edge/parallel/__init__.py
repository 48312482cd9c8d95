"""Running episodes in several processes."""
