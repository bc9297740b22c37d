"""The kinds of evidence that rest on tables, one file each; `registry` lists them."""
