"""From scores and judgements to the records of `results`: one file per table of the report."""
