"""The knowledge graph: who is connected to whom, through what, since when."""
