"""DuckDB as the engine: the warehouse file is where everything is."""
