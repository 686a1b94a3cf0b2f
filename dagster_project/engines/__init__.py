"""What the models are built on: DuckDB, or Spark where one machine is outgrown.

The run's own steps know an engine by :class:`~dagster_project.engines.engine.Engine`
alone. Whatever the engine, the door is DuckDB (extracts become Parquet in the lake),
the warehouse file holds what the run says of itself, and people read one published
file. An engine's packages are imported when that engine is used, and not before.
"""
