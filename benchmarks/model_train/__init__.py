"""`model train` against tuned peers on public and invented tables, each table split before anything is learnt."""
