"""Lakes and Dagster instances that released versions wrote: they open, publish and stay right under the current one."""
