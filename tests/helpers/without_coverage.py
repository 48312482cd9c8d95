"""The test files that run without the measurement of coverage."""

# Tests that search or emulate: the tracer of coverage doubles their time, and other tests run the
# same lines.
WITHOUT_COVERAGE = (
    "cli/test_cli_dtype.py",
    "exporters/test_cost_table.py",
    "kernel/test_biped.py",
    "kernel/test_plants.py",
    "network/test_fixed_network.py",
    "search/test_complexity_cost.py",
    "search/test_genome.py",
    "search/test_heats.py",
    "search/test_mutation.py",
    "search/test_niches.py",
    "search/test_population.py",
    "search/test_run.py",
    "search/test_run_draws.py",
    "search/test_run_start.py",
    "search/test_strategy.py",
    "tune/test_one_network.py",
    "tune/test_redrawn_episodes.py",
    "verify/test_emulated_target.py",
    "verify/test_fixed_emulated.py",
    "verify/test_measured_cost.py",
)
