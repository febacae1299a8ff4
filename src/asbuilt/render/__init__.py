"""A drawing becomes a picture: laid out by Graphviz, written by us."""
