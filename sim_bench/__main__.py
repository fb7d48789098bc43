"""`python -m sim_bench` is `sim-bench`."""

from sim_bench.cli import main

main()
