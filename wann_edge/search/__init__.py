"""The search: genomes, their mutations, ranking, and the population that asks and tells."""
