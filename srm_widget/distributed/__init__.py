"""Counts of several processes, by torchmetrics and Dask."""
