"""Runs a Pulseflow plan (docs/spark-plan.md) with PySpark Structured Streaming."""
