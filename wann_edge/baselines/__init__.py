"""What a search is compared with: dense networks and the four modes of the paper."""
