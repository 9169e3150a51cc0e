"""The transform of a day on Spark: the rules of `transform/`, on as many machines as there are."""
