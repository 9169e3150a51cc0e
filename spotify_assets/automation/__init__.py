"""What happens by itself: jobs, schedules and sensors, the extraction function, and the pure decisions behind them.

Beside them is what watches: missing days, alerts, metrics, costs, and Dagster's instance on this machine. Rules about
rows do not belong here (`transform/`), nor does storage (`lake/`).
"""
