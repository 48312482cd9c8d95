"""wann-edge: weight agnostic networks, searched, exported and proved."""
