"""What is computed once stays computed: contents, vectors and scores in one SQLite file."""
