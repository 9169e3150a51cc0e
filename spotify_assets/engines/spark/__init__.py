"""The transform of a day on Spark: the rules of `transform/`, on all available machines."""
