"""Runs a stretch of a Pulseflow flow on Spark: `spark-submit pulseflow.py --plan plan.json --worker worker.js ...`."""

import sys

from pulseflow_app.application import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
