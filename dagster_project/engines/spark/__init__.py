"""Spark as the engine: a cluster reads the lake's Parquet and builds the models.

Nothing here imports pyspark before a session is opened.
"""
