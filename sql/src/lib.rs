//! Models: the graph, grain and metrics of the SQL under sql.
